-- grain: one row per account, post_id, night
with videos as (
    select
        *,
        try(to_timestamp(create_time)) at time zone 'UTC' as published
    from raw.tiktok_posts
)

select
    'tiktok' as platform,
    _account as account,
    cast(published as date) as day,
    'UTC' as day_timezone,
    item_id as post_id,
    published as published_at,
    'video' as type,
    coalesce(caption, title) as text,
    share_url as link,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from videos
