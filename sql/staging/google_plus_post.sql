-- grain: one row per account, post_id, night (the day of the archive)
select
    'google_plus' as platform,
    _account as account,
    try_cast(left(published, 10) as date) as day,
    'UTC' as day_timezone,
    id as post_id,
    try_cast(published as timestamptz) at time zone 'UTC' as published_at,
    type,
    text,
    url as link,
    -- the page that the post speaks of says which campaign it belonged to
    lower(nullif(regexp_extract(link, '[?&]utm_campaign=([^&#\s]+)', 1), '')) as campaign,
    _absent as is_absent,
    'archive' as origin,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.google_plus_posts
