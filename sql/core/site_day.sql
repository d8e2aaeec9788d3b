-- grain: one row per site, day: all visits, whoever sent them
-- key: site, day
-- rebuild: day
select
    site,
    day,
    platform,
    account,
    day_timezone,
    visits,
    visitors,
    actions,
    bounces,
    visit_seconds,
    observed_at
from staging.visit_day
where
    report = 'site'
    and day >= cast(getvariable('rebuild_from') as date)
    -- nothing is seen before the night of its day
    and night >= cast(getvariable('rebuild_from') as date) - 2
qualify row_number() over (partition by site, day order by night desc) = 1
order by day
