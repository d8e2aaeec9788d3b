-- Three weeks of a property, each day told again as it was processed. Legal oddities are part of them: a day without
-- visits, rows of few people that were left out, an estimate that misses a visit, (other), revenue below 0.
insert into ops.ledger by name
select
    'ga4' as platform, '318170001' as account, night, 'run' as run_id, night - 3 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    l.platform, l.account, l.night, s.stream, true as delivered, 4 as rows, l.observed_at, l.night as newest_day
from ops.ledger as l, (values ('days'), ('origins'), ('key_events'), ('purchases'), ('reports')) as s (stream)
where l.platform = 'ga4';

create temp table ga4_days as
select
    n.night as day, n.night + cast(a.age as integer) as night, 100 + 3 * n.i - (3 - a.age) * 2 as visits
from nights as n, range(4) as a (age)
where n.night <> date '2026-10-25' and n.night + cast(a.age as integer) <= date '2026-11-02';

insert into staging.ga4_visit_day by name
select
    'ga4' as platform, '318170001' as account, 'offers' as site, 'Europe/London' as day_timezone, false as is_absent,
    parts.*, night + interval 27 hours as observed_at, 'run' as run_id
from (
    select
        day, 'site' as report, '' as referrer_type, '' as label, visits, visits - 10 as visitors,
        3 * visits as actions, 40 as bounces, 60 * visits as visit_seconds, night
    from ga4_days
    union all by name
    select
        day, 'type' as report, 'direct' as referrer_type, 'Direct' as label,
        -- one visit fewer than there were: an estimate
        visits - 53 - cast(day = date '2026-10-30' as bigint) as visits, night
    from ga4_days
    union all by name
    select day, 'type' as report, 'social' as referrer_type, 'Social networks' as label, 30 as visits, night
    from ga4_days
    union all by name
    select day, 'type' as report, 'campaign' as referrer_type, 'Campaigns' as label, 20 as visits, night
    from ga4_days
    union all by name
    select day, 'type' as report, 'other' as referrer_type, '(other)' as label, 3 as visits, night
    from ga4_days
    union all by name
    select
        day, 'label' as report, 'social' as referrer_type, 'facebook' as label, 28 as visits, night,
        map {'generate_lead': 2} as goals
    from ga4_days
    union all by name
    select day, 'label' as report, 'campaign' as referrer_type, 'autumn-2026' as label, 20 as visits, night
    from ga4_days
) as parts;

insert into staging.ga4_conversion by name
select
    'ga4' as platform, '318170001' as account, 'offers' as site, night as day, 'Europe/London' as day_timezone,
    'purchases:' || night as native_id, 'sale' as action, i % 3 as count, (i % 3) * 45.00 as value,
    0 as refunded_value, 'GBP' as currency, 'confirmed' as status, true as is_analytics, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights;
