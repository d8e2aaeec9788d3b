-- grain: one row per site, source, account, native_id, action: its newest state, attributed and valued
-- key: site, source, account, native_id, action
-- rebuild: occurred_day from 2 days before
with observations as materialized (
    select *
    from staging.conversion
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- a shop is read some hours after midnight: an order may be a day ahead of its night
        and night >= cast(getvariable('rebuild_from') as date) - 2
    qualify row_number() over (partition by platform, account, native_id, action order by night desc) = 1
),

prices as (
    -- a sale has a price of its own, and without it nobody knows what was paid
    select *
    from seed.action_value
    where action not in ('sale', 'affiliate_sale')
),

orders as (
    select
        observations.platform as source,
        observations.* exclude (platform, is_analytics, is_absent, night, run_id)
        replace (
            -- what nobody put a price on is worth what the settings say of its action
            coalesce(observations.value, priced.value) as value,
            case when priced.value is not null then 0 else observations.refunded_value end as refunded_value,
            case
                when priced.value is not null then brand.reporting_currency
                else observations.currency
            end as currency
        ),
        lower(observations.utm_campaign) as campaign
    from observations
    left join seed.site as sites on observations.site = sites.site
    left join seed.action_source as counting
        on observations.site = counting.site and observations.action = counting.action
    left join prices as priced
        on
            case
                when observations.value is null and observations.currency is null then observations.action
            end = priced.action
    left join seed.brand as brand on true
    where
        not observations.is_absent
        and observations.status <> 'draft'
        -- the shop knows its sales better than the analytics beside it, of which one alone counts
        and not (
            coalesce(observations.is_analytics, false)
            and (
                coalesce(sites.has_shop, false)
                or coalesce(observations.platform <> sites.analytics, false)
                or coalesce(observations.account <> sites.analytics_account, false)
            )
        )
        -- what two sources of a site tell is counted by one of them
        and (counting.platform is null or observations.platform = counting.platform)
),

campaigns as (
    select
        lower(utm_campaign) as campaign,
        min(platform) as platform
    from seed.campaign
    group by lower(utm_campaign)
),

attributed_orders as (
    select
        orders.* replace (coalesce(orders.campaign, '') as campaign),
        coalesce(
            campaigns.platform, aliases.platform, ids.platform, links.platform, 'unattributed'
        ) as platform,
        -- a content that names one of our posts
        coalesce(ids.post_id, links.post_id) as post_id,
        coalesce(ids.platform, links.platform) as post_platform
    from orders
    left join campaigns on orders.campaign = campaigns.campaign
    left join seed.network_alias as aliases on lower(orders.utm_source) = aliases.alias
    left join core.post_reference as ids on ids.campaign = '' and orders.utm_content = ids.content
    left join core.post_reference as links
        on links.campaign <> '' and orders.campaign = links.campaign and orders.utm_content = links.content
),

goals as (
    -- the site's day says which analytics counted
    select
        visit_goal.*,
        site_day.platform as source,
        site_day.account
    from core.visit_goal as visit_goal
    inner join core.site_day as site_day
        on visit_goal.site = site_day.site and visit_goal.day = site_day.day
    where visit_goal.day >= cast(getvariable('rebuild_from') as date)
),

attributed_goals as (
    -- a goal that nobody mapped to an action is no conversion: core.finding lists it
    select
        goals.source,
        goals.account,
        goals.site,
        goals.day,
        goals.day_timezone,
        goals.goal_id || ':' || goals.day || ':' || goals.referrer_type || ':' || goals.label as native_id,
        actions.action,
        goals.conversions as count,
        try_cast(goals.conversions * action_values.value as decimal(18, 4)) as value,
        cast(case when action_values.value is not null then 0 end as decimal(18, 4)) as refunded_value,
        (select brand.reporting_currency from seed.brand) as currency,
        'confirmed' as status,
        case when goals.campaign <> '' then goals.label end as utm_campaign,
        goals.platform,
        goals.campaign,
        goals.observed_at
    from goals
    inner join seed.goal as actions on goals.site = actions.site and goals.goal_id = actions.goal_id
    left join seed.action_source as counting
        on goals.site = counting.site and actions.action = counting.action
    left join seed.action_value as action_values on actions.action = action_values.action
    where counting.platform is null or goals.source = counting.platform
),

conversions as (
    select * from attributed_orders
    union all by name
    select * from attributed_goals
),

rates as (
    -- the reporting currency is worth 1 of itself; another one without a rate is worth nobody knows what
    select
        conversions.*,
        case
            when conversions.currency = brand.reporting_currency then cast(1 as decimal(18, 8))
            else rates.rate
        end as rate
    from conversions
    left join seed.brand as brand on true
    left join core.fx_rate as rates
        on conversions.currency = rates.currency and conversions.day = rates.day
)

select
    site,
    source,
    account,
    native_id,
    action,
    occurred_at,
    day as occurred_day,
    day_timezone,
    count,
    value,
    refunded_value,
    currency,
    -- an amount that no column holds is not known: one absurd order must not cost a night
    try_cast(cast(value - refunded_value as decimal(38, 4)) * rate as decimal(18, 4)) as value_reporting,
    status,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_content,
    click_reference,
    platform,
    campaign,
    post_id,
    post_platform,
    observed_at
from rates
order by occurred_day
