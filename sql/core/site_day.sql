-- grain: one row per site, day: all visits, whoever sent them
-- key: site, day
-- rebuild: day
with observations as (
    select *
    from staging.visit_day
    where
        report = 'site'
        and day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
    qualify row_number() over (partition by site, day order by night desc) = 1
),

sales as (
    -- days on which analytics counted orders, be it 0
    select
        site,
        day
    from staging.conversion
    where
        is_analytics
        and day >= cast(getvariable('rebuild_from') as date)
        and night >= cast(getvariable('rebuild_from') as date) - 2
    group by site, day
)

select
    observations.site,
    observations.day,
    observations.platform,
    observations.account,
    observations.day_timezone,
    observations.visits,
    observations.visitors,
    observations.actions,
    observations.bounces,
    observations.visit_seconds,
    sales.day is not null as has_analytics_sales,
    observations.observed_at
from observations
left join sales on observations.site = sales.site and observations.day = sales.day
order by observations.day
