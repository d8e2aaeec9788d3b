-- grain: one row per account, day, night: the followers at the moment of the reading
select
    'bluesky' as platform,
    _account as account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    followerscount as followers,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.bluesky_account
where not _absent
