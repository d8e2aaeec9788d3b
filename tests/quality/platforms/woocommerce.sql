-- Three weeks of the visits before the orders of a shop: one an order, as its check-out noted it.
insert into staging.woocommerce_journey by name
select
    'woocommerce' as platform, 'shop' as account, night as day, 'Europe/Paris' as day_timezone,
    cast(1000 + 10 * i as varchar) as native_id, 1 as touch, night + interval 11 hours as touched_at,
    'newsletter' as channel, 'newsletter' as utm_source, false as is_direct, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights;

-- What the shop told of the visits: where none is staged of it, it was lost on the way.
insert into raw.woocommerce_orders by name
select
    'shop' as _account, night as _night, false as _absent, 1000 + 10 * i as id, 'completed' as status,
    '[{"key": "_wc_order_attribution_session_start_time", "value": "2026-10-30 10:00:00"}]' as meta_data
from nights;
