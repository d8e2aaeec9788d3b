-- grain: one row per day, platform, campaign: visits × rate × basket − cost, which is revenue − cost
-- key: day, platform, campaign
-- rebuild: day
-- month: day
with paying_actions as (
    select 'sale' as action
    union
    select 'affiliate_sale' as action
    union
    select action from seed.action_value
),

paid as (
    select daily.*
    from conversion.daily as daily
    inner join paying_actions on daily.action = paying_actions.action
    where
        daily.day >= cast(getvariable('rebuild_from') as date)
        and daily.action <> 'social_boost'
),

totals as (
    -- visits and cost stand on every row of an origin: they are taken once
    select
        day,
        platform,
        campaign,
        max(visits) as visits,
        -- one action of unknown number makes the sum unknown
        case when count(*) = count(conversions) then cast(sum(conversions) as bigint) end as conversions,
        case
            when count(*) > count(conversions) then null
            -- nothing was sold to counted visits: a true 0
            when sum(conversions) = 0 and max(visits) is not null then 0
            -- one part of unknown value makes the sum unknown
            when count(*) filter (where conversions <> 0) = count(revenue) filter (where conversions <> 0)
                then sum(revenue) filter (where conversions <> 0)
        end as revenue,
        max(acquisition_cost) as acquisition_cost,
        bool_and(is_final) as is_final,
        max(observed_at) as observed_at
    from paid
    group by day, platform, campaign
)

select
    day,
    platform,
    campaign,
    visits,
    conversions,
    conversions / nullif(visits, 0) as conversion_rate,
    cast(revenue as decimal(18, 4)) as revenue,
    cast(revenue as double) / nullif(conversions, 0) as average_basket,
    acquisition_cost,
    cast(revenue - acquisition_cost as decimal(18, 4)) as gross_margin,
    cast(null as decimal(18, 4)) as cost_of_goods,
    cast(null as decimal(18, 4)) as contribution_margin,
    is_final,
    observed_at
from totals
order by day
