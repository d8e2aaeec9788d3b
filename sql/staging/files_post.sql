-- grain: one row per platform, account, post_id, night: what the last export of a night said of a post
select
    platform,
    account,
    try_cast(day as date) as day,
    coalesce(time_zone, 'UTC') as day_timezone,
    post_id,
    try_cast(published_at as timestamptz) at time zone 'UTC' as published_at,
    type,
    text,
    link,
    campaign,
    -- an export that lacks a post says nothing of it: it may have been made for other days
    false as is_absent,
    'export' as origin,
    _account as unit,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.files_posts
where not _absent
qualify
    row_number() over (
        partition by platform, account, post_id, _night
        order by _observed_at desc, _run_id desc
    ) = 1
