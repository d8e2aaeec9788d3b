-- Three weeks of commissions: two actions elsewhere a day, one of them reversed by now.
insert into ops.ledger by name
select
    'impact' as platform, 'IR1' as account, night, 'run' as run_id, night - 43 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    'impact' as platform, 'IR1' as account, night, 'actions' as stream, true as delivered, 2 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights;

insert into staging.impact_conversion by name
select
    'impact' as platform, 'IR1' as account, 'boutique' as site, night as day, 'Europe/Paris' as day_timezone,
    '1000.4636.' || (7000 + 10 * i + k) as native_id, 'affiliate_sale' as action,
    night + interval 12 hours as occurred_at, 1 as count, case k when 0 then 0.88 else 0 end as value, 0 as refunded_value, 'USD' as currency,
    case k when 0 then 'confirmed' else 'cancelled' end as status, false as is_analytics, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, range(2) as o (k);
