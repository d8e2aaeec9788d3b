-- grain: one row per experiment, action, arm, day: what each slice brought, also before its start
-- key: experiment, action, arm, day
-- rebuild: day
-- month: day
-- sums: visits, because the rows of one action are summed, on which each visit stands once
with experiments as (
    select
        experiment,
        action,
        start,
        least(planned_end, coalesce(ended, planned_end)) as last_day,
        -- the whole weeks before it, in which nobody meddled: they say what an arm is like anyway
        7 * cast(ceil((date_diff('day', start, planned_end) + 1) / 7) as integer) as days_before
    from seed.experiment
),

arms as (
    select
        experiment,
        arm,
        min(position) as position
    from seed.experiment_arm
    group by experiment, arm
),

counted_days as (
    -- days on which the sites counted visits, and the actions of which they know how often they happened
    select
        day,
        action,
        bool_and(is_final) as is_final,
        max(observed_at) as observed_at
    from conversion.daily
    where
        day >= cast(getvariable('rebuild_from') as date)
        and conversions is not null
        and visits is not null
    group by day, action
),

site_days as (
    select distinct day
    from conversion.daily
    where day >= cast(getvariable('rebuild_from') as date) and visits is not null
),

spine as (
    select
        experiments.experiment,
        experiments.action,
        arms.position,
        arms.arm,
        site_days.day,
        site_days.day >= experiments.start as in_experiment,
        counted_days.observed_at,
        coalesce(counted_days.is_final, false) as is_final,
        counted_days.day is not null as is_known
    from experiments
    inner join arms on experiments.experiment = arms.experiment
    inner join site_days
        on site_days.day between experiments.start - experiments.days_before and experiments.last_day
    left join counted_days
        on site_days.day = counted_days.day and experiments.action = counted_days.action
),

brought as (
    -- a campaign, or all campaigns of a platform
    select
        parts.experiment,
        parts.arm,
        daily.day,
        daily.action,
        case when count(*) = count(daily.visits) then sum(daily.visits) end as visits,
        case when count(*) = count(daily.conversions) then sum(daily.conversions) end as conversions,
        -- one part of unknown value makes the sum unknown
        case
            when count(*) > count(daily.conversions) then null
            when
                count(*) filter (where daily.conversions <> 0)
                = count(daily.revenue) filter (where daily.conversions <> 0)
                then coalesce(sum(daily.revenue) filter (where daily.conversions <> 0), 0)
        end as revenue,
        max(daily.observed_at) as observed_at
    from conversion.daily as daily
    inner join seed.experiment_arm as parts
        on
            daily.platform = parts.platform
            and daily.campaign = coalesce(parts.campaign, daily.campaign)
    where daily.day >= cast(getvariable('rebuild_from') as date)
    group by parts.experiment, parts.arm, daily.day, daily.action
),

costs as (
    select
        parts.experiment,
        parts.arm,
        cost_day.day,
        case when count(*) = count(cost_day.cost) then sum(cost_day.cost) end as spend
    from core.cost_day as cost_day
    inner join seed.experiment_arm as parts
        on
            cost_day.platform = parts.platform
            and cost_day.campaign = coalesce(parts.campaign, cost_day.campaign)
    where cost_day.day >= cast(getvariable('rebuild_from') as date)
    group by parts.experiment, parts.arm, cost_day.day
),

arm_days as (
    select
        spine.experiment,
        spine.action,
        spine.position,
        spine.arm,
        spine.day,
        spine.in_experiment,
        spine.is_final,
        -- the sites counted that day and nobody came by this arm: a true 0
        case when brought.day is null then 0 else brought.visits end as visits,
        case
            when not spine.is_known then null
            when brought.day is null then 0
            else brought.conversions
        end as conversions,
        case
            when not spine.is_known then null
            when brought.day is null then 0
            else brought.revenue
        end as revenue,
        costs.spend,
        coalesce(brought.observed_at, spine.observed_at) as observed_at
    from spine
    left join brought
        on
            spine.experiment = brought.experiment
            and spine.arm = brought.arm
            and spine.action = brought.action
            and spine.day = brought.day
    left join costs
        on
            spine.experiment = costs.experiment
            and spine.arm = costs.arm
            and spine.day = costs.day
)

select
    experiment,
    action,
    arm,
    day,
    position,
    in_experiment,
    cast(visits as bigint) as visits,
    cast(conversions as bigint) as conversions,
    try_cast(revenue as decimal(18, 4)) as revenue,
    try_cast(spend as decimal(18, 4)) as spend,
    -- a day of which some arm is unknown counts for none: it would favour the others
    coalesce(bool_and(visits is not null and conversions is not null) over arms_of_day, false) as is_counted,
    is_final,
    observed_at
from arm_days
window arms_of_day as (partition by experiment, action, day)
order by day
