-- grain: one row per account, post_id, night
-- Views, likes and comments are public and of the moment; shares come from Analytics, some days late. Each
-- is stored when it changes, so a night that changed one of them takes the other as it was last known.
with videos as (
    select
        _account as account,
        id as post_id,
        try_cast(json_extract_string(snippet, '$.publishedAt') as timestamptz) as published,
        try_cast(json_extract_string(statistics, '$.viewCount') as bigint) as views,
        -- not there where the likes are hidden or the comments switched off: unknown, not 0
        try_cast(json_extract_string(statistics, '$.likeCount') as bigint) as likes,
        try_cast(json_extract_string(statistics, '$.commentCount') as bigint) as comments,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.youtube_posts
    where not _absent
),

totals as (
    select
        _account as account,
        id as post_id,
        shares,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.youtube_video_totals
    where not _absent
),

nights as (
    select
        account,
        post_id,
        night
    from videos
    union
    select
        account,
        post_id,
        night
    from totals
)

select
    'youtube' as platform,
    nights.account,
    cast(videos.published at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    nights.post_id,
    'posts' as stream,
    videos.views as impressions,
    videos.likes as reactions,
    videos.comments,
    totals.shares,
    videos.views as video_views,
    nights.night,
    greatest(videos.observed_at, totals.observed_at) as observed_at,
    case when totals.night = nights.night then totals.run_id else videos.run_id end as run_id
from nights
asof inner join videos
    on
        nights.account = videos.account
        and nights.post_id = videos.post_id
        and nights.night >= videos.night
asof left join totals
    on
        nights.account = totals.account
        and nights.post_id = totals.post_id
        and nights.night >= totals.night
