-- grain: one row per platform, tracked account, day: what anybody sees of others, as last observed
-- key: platform, account, day
-- rebuild: day
select
    platform,
    account,
    day,
    max(day_timezone) as day_timezone,
    -- arg_max passes over NULL: what a night did not bring keeps its last value
    arg_max(followers, night) as followers,
    arg_max(posts_total, night) as posts_total,
    arg_max(posts_published, night) as posts_published,
    arg_max(engagements, night) as engagements,
    max(observed_at) as observed_at
from staging.public_account_day
where
    day >= cast(getvariable('rebuild_from') as date)
    -- nothing is seen before the night of its day
    and night >= cast(getvariable('rebuild_from') as date) - 2
group by platform, account, day
order by day
