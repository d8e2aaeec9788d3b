-- grain: one row per account, post_id, night (the day of the archive)
-- An archive that was made as HTML may cut its lists: there the counts are at least so many
-- (raw.google_plus_posts.counts_are_lower_bounds).
select
    'google_plus' as platform,
    _account as account,
    try_cast(left(published, 10) as date) as day,
    'UTC' as day_timezone,
    id as post_id,
    'posts' as stream,
    plus_ones as reactions,
    comments,
    reshares as shares,
    'archive' as origin,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.google_plus_posts
where not _absent
