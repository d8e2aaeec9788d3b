-- grain: one row per currency, day: what one unit is worth in the reporting currency
-- key: currency, day
-- rebuild: day
with observations as materialized (
    -- weekends and holidays have no rate of their own: a week back is far enough for the longest of them
    select *
    from staging.rate_day
    where day >= cast(getvariable('rebuild_from') as date) - 7
    qualify row_number() over (partition by currency, day order by night desc) = 1
),

rates as (
    select
        currency,
        day,
        per_euro,
        observed_at
    from observations
    where not is_absent and per_euro > 0
    union all
    -- one euro is one euro on every day that has a rate
    select
        'EUR' as currency,
        day,
        1 as per_euro,
        max(observed_at) as observed_at
    from observations
    where not is_absent
    group by day
),

calendar as (
    -- an order may be a day ahead of the night that reads it
    select cast(unnest(generate_series(bounds.first_day, bounds.last_day, interval 1 day)) as date) as day
    from (
        select
            greatest(
                (select min(rates.day) from rates),
                cast(getvariable('rebuild_from') as date)
            ) as first_day,
            (select max(nights.night) + 1 from core.night as nights) as last_day
    ) as bounds
    where bounds.first_day <= bounds.last_day
),

currencies as (
    select distinct currency
    from rates
),

carried as (
    select
        calendar.day,
        rates.currency,
        rates.per_euro,
        rates.day as rate_day,
        rates.observed_at
    from (
        select
            calendar.day,
            currencies.currency
        from calendar
        cross join currencies
    ) as calendar
    asof inner join rates
        on calendar.currency = rates.currency and calendar.day >= rates.day
    where calendar.day - rates.day <= 7
)

select
    carried.currency,
    carried.day,
    cast(
        cast(reporting.per_euro as double) / cast(carried.per_euro as double) as decimal(18, 8)
    ) as rate,
    -- the day of which the rate is: an earlier one on weekends, on holidays, and until the day's own is out
    least(carried.rate_day, reporting.rate_day) as rate_day,
    least(carried.rate_day, reporting.rate_day) < carried.day as is_carried,
    greatest(carried.observed_at, reporting.observed_at) as observed_at
from carried
inner join carried as reporting on carried.day = reporting.day
inner join seed.brand as brand on reporting.currency = brand.reporting_currency
order by carried.day
