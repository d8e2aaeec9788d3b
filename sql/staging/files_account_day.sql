-- grain: one row per platform, account, day, unit, night: what each export said of a day
select
    platform,
    account,
    try_cast(day as date) as day,
    coalesce(time_zone, 'UTC') as day_timezone,
    followers,
    followers_gained,
    followers_lost,
    reach_1d,
    reach_7d,
    reach_28d,
    impressions,
    reactions,
    comments,
    shares,
    clicks,
    saves,
    engagements_reported,
    video_views,
    profile_views,
    'export' as origin,
    _account as unit,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.files_account_days
where not _absent
