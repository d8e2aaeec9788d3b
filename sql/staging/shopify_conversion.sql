-- grain: one row per account, order, night
with orders as (
    select
        orders.*,
        coalesce(accounts.site, orders._account) as site,
        coalesce(sites.time_zone, accounts.time_zone, 'UTC') as zone,
        -- an imported order was processed long before the shop knew it
        cast(
            try_cast(coalesce(orders.processedat, orders.createdat) as timestamptz)
            at time zone 'UTC' as timestamp
        ) as occurred_at,
        json_extract_string(orders.totalpriceset, '$.shopMoney.amount') as total,
        json_extract_string(orders.totalrefundedset, '$.shopMoney.amount') as refunded,
        json_extract_string(orders.totalpriceset, '$.shopMoney.currencyCode') as currency,
        -- worked out later: until then nobody knows where the buyer came from
        case
            when json_extract_string(orders.customerjourneysummary, '$.ready') = 'true'
                then json_extract(orders.customerjourneysummary, '$.lastVisit')
        end as visit
    from raw.shopify_orders as orders
    left join seed.account as accounts
        on accounts.platform = 'shopify' and orders._account = accounts.account
    left join seed.site as sites on accounts.site = sites.site
)

select
    'shopify' as platform,
    _account as account,
    site,
    cast(occurred_at at time zone 'UTC' at time zone zone as date) as day,
    zone as day_timezone,
    legacyresourceid as native_id,
    'sale' as action,
    occurred_at,
    cast(1 as bigint) as count,
    try_cast(total as decimal(18, 4)) as value,
    try_cast(refunded as decimal(18, 4)) as refunded_value,
    currency,
    case
        when test then 'draft'
        when displayfinancialstatus = 'REFUNDED' then 'refunded'
        when cancelledat is not null or displayfinancialstatus in ('VOIDED', 'EXPIRED') then 'cancelled'
        when displayfinancialstatus in ('PAID', 'PARTIALLY_REFUNDED') then 'confirmed'
        else 'pending'
    end as status,
    -- without words of a campaign, what the shop itself calls the place that the buyer came from
    coalesce(
        json_extract_string(visit, '$.utmParameters.source'), json_extract_string(visit, '$.source')
    ) as utm_source,
    json_extract_string(visit, '$.utmParameters.medium') as utm_medium,
    json_extract_string(visit, '$.utmParameters.campaign') as utm_campaign,
    json_extract_string(visit, '$.utmParameters.content') as utm_content,
    false as is_analytics,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from orders
