-- grain: one row per account, post_id, night
with posts as (
    select
        *,
        try_cast(created_time as timestamptz) as published,
        json_transform(
            insights, '{"data": [{"name": "VARCHAR", "values": [{"value": "VARCHAR"}]}]}'
        ).data as metrics,
        try_cast(json_extract_string(reactions, '$.summary.total_count') as bigint) as reaction_count,
        try_cast(json_extract_string(comments, '$.summary.total_count') as bigint) as comment_count,
        try_cast(json_extract_string(shares, '$.count') as bigint) as share_count
    from raw.facebook_posts
    where not _absent
)

select
    'facebook' as platform,
    _account as account,
    cast(published at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    id as post_id,
    'posts' as stream,
    try_cast(
        list_filter(metrics, lambda m: m.name = 'post_media_view')[1]['values'][1].value as bigint
    ) as impressions,
    try_cast(
        list_filter(
            metrics, lambda m: m.name = 'post_total_media_view_unique'
        )[1]['values'][1].value as bigint
    ) as reach,
    reaction_count as reactions,
    comment_count as comments,
    case
        when shares is not null then share_count
        -- the platform leaves the object out of a post that was never shared: with the other counters
        -- there, its absence says zero
        when reaction_count is not null and comment_count is not null then 0
    end as shares,
    try_cast(
        list_filter(metrics, lambda m: m.name = 'post_clicks')[1]['values'][1].value as bigint
    ) as clicks,
    try_cast(
        list_filter(metrics, lambda m: m.name = 'post_video_views')[1]['values'][1].value as bigint
    ) as video_views,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
