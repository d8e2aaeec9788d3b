-- grain: one row per account, order, touch, night; the one visit that a shop notes, if it says when
with orders as (
    select
        orders._account,
        orders._night,
        orders._observed_at,
        orders._run_id,
        orders.id,
        try_cast(orders.date_created_gmt as timestamp) as ordered_at,
        coalesce(sites.time_zone, accounts.time_zone, 'UTC') as zone,
        list_filter(
            json_transform(orders.meta_data, '[{"key": "VARCHAR", "value": "VARCHAR"}]'),
            lambda m: m.value not in ('', '(none)')
        ) as meta
    from raw.woocommerce_orders as orders
    left join seed.account as accounts
        on accounts.platform = 'woocommerce' and orders._account = accounts.account
    left join seed.site as sites on accounts.site = sites.site
    where
        not orders._absent
        and coalesce(orders.status, '') not in ('checkout-draft', 'auto-draft')
),

touches as (
    select
        orders.* exclude (meta),
        -- the clock is that of the buyer's browser, and may be wrong: no visit begins after its order
        least(
            try_cast(
                list_filter(
                    meta, lambda m: m.key = '_wc_order_attribution_session_start_time'
                )[1].value as timestamp
            ),
            ordered_at
        ) as touched_at,
        list_filter(meta, lambda m: m.key = '_wc_order_attribution_session_start_time')[1].value as began,
        list_filter(meta, lambda m: m.key = '_wc_order_attribution_source_type')[1].value as kind,
        list_filter(meta, lambda m: m.key = '_wc_order_attribution_utm_source')[1].value as utm_source,
        list_filter(meta, lambda m: m.key = '_wc_order_attribution_utm_medium')[1].value as utm_medium,
        list_filter(meta, lambda m: m.key = '_wc_order_attribution_utm_campaign')[1].value as utm_campaign,
        list_filter(meta, lambda m: m.key = '_wc_order_attribution_utm_content')[1].value as utm_content,
        list_filter(meta, lambda m: m.key = '_wc_order_attribution_referrer')[1].value as referrer
    from orders
)

select
    'woocommerce' as platform,
    _account as account,
    cast(touched_at at time zone 'UTC' at time zone zone as date) as day,
    zone as day_timezone,
    cast(id as varchar) as native_id,
    cast(1 as bigint) as touch,
    touched_at,
    utm_source as channel,
    utm_campaign as campaign,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_content,
    nullif(regexp_extract(referrer, '^https?://([^/?#]+)', 1), '') as referrer_host,
    coalesce(kind = 'typein', false) as is_direct,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from touches
where try_cast(began as timestamp) is not null
