-- grain: one row per day, platform, campaign, action
-- key: day, platform, campaign, action
-- rebuild: day
-- month: day
with counted as (
    select
        day,
        platform,
        campaign,
        cast(sum(visits) as bigint) as visits,
        -- visitors of two labels may be the same people
        case when count(*) = 1 then max(visitors) end as visitors,
        max(observed_at) as observed_at
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
    group by day, platform, campaign
),

counted_days as (
    select
        day,
        max(observed_at) as observed_at
    from counted
    group by day
),

costs as (
    select *
    from core.cost_day
    where day >= cast(getvariable('rebuild_from') as date)
),

visits as (
    select *
    from counted
    union all
    -- money that was spent and brought nobody is a row too: 0 visits where the sites counted that day
    select
        costs.day,
        costs.platform,
        costs.campaign,
        case when counted_days.day is not null then 0 end as visits,
        case when counted_days.day is not null then 0 end as visitors,
        counted_days.observed_at
    from costs
    anti join counted
        on
            costs.day = counted.day
            and costs.platform = counted.platform
            and costs.campaign = counted.campaign
    left join counted_days on costs.day = counted_days.day
    where costs.is_spent
),

events as (
    select
        occurred_day as day,
        platform,
        campaign,
        action,
        -- an action that happened but is not confirmed has been confirmed 0 times
        cast(coalesce(sum(count) filter (where status = 'confirmed'), 0) as bigint) as conversions,
        -- one conversion of unknown value makes the sum unknown
        case
            when
                count(*) filter (where status = 'confirmed')
                = count(value_reporting) filter (where status = 'confirmed')
                then try_cast(sum(value_reporting) filter (where status = 'confirmed') as decimal(18, 4))
        end as revenue,
        max(observed_at) as observed_at
    from conversion.event
    where occurred_day >= cast(getvariable('rebuild_from') as date)
    group by occurred_day, platform, campaign, action
),

possible_actions as (
    -- what the sites could have brought on the day: a visit without it is a true 0
    select
        visits.day,
        actions.action
    from visits
    cross join seed.goal as actions
    union
    select
        visits.day,
        'sale' as action
    from visits
    left join core.sale_day as sale_days on visits.day = sale_days.day
    where
        sale_days.day is not null
        or (select bool_or(site.has_shop) from seed.site)
),

cells as (
    select
        visits.day,
        visits.platform,
        visits.campaign,
        possible_actions.action
    from visits
    inner join possible_actions on visits.day = possible_actions.day
    union
    select
        day,
        platform,
        campaign,
        action
    from events
),

final_days as (
    -- '' stands for the sites: they are final together, and a boost is final with its network
    select
        case when kind = 'network' then platform else '' end as platform,
        case when count(*) = count(final_until) then min(final_until) end as final_until
    from core.account
    where is_configured
    group by case when kind = 'network' then platform else '' end
),

facts as (
    select
        cells.day,
        cells.platform,
        cells.campaign,
        cells.action,
        visits.visits,
        visits.visitors,
        -- the sites counted the visits and no event: true 0; what a shop sold that was not read, nobody knows
        case
            when cells.action <> 'sale' or sale_days.day is not null then coalesce(events.conversions, 0)
        end as conversions,
        case when cells.action <> 'sale' or sale_days.day is not null then events.revenue end as revenue,
        case when cells.action <> 'social_boost' then costs.cost end as acquisition_cost,
        coalesce(cells.day <= final_days.final_until, false) as is_final,
        greatest(visits.observed_at, events.observed_at, costs.observed_at) as observed_at
    from cells
    left join core.sale_day as sale_days on cells.day = sale_days.day
    left join visits
        on
            case when cells.action <> 'social_boost' then cells.day end = visits.day
            and cells.platform = visits.platform
            and cells.campaign = visits.campaign
    left join events
        on
            cells.day = events.day
            and cells.platform = events.platform
            and cells.campaign = events.campaign
            and cells.action = events.action
    left join costs
        on
            cells.day = costs.day
            and cells.platform = costs.platform
            and cells.campaign = costs.campaign
    left join final_days
        on final_days.platform = case when cells.action = 'social_boost' then cells.platform else '' end
)

select
    day,
    platform,
    campaign,
    action,
    visits,
    visitors,
    conversions,
    conversions / nullif(visits, 0) as conversion_rate,
    revenue,
    cast(revenue as double) / nullif(conversions, 0) as average_basket,
    acquisition_cost,
    cast(acquisition_cost as double) / nullif(visits, 0) as cost_per_visit,
    cast(acquisition_cost as double) / nullif(conversions, 0) as cost_per_action,
    cast(revenue as double) / nullif(cast(acquisition_cost as double), 0) as return_on_ad_spend,
    is_final,
    observed_at
from facts
order by day
