-- grain: one row per conversion, journey, touch, model: the part of the conversion that the touch has earned
-- key: conversion_id, journey, touch, model
-- rebuild: occurred_day from the first of its month
-- month: occurred_day
-- sums: weight, because the weights of one journey in one model are summed
-- computed: attribution from core.touch, core.visit, core.conversion, seed.goal
with weights as (
    unpivot temp.attribution
    on first, last, last_non_direct, linear, position, time_decay, markov
    into name model value weight
),

conversions as (
    select
        conversion_id,
        site,
        source,
        account,
        native_id,
        action,
        occurred_day,
        platform,
        campaign,
        post_id,
        count,
        value_reporting,
        observed_at
    from conversion.event
    where
        occurred_day >= cast(getvariable('rebuild_from') as date)
        and action <> 'social_boost'
        and status = 'confirmed'
        and count > 0
),

touched as (
    select
        conversions.conversion_id,
        weights.journey,
        weights.touch,
        weights.model,
        conversions.site,
        conversions.action,
        conversions.occurred_day,
        touches.channel,
        touches.platform,
        touches.campaign,
        touches.touched_at,
        weights.weight,
        1 as conversions,
        -- what is whole stays exact: a quotient is a double, which holds fifteen digits
        case
            when conversions.count = 1 then conversions.value_reporting
            else cast(conversions.value_reporting / conversions.count as decimal(24, 8))
        end as value,
        conversions.observed_at
    from weights
    inner join core.touch as touches
        on
            weights.site = touches.site
            and weights.source = touches.source
            and weights.account = touches.account
            and weights.native_id = touches.native_id
            and weights.action = touches.action
            and weights.journey = touches.journey
            and weights.touch = touches.touch
    inner join conversions
        on
            weights.site = conversions.site
            and weights.source = conversions.source
            and weights.account = conversions.account
            and weights.native_id = conversions.native_id
            and weights.action = conversions.action
    where touches.occurred_day >= cast(getvariable('rebuild_from') as date)
),

journeys as (
    select
        conversion_id,
        max(journey) as journeys
    from touched
    group by conversion_id
),

untold as (
    -- without a journey only the last touch is known, which is what the event itself says
    select
        conversions.conversion_id,
        0 as journey,
        1 as touch,
        'last' as model,
        conversions.site,
        conversions.action,
        conversions.occurred_day,
        conversions.platform as channel,
        conversions.platform,
        conversions.campaign,
        cast(null as timestamp) as touched_at,
        cast(1 as double) as weight,
        conversions.count - coalesce(journeys.journeys, 0) as conversions,
        case
            when journeys.journeys is null then conversions.value_reporting
            else
                cast(
                    conversions.value_reporting
                    / conversions.count * (conversions.count - journeys.journeys) as decimal(24, 8)
                )
        end as value,
        conversions.observed_at
    from conversions
    left join journeys on conversions.conversion_id = journeys.conversion_id
    where conversions.count > coalesce(journeys.journeys, 0)
),

parts as (
    select * from touched
    union all by name
    select * from untold
),

sums as (
    select
        *,
        sum(weight) over (
            partition by conversion_id, journey, model
            order by touch
            rows unbounded preceding
        ) as until_here
    from parts
),

shares as (
    select
        *,
        round(value * cast(until_here as decimal(18, 12)), 4) as value_until_here
    from sums
)

select
    conversion_id,
    cast(journey as bigint) as journey,
    cast(touch as bigint) as touch,
    cast(model as varchar) as model,
    site,
    action,
    occurred_day,
    channel,
    platform,
    campaign,
    touched_at,
    weight,
    weight * conversions as conversions,
    -- rounded so that the parts sum to the value
    cast(value_until_here - lag(value_until_here, 1, 0) over touches_so_far as decimal(18, 4)) as revenue,
    observed_at
from shares
window touches_so_far as (partition by conversion_id, journey, model order by touch)
order by occurred_day
