-- grain: one row per tracked account, day, night
select
    'instagram' as platform,
    username as account,
    try_cast(day as date) as day,
    'America/Los_Angeles' as day_timezone,
    followers_count as followers,
    media_count as posts_total,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.instagram_tracked
where not _absent
-- two accounts of the brand may watch the same one
qualify row_number() over (partition by username, day, _night order by _account asc) = 1
