-- grain: one row per platform, account, native_id, night; day is the day it happened on
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as varchar) as site,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as native_id,
    -- sale, quote_request, newsletter_signup, ad_click, affiliate_sale
    cast(null as varchar) as action,
    cast(null as timestamp) as occurred_at,
    cast(null as bigint) as count,
    cast(null as decimal(18, 4)) as value,
    cast(null as decimal(18, 4)) as refunded_value,
    cast(null as varchar) as currency,
    -- draft (never published), pending, confirmed, refunded, cancelled
    cast(null as varchar) as status,
    cast(null as varchar) as utm_source,
    cast(null as varchar) as utm_medium,
    cast(null as varchar) as utm_campaign,
    cast(null as varchar) as utm_content,
    cast(null as varchar) as click_reference,
    -- counted by analytics: not to be counted again where a shop reports its own sales
    cast(null as boolean) as is_analytics,
    cast(null as boolean) as is_absent,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
