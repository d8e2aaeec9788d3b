-- grain: one row per tracked account, day, night; several of the brand's accounts may watch the same one
select
    'instagram' as platform,
    username as account,
    try_cast(day as date) as day,
    'America/Los_Angeles' as day_timezone,
    max(followers_count) as followers,
    _night as night,
    max(_observed_at) as observed_at,
    max(_run_id) as run_id
from raw.instagram_tracked
where not _absent
group by all
