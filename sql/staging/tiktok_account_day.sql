-- grain: one row per account, day, night (only what changed that night)
with days as (
    select
        _account as account,
        try_cast("date" as date) as day,
        daily_total_followers as followers,
        daily_new_followers as followers_gained,
        daily_lost_followers as followers_lost,
        unique_video_views as reach_1d,
        -- a view is the only thing that the platform counts as shown
        video_views as impressions,
        likes as reactions,
        comments,
        shares,
        video_views,
        profile_views,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.tiktok_days
    where not _absent
),

levels as (
    -- the followers at the moment of the reading: the level at the end of the night
    select
        _account as account,
        try_cast(day as date) as day,
        coalesce(followers_count, follower_count) as followers_now,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.tiktok_account
    where not _absent
),

told as (
    select * from days
    union all by name
    select * from levels
)

select
    'tiktok' as platform,
    account,
    day,
    'UTC' as day_timezone,
    -- what the platform says of the day itself wins over the level of that moment
    coalesce(max(followers), max(followers_now)) as followers,
    max(followers_gained) as followers_gained,
    max(followers_lost) as followers_lost,
    max(reach_1d) as reach_1d,
    max(impressions) as impressions,
    max(reactions) as reactions,
    max(comments) as comments,
    max(shares) as shares,
    max(video_views) as video_views,
    max(profile_views) as profile_views,
    night,
    max(observed_at) as observed_at,
    max(run_id) as run_id
from told
group by account, day, night
