-- grain: one row per tracked account, day, night
select
    'mastodon' as platform,
    acct as account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    followers_count as followers,
    statuses_count as posts_total,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.mastodon_tracked
where not _absent
-- two accounts of the brand may watch the same one
qualify row_number() over (partition by acct, day, _night order by _account asc) = 1
