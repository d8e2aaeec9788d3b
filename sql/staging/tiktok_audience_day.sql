-- grain: one row per account, day, segment, night; the platform tells shares of the followers, rounded
select
    'tiktok' as platform,
    _account as account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    dimension,
    dimension || ':' || segment as segment,
    cast(round(percentage * followers_count) as bigint) as followers,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.tiktok_audience
where not _absent
