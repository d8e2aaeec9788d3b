-- Three weeks of a small site, each day told again when its last visits had ended. Legal oddities are part of them:
-- a day on which nobody was counted, a goal of a visit of the day before, a day without sales, one without revenue.
insert into ops.ledger by name
select
    'plausible' as platform, 'walks.example' as account, night, 'run' as run_id, night - 3 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    l.platform, l.account, l.night, s.stream, true as delivered, 4 as rows, l.observed_at, l.night as newest_day
from ops.ledger as l,
    (values ('visits'), ('channels'), ('sources'), ('campaigns'), ('purchases')) as s (stream)
where l.platform = 'plausible';

create temp table plausible_days as
select n.night as day, n.night + cast(a.age as integer) as night, 30 + n.i + cast(a.age as integer) as visits
from nights as n, range(2) as a (age)
where n.night <> date '2026-10-26' and n.night + cast(a.age as integer) <= date '2026-11-02';

insert into staging.plausible_visit_day by name
select
    'plausible' as platform, 'walks.example' as account, 'walks' as site, 'Europe/Lisbon' as day_timezone,
    false as is_absent, parts.*, night + interval 27 hours as observed_at, 'run' as run_id
from (
    select
        day, 'site' as report, '' as referrer_type, '' as label, visits, visits - 3 as visitors,
        3 * visits as actions, 12 as bounces, 60 * visits as visit_seconds, night
    from plausible_days
    union all by name
    select day, 'type' as report, 'direct' as referrer_type, 'Direct' as label, visits - 15 as visits, night
    from plausible_days
    union all by name
    select
        day, 'label' as report, 'social' as referrer_type, 'Facebook' as label, 10 as visits, night,
        map {'Letter ordered': 2} as goals
    from plausible_days
    union all by name
    select day, 'label' as report, 'campaign' as referrer_type, 'autumn-2026' as label, 5 as visits, night
    from plausible_days
    union all by name
    select
        date '2026-10-30' as day, 'label' as report, 'social' as referrer_type, 'Instagram' as label, 0 as visits,
        date '2026-10-30' as night, map {'Letter ordered': 1} as goals
    union all by name
    select
        date '2026-10-26' as day, 'site' as report, '' as referrer_type, '' as label, cast(null as bigint) as visits,
        date '2026-10-26' as night
) as parts;

insert into staging.plausible_conversion by name
select
    'plausible' as platform, 'walks.example' as account, 'walks' as site, night as day,
    'Europe/Lisbon' as day_timezone, 'Walk booked:' || night || ':Facebook:autumn-2026' as native_id,
    'sale' as action, i % 3 as count, 31.50 * (i % 3) as value, 0 as refunded_value, case when i % 3 > 0 then 'EUR' end as currency,
    'Facebook' as utm_source, 'autumn-2026' as utm_campaign, 'confirmed' as status, true as is_analytics,
    false as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;
