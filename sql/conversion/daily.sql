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

costs as (
    select
        platform,
        lower(utm_campaign) as campaign,
        coalesce(start, date '0001-01-01') as start,
        coalesce("end", date '9999-12-31') as "end",
        daily_cost
    from seed.campaign
    where daily_cost is not null
),

counted_days as (
    select
        day,
        max(observed_at) as observed_at
    from counted
    group by day
),

known_days as (
    -- no row before any site has counted: greatest and least pass over NULL, and days to come would be spent
    select
        min(day) as first_day,
        max(day) as last_day
    from core.visit_day
    having count(*) > 0
),

spending_days as (
    -- money that was spent and brought nobody is a row too: 0 visits where the sites counted that day
    select
        cast(days.day as date) as day,
        costs.platform,
        costs.campaign
    from costs
    cross join known_days
    cross join
        unnest(
            generate_series(
                greatest(known_days.first_day, costs.start, cast(getvariable('rebuild_from') as date)),
                least(known_days.last_day, costs."end"),
                interval 1 day
            )
        ) as days (day)
    where costs.daily_cost <> 0
),

visits as (
    select *
    from counted
    union all
    select
        spending_days.day,
        spending_days.platform,
        spending_days.campaign,
        case when counted_days.day is not null then 0 end as visits,
        case when counted_days.day is not null then 0 end as visitors,
        counted_days.observed_at
    from spending_days
    anti join counted
        on
            spending_days.day = counted.day
            and spending_days.platform = counted.platform
            and spending_days.campaign = counted.campaign
    left join counted_days on spending_days.day = counted_days.day
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
                then cast(sum(value_reporting) filter (where status = 'confirmed') as decimal(18, 4))
        end as revenue,
        max(observed_at) as observed_at
    from conversion.event
    where occurred_day >= cast(getvariable('rebuild_from') as date)
    group by occurred_day, platform, campaign, action
),

sale_days as (
    -- days of which orders are reported, be it 0
    select distinct occurred_day as day
    from core.conversion
    where action = 'sale' and occurred_day >= cast(getvariable('rebuild_from') as date)
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
    left join sale_days on visits.day = sale_days.day
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

declared_costs as (
    select
        cells.day,
        cells.platform,
        cells.campaign,
        cells.action,
        -- outside of its days a campaign of declared cost costs 0
        sum(case when cells.day between costs.start and costs."end" then costs.daily_cost else 0 end) as cost
    from cells
    inner join costs
        on
            cells.platform = costs.platform
            and cells.campaign = costs.campaign
    group by cells.day, cells.platform, cells.campaign, cells.action
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
        -- the sites counted the visits and no event: true 0
        coalesce(events.conversions, 0) as conversions,
        events.revenue,
        cast(
            case
                when cells.action = 'social_boost' then null
                when cells.campaign = '' then (select organic_cost.value from seed.organic_cost)
                else declared_costs.cost
            end as decimal(18, 4)
        ) as acquisition_cost,
        coalesce(cells.day <= final_days.final_until, false) as is_final,
        greatest(visits.observed_at, events.observed_at) as observed_at
    from cells
    left join visits
        on
            cells.day = visits.day
            and cells.platform = visits.platform
            and cells.campaign = visits.campaign
            and cells.action <> 'social_boost'
    left join events
        on
            cells.day = events.day
            and cells.platform = events.platform
            and cells.campaign = events.campaign
            and cells.action = events.action
    left join declared_costs
        on
            cells.day = declared_costs.day
            and cells.platform = declared_costs.platform
            and cells.campaign = declared_costs.campaign
            and cells.action = declared_costs.action
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
