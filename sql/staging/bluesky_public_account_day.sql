-- grain: one row per tracked account, day, night
select
    'bluesky' as platform,
    actor as account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    followerscount as followers,
    postscount as posts_total,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.bluesky_tracked
where not _absent
-- two accounts of the brand may watch the same one
qualify row_number() over (partition by actor, day, _night order by _account asc) = 1
