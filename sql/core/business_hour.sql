-- grain: one row per opens_at: a stretch of time in which the team works, in UTC
-- key: opens_at
-- rebuild: whole
-- How long a thing took in business hours: what was worked until its end minus what was until its begin.
with days as (
    select cast(unnest(generate_series(date '2000-01-01', date '2040-12-31', interval 1 day)) as date) as day
),

stretches as (
    -- wall clock times of the team's zone: a day on which the clock changes is longer or shorter by an hour
    select
        (days.day + to_minutes(hours.opens)) at time zone hours.time_zone at time zone 'UTC' as opens_at,
        (days.day + to_minutes(hours.closes)) at time zone hours.time_zone at time zone 'UTC' as closes_at
    from days
    inner join seed.business_hours as hours on isodow(days.day) = hours.weekday
    left join seed.holiday as holidays on days.day = holidays.day
    where holidays.day is null
)

select
    opens_at,
    closes_at,
    -- a sum over nothing is 0: nobody had worked before the first stretch
    cast(
        coalesce(
            sum(date_diff('second', opens_at, closes_at)) over (
                order by opens_at
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as bigint
    ) as seconds_before
from stretches
-- an hour that a change of the clock leaves out is nobody's time
where closes_at > opens_at
order by opens_at
