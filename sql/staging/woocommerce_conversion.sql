-- grain: one row per account, order, night
with orders as (
    select
        *,
        try_cast(coalesce(date_paid_gmt, date_created_gmt) as timestamp) as occurred_at,
        -- what was not known is written as nothing, or as this word
        list_filter(
            json_transform(meta_data, '[{"key": "VARCHAR", "value": "VARCHAR"}]'),
            lambda m: m.value not in ('', '(none)')
        ) as meta,
        -- inside an order the total of a refund is negative
        list_sum(
            list_transform(
                json_extract_string(refunds, '$[*].total'),
                lambda amount: try_cast(amount as decimal(18, 4))
            )
        ) as refund_total
    from raw.woocommerce_orders
)

select
    'woocommerce' as platform,
    orders._account as account,
    coalesce(accounts.site, orders._account) as site,
    cast(
        orders.occurred_at
        at time zone 'UTC'
        at time zone coalesce(sites.time_zone, accounts.time_zone, 'UTC') as date
    ) as day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    cast(orders.id as varchar) as native_id,
    'sale' as action,
    orders.occurred_at,
    cast(1 as bigint) as count,
    orders.total as value,
    -- an order without refunds has had 0 refunded: the shop lists them all
    cast(coalesce(-orders.refund_total, 0) as decimal(18, 4)) as refunded_value,
    orders.currency,
    case
        when orders.status in ('processing', 'completed') then 'confirmed'
        when orders.status in ('cancelled', 'failed', 'trash') then 'cancelled'
        when orders.status = 'refunded' then 'refunded'
        when orders.status in ('checkout-draft', 'auto-draft') then 'draft'
        else 'pending'
    end as status,
    list_filter(
        orders.meta, lambda m: m.key = '_wc_order_attribution_utm_source'
    )[1].value as utm_source,
    list_filter(
        orders.meta, lambda m: m.key = '_wc_order_attribution_utm_medium'
    )[1].value as utm_medium,
    list_filter(
        orders.meta, lambda m: m.key = '_wc_order_attribution_utm_campaign'
    )[1].value as utm_campaign,
    list_filter(
        orders.meta, lambda m: m.key = '_wc_order_attribution_utm_content'
    )[1].value as utm_content,
    -- what a plugin noted of the click, else what the address said with which the visit began
    coalesce(
        list_filter(
            orders.meta,
            lambda m: regexp_full_match(
                m.key, '_?(gclid|gbraid|wbraid|fbclid|msclkid|ttclid|twclid|li_fat_id)'
            )
        )[1].value,
        nullif(
            regexp_extract(
                list_filter(
                    orders.meta, lambda m: m.key = '_wc_order_attribution_session_entry'
                )[1].value,
                '[?&](?:gclid|gbraid|wbraid|fbclid|msclkid|ttclid|twclid|li_fat_id)=([^&#]+)',
                1
            ),
            ''
        )
    ) as click_reference,
    false as is_analytics,
    orders._absent as is_absent,
    orders._night as night,
    orders._observed_at as observed_at,
    orders._run_id as run_id
from orders
left join seed.account as accounts
    on accounts.platform = 'woocommerce' and orders._account = accounts.account
left join seed.site as sites on accounts.site = sites.site
