-- grain: one row per account, day, segment (F.25-34, country.FR), night: followers as they were that night
select
    'instagram' as platform,
    _account as account,
    try_cast(day as date) as day,
    'America/Los_Angeles' as day_timezone,
    segment,
    value as followers,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.instagram_demographics
where not _absent
