-- grain: one row per account, order, touch, night; the first and the last visit, where these are two
with orders as (
    select
        orders._account,
        orders._night,
        orders._observed_at,
        orders._run_id,
        orders.legacyresourceid,
        coalesce(sites.time_zone, accounts.time_zone, 'UTC') as zone,
        cast(
            try_cast(coalesce(orders.processedat, orders.createdat) as timestamptz)
            at time zone coalesce(sites.time_zone, accounts.time_zone, 'UTC') as date
        ) as ordered_day,
        json_extract(orders.customerjourneysummary, '$.firstVisit') as first_visit,
        json_extract(orders.customerjourneysummary, '$.lastVisit') as last_visit
    from raw.shopify_orders as orders
    left join seed.account as accounts
        on accounts.platform = 'shopify' and orders._account = accounts.account
    left join seed.site as sites on accounts.site = sites.site
    where
        not orders._absent
        and not coalesce(orders.test, false)
        and json_extract_string(orders.customerjourneysummary, '$.ready') = 'true'
),

visits as (
    -- one visit is both the first and the last: it is one touch
    select
        orders.* exclude (first_visit, last_visit),
        unnest(
            case
                when
                    json_extract_string(first_visit, '$.occurredAt')
                    = json_extract_string(last_visit, '$.occurredAt')
                    then [last_visit]
                else [first_visit, last_visit]
            end
        ) as visit
    from orders
),

touches as (
    select
        *,
        cast(
            try_cast(json_extract_string(visit, '$.occurredAt') as timestamptz)
            at time zone 'UTC' as timestamp
        ) as touched_at,
        coalesce(
            json_extract_string(visit, '$.utmParameters.source'), json_extract_string(visit, '$.source')
        ) as utm_source,
        json_extract_string(visit, '$.utmParameters.campaign') as utm_campaign
    from visits
    where json_type(visit) = 'OBJECT'
)

select
    'shopify' as platform,
    _account as account,
    ordered_day as day,
    zone as day_timezone,
    legacyresourceid as native_id,
    row_number() over (partition by _account, legacyresourceid, _night order by touched_at) as touch,
    touched_at,
    utm_source as channel,
    utm_campaign as campaign,
    utm_source,
    json_extract_string(visit, '$.utmParameters.medium') as utm_medium,
    utm_campaign,
    json_extract_string(visit, '$.utmParameters.content') as utm_content,
    json_extract_string(visit, '$.referrerHost') as referrer_host,
    coalesce(lower(utm_source) = 'direct', false) as is_direct,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from touches
