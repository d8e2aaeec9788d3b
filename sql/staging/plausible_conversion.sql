-- grain: one row per account, day, goal, source, utm_campaign, night; sales as analytics counted them
select
    'plausible' as platform,
    purchases._account as account,
    coalesce(accounts.site, purchases._account) as site,
    try_cast(purchases.day as date) as day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    concat_ws(':', purchases.goal, purchases.day, purchases.source, purchases.utm_campaign) as native_id,
    'sale' as action,
    purchases.events as count,
    -- {"value": 96.5, "currency": "EUR", "short": …, "long": …}; null where the platform cannot say it
    case
        when purchases.events = 0 then 0
        else try_cast(json_extract_string(purchases.total_revenue, '$.value') as decimal(18, 4))
    end as value,
    cast(
        case
            when purchases.events = 0 then 0
            when json_extract_string(purchases.total_revenue, '$.value') is not null then 0
        end as decimal(18, 4)
    ) as refunded_value,
    -- nothing is nothing in every currency
    json_extract_string(purchases.total_revenue, '$.currency') as currency,
    'confirmed' as status,
    -- the tag of the link or, without one, the name of the site that it stood on
    nullif(nullif(purchases.source, 'Direct / None'), '') as utm_source,
    nullif(nullif(purchases.utm_campaign, '(not set)'), '') as utm_campaign,
    true as is_analytics,
    purchases._absent as is_absent,
    purchases._night as night,
    purchases._observed_at as observed_at,
    purchases._run_id as run_id
from raw.plausible_purchases as purchases
left join seed.account as accounts
    on accounts.platform = 'plausible' and purchases._account = accounts.account
left join seed.site as sites on accounts.site = sites.site
