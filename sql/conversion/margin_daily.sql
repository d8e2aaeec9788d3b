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
        -- goods are sold by sales; what another action brings has none
        case
            when count(*) filter (where action = 'sale' and conversions is null) > 0 then null
            when
                count(*) filter (where action = 'sale' and conversions <> 0)
                = count(revenue) filter (where action = 'sale' and conversions <> 0)
                then coalesce(sum(revenue) filter (where action = 'sale' and conversions <> 0), 0)
        end as sold,
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
    try_cast(revenue as decimal(18, 4)) as revenue,
    cast(revenue as double) / nullif(conversions, 0) as average_basket,
    acquisition_cost,
    try_cast(revenue - acquisition_cost as decimal(18, 4)) as gross_margin,
    -- the part of sales that the brand says its goods cost
    try_cast(round(sold * brand.cost_of_goods, 4) as decimal(18, 4)) as cost_of_goods,
    try_cast(
        revenue - acquisition_cost - round(sold * brand.cost_of_goods, 4) as decimal(18, 4)
    ) as contribution_margin,
    is_final,
    observed_at
from totals
left join seed.brand as brand on true
order by day
