-- grain: one row per day, platform, campaign, step: from the people reached to what they did on the site
-- key: day, platform, campaign, step
-- rebuild: day
-- month: day
with cells as (
    select
        day,
        platform,
        campaign,
        max(visits) as visits,
        bool_and(is_final) as is_final,
        max(observed_at) as observed_at
    from conversion.daily
    where
        day >= cast(getvariable('rebuild_from') as date)
        and action <> 'social_boost'
    group by day, platform, campaign
),

engaged as (
    -- a visit that saw one page and left is a bounce
    select
        day,
        platform,
        campaign,
        case when count(*) = count(visits - bounces) then sum(visits - bounces) end as engaged_visits
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
    group by day, platform, campaign
),

pages as (
    -- people reached by two accounts may be the same: reach is known where one account has all of it
    select
        day,
        platform,
        '' as campaign,
        case when count(*) = 1 then max(reach_1d) end as reach,
        case when count(*) = count(clicks) then sum(clicks) end as clicks
    from kpi.account_daily
    where day >= cast(getvariable('rebuild_from') as date)
    group by day, platform
),

advertised as (
    select
        day,
        traffic_platform as platform,
        campaign,
        case when count(*) = 1 then max(reach) end as reach,
        case when count(*) = count(clicks) then sum(clicks) end as clicks
    from core.spend_day
    where day >= cast(getvariable('rebuild_from') as date)
    group by day, traffic_platform, campaign
),

shown as (
    select * from pages
    union all
    select * from advertised
),

ways as (
    select
        cells.*,
        shown.reach,
        shown.clicks,
        -- a day that the sites counted and on which nobody came has no row of visits
        case when cells.visits = 0 then 0 else engaged.engaged_visits end as engaged_visits
    from cells
    left join shown
        on
            cells.day = shown.day
            and cells.platform = shown.platform
            and cells.campaign = shown.campaign
    left join engaged
        on
            cells.day = engaged.day
            and cells.platform = engaged.platform
            and cells.campaign = engaged.campaign
),

steps as (
    select
        day,
        platform,
        campaign,
        unnest(['reach', 'clicks', 'visits', 'engaged_visits']) as step,
        unnest([1, 2, 3, 4]) as position,
        cast(unnest([reach, clicks, visits, engaged_visits]) as bigint) as step_count,
        cast(unnest([null, reach, clicks, visits]) as bigint) as previous_count,
        is_final,
        observed_at
    from ways
    union all by name
    select
        ways.day,
        ways.platform,
        ways.campaign,
        actions.action as step,
        5 as position,
        actions.conversions as step_count,
        cast(ways.engaged_visits as bigint) as previous_count,
        ways.is_final,
        ways.observed_at
    from ways
    inner join conversion.daily as actions
        on
            ways.day = actions.day
            and ways.platform = actions.platform
            and ways.campaign = actions.campaign
    where
        actions.action <> 'social_boost'
        and actions.day >= cast(getvariable('rebuild_from') as date)
)

select
    day,
    platform,
    campaign,
    step,
    cast(position as bigint) as position,
    step_count,
    previous_count,
    step_count / nullif(previous_count, 0) as step_rate,
    is_final,
    observed_at
from steps
order by day
