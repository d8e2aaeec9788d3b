-- grain: one row per account, post_id, night
with videos as (
    select
        *,
        try_cast(json_extract_string(snippet, '$.publishedAt') as timestamptz) as published
    from raw.youtube_posts
)

select
    'youtube' as platform,
    _account as account,
    cast(published at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    id as post_id,
    published at time zone 'UTC' as published_at,
    'video' as type,
    -- hashtags and links stand in the description
    concat_ws(
        chr(10),
        json_extract_string(snippet, '$.title'),
        nullif(json_extract_string(snippet, '$.description'), '')
    ) as text,
    'https://www.youtube.com/watch?v=' || id as link,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from videos
