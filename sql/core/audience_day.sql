-- grain: one row per platform, account, day, dimension, segment: an evening as last observed
-- key: platform, account, day, dimension, segment
-- rebuild: day
select
    platform,
    account,
    day,
    dimension,
    segment,
    max(day_timezone) as day_timezone,
    -- arg_max passes over NULL: what a night did not bring keeps its last value
    arg_max(followers, night) as followers,
    arg_max(reach, night) as reach,
    arg_max(reach_since, night) as reach_since,
    max(observed_at) as observed_at
from staging.audience_day
where
    day >= cast(getvariable('rebuild_from') as date)
    -- nothing is seen before the night of its day
    and night >= cast(getvariable('rebuild_from') as date) - 2
group by platform, account, day, dimension, segment
order by day
