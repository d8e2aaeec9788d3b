-- grain: one row per account, response_id, night (the day of the archive)
select
    'google_plus' as platform,
    _account as account,
    try_cast(left(published, 10) as date) as day,
    'UTC' as day_timezone,
    id as response_id,
    post as post_id,
    try_cast(published as timestamptz) at time zone 'UTC' as written_at,
    person,
    is_own,
    not _absent as is_live,
    'archive' as origin,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.google_plus_comments
