-- grain: one row per experiment, arm, day of the experiment: what the arm spent and what that left
-- key: experiment, arm, day
-- rebuild: day
-- month: day
with experiments as (
    select distinct
        experiment,
        start,
        least(planned_end, coalesce(ended, planned_end)) as last_day
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

days as (
    select distinct day
    from conversion.margin_daily
    where day >= cast(getvariable('rebuild_from') as date) and visits is not null
),

margins as (
    select
        parts.experiment,
        parts.arm,
        daily.day,
        -- one part of unknown value makes the sum unknown
        case when count(*) = count(daily.acquisition_cost) then sum(daily.acquisition_cost) end as spend,
        case when count(*) = count(daily.revenue) then sum(daily.revenue) end as revenue,
        case when count(*) = count(daily.gross_margin) then sum(daily.gross_margin) end as gross_margin,
        bool_and(daily.is_final) as is_final,
        max(daily.observed_at) as observed_at
    from conversion.margin_daily as daily
    inner join seed.experiment_arm as parts
        on
            daily.platform = parts.platform
            and daily.campaign = coalesce(parts.campaign, daily.campaign)
    where daily.day >= cast(getvariable('rebuild_from') as date)
    group by parts.experiment, parts.arm, daily.day
)

select
    experiments.experiment,
    arms.arm,
    days.day,
    arms.position,
    try_cast(margins.spend as decimal(18, 4)) as spend,
    try_cast(margins.revenue as decimal(18, 4)) as revenue,
    try_cast(margins.gross_margin as decimal(18, 4)) as gross_margin,
    coalesce(margins.is_final, false) as is_final,
    margins.observed_at
from experiments
inner join arms on experiments.experiment = arms.experiment
inner join days on days.day between experiments.start and experiments.last_day
left join margins
    on
        experiments.experiment = margins.experiment
        and arms.arm = margins.arm
        and days.day = margins.day
order by days.day
