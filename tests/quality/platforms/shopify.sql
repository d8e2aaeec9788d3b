-- Three weeks of a shop abroad: three orders a day, one of them given back, one a test, and the visits before them.
insert into ops.ledger by name
select
    'shopify' as platform, 'abroad' as account, night, 'run' as run_id, night - 3 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    'shopify' as platform, 'abroad' as account, night, 'orders' as stream, true as delivered, 3 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights;

insert into staging.shopify_conversion by name
select
    'shopify' as platform, 'abroad' as account, 'abroad' as site, night as day, 'Europe/London' as day_timezone,
    cast(5000 + 10 * i + k as varchar) as native_id, 'sale' as action, night + interval 12 hours as occurred_at,
    1 as count, 59.00 as value, case when k = 1 then 59.00 else 0 end as refunded_value, 'GBP' as currency,
    case k when 0 then 'confirmed' when 1 then 'refunded' else 'draft' end as status,
    false as is_analytics, false as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, range(3) as o (k);

insert into staging.shopify_journey by name
select
    'shopify' as platform, 'abroad' as account, night - 2 + cast(touch as integer) as day,
    'Europe/London' as day_timezone, cast(5000 + 10 * i as varchar) as native_id, touch,
    night + interval 11 hours - (3 - touch) * interval 1 day as touched_at, 'newsletter' as channel,
    'newsletter' as utm_source, false as is_direct, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values (1), (2)) as t (touch);

-- What the shop told of the visits: where none is staged of it, it was lost on the way.
insert into raw.shopify_orders by name
select
    'abroad' as _account, night as _night, false as _absent, 'gid://shopify/Order/' || (5000 + 10 * i) as id,
    false as test, '{"ready": true, "lastVisit": {"occurredAt": "2026-10-30T10:00:00Z"}}' as customerJourneySummary
from nights;
