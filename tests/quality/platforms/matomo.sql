-- The log of visits of the site: three of the night, one of them an order's, and one of the day before that was
-- deleted since.
insert into ops.stream_night by name
select
    platform, account, night, 'visit_log' as stream, true as delivered, 3 as rows, cast(null as varchar) as reason,
    observed_at, night as newest_day
from ops.ledger
where platform = 'matomo';

insert into staging.matomo_visit by name
select
    'matomo' as platform, '1' as account, 'boutique' as site, night as day, 'Europe/Paris' as day_timezone,
    cast(100 * i + v.nth as varchar) as visit_id, v.visitor, night + interval 11 hours as visited_at,
    v.referrer_type, v.label, v.utm_campaign, case when v.nth = 2 then [cast(1000 + 10 * i as varchar)] else [] end as orders,
    v.goals, false as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from
    nights,
    (values
        (1, 'aa', 'direct', '', cast(null as varchar), cast([] as varchar [])),
        (2, 'aa', 'campaign', 'autumn-2026', 'autumn-2026', cast(['1', '1'] as varchar [])),
        -- somebody of whom the owner keeps nothing
        (3, null, 'social', 'Facebook', null, cast([] as varchar []))
    ) as v (nth, visitor, referrer_type, label, utm_campaign, goals);

insert into staging.matomo_visit by name
select * replace (true as is_absent, night + 1 as night, observed_at + interval 24 hours as observed_at)
from staging.matomo_visit
where day = date '2026-11-01' and label = 'Facebook';
