-- grain: one row per account, post_id, night; the Display API has names of its own for its four counters
select
    'tiktok' as platform,
    _account as account,
    cast(try(to_timestamp(create_time)) at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    item_id as post_id,
    'posts' as stream,
    -- a view is the only thing that the platform counts as shown
    coalesce(video_views, view_count) as impressions,
    reach,
    coalesce(likes, like_count) as reactions,
    coalesce(comments, comment_count) as comments,
    coalesce(shares, share_count) as shares,
    favorites as saves,
    coalesce(video_views, view_count) as video_views,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.tiktok_posts
where not _absent
