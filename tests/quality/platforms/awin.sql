-- Three weeks of commissions: two sales elsewhere a day, one of them declined by now.
insert into ops.ledger by name
select
    'awin' as platform, '189069' as account, night, 'run' as run_id, night - 30 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    'awin' as platform, '189069' as account, night, 'transactions' as stream, true as delivered, 2 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights;

insert into staging.awin_conversion by name
select
    'awin' as platform, '189069' as account, 'boutique' as site, night as day, 'Europe/Paris' as day_timezone,
    cast(7000 + 10 * i + k as varchar) as native_id, 'affiliate_sale' as action,
    night + interval 12 hours as occurred_at, 1 as count, 5.59 as value, 0 as refunded_value, 'EUR' as currency,
    case k when 0 then 'confirmed' else 'cancelled' end as status, false as is_analytics, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, range(2) as o (k);
