-- grain: one row per account, post_id, night
with posts as (
    select
        *,
        'media' as stream
    from raw.instagram_media
    where not _absent
    union all by name
    select
        *,
        'stories' as stream
    from raw.instagram_stories
    where not _absent
),

counted as (
    select
        *,
        try_cast("timestamp" as timestamptz) as published,
        try_cast(json_extract_string(insights, '$.views') as bigint) as views,
        try_cast(json_extract_string(insights, '$.reach') as bigint) as reach,
        try_cast(json_extract_string(insights, '$.likes') as bigint) as likes,
        try_cast(json_extract_string(insights, '$.comments') as bigint) as comments,
        try_cast(json_extract_string(insights, '$.shares') as bigint) as shares,
        try_cast(json_extract_string(insights, '$.saved') as bigint) as saved
    from posts
)

select
    'instagram' as platform,
    _account as account,
    cast(published at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    id as post_id,
    stream,
    views as impressions,
    reach,
    -- the public count; where the owner hides it, what the insights tell the owner
    coalesce(like_count, likes) as reactions,
    -- nobody comments on a story in public
    case when stream = 'media' then coalesce(comments_count, comments) end as comments,
    shares,
    saved as saves,
    case when media_product_type = 'REELS' then views end as video_views,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from counted
