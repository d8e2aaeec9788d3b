-- grain: one row per site, source, account, native_id, action: conversions, and the boosts of posts
-- key: site, source, account, native_id, action
-- rebuild: occurred_day
-- month: occurred_day
-- Not sorted: both inputs lie in the order of their days.
with conversions as (
    select *
    from core.conversion
    where
        occurred_day >= cast(getvariable('rebuild_from') as date)
        -- a report of 0 orders is no order
        and count > 0
),

boosts as (
    -- reactions and shares of one post and day; withdrawn ones count back
    select
        '' as site,
        platform as source,
        -- two journals number their posts alike
        account,
        post_id || ':' || day as native_id,
        'social_boost' as action,
        day as occurred_day,
        day_timezone,
        cast(list_sum([reactions, shares]) as bigint) as count,
        'confirmed' as status,
        platform,
        '' as campaign,
        post_id,
        observed_at
    from kpi.post_daily
    where
        day >= cast(getvariable('rebuild_from') as date)
        and not is_baseline
        and list_sum([reactions, shares]) <> 0
),

events as (
    select * from conversions
    union all by name
    select * from boosts
)

select
    sha256(concat_ws('|', site, source, account, native_id, action)) as conversion_id,
    site,
    source,
    account,
    native_id,
    action,
    occurred_at,
    occurred_day,
    day_timezone,
    count,
    value,
    refunded_value,
    currency,
    value_reporting,
    status,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_content,
    click_reference,
    platform,
    campaign,
    post_id,
    observed_at
from events
