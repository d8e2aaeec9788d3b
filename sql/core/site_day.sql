-- grain: one row per site, day: all visits, whoever sent them
-- key: site, day
-- rebuild: day
select
    visit_day.site,
    visit_day.day,
    visit_day.platform,
    visit_day.account,
    visit_day.day_timezone,
    visit_day.visits,
    visit_day.visitors,
    visit_day.actions,
    visit_day.bounces,
    visit_day.visit_seconds,
    visit_day.observed_at
from staging.visit_day as visit_day
left join seed.site as sites on visit_day.site = sites.site
where
    visit_day.report = 'site'
    -- of several analytics of a site one counts
    and visit_day.platform = coalesce(sites.analytics, visit_day.platform)
    and visit_day.account = coalesce(sites.analytics_account, visit_day.account)
    and visit_day.day >= cast(getvariable('rebuild_from') as date)
    -- nothing is seen before the night of its day
    and visit_day.night >= cast(getvariable('rebuild_from') as date) - 2
qualify row_number() over (partition by visit_day.site, visit_day.day order by visit_day.night desc) = 1
order by visit_day.day
