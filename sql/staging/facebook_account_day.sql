-- grain: one row per account, day, night (only the metrics that changed that night)
with insights as (
    select
        _account as account,
        -- end_time is the midnight, Pacific, that ends the measured day
        cast(try_cast(end_time as timestamptz) at time zone 'America/Los_Angeles' as date) - 1 as day,
        name,
        period,
        value,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.facebook_page_insights
    where not _absent
)

select
    'facebook' as platform,
    account,
    day,
    'America/Los_Angeles' as day_timezone,
    max(value) filter (where name = 'page_follows' and period = 'day') as followers,
    max(value) filter (where name = 'page_daily_follows_unique' and period = 'day') as followers_gained,
    max(value) filter (where name = 'page_daily_unfollows_unique' and period = 'day') as followers_lost,
    max(value) filter (where name = 'page_total_media_view_unique' and period = 'day') as reach_1d,
    max(value) filter (where name = 'page_total_media_view_unique' and period = 'week') as reach_7d,
    max(value) filter (where name = 'page_total_media_view_unique' and period = 'days_28') as reach_28d,
    max(value) filter (where name = 'page_media_view' and period = 'day') as impressions,
    max(value) filter (where name = 'page_post_engagements' and period = 'day') as engagements_reported,
    max(value) filter (where name = 'page_video_views' and period = 'day') as video_views,
    max(value) filter (where name = 'page_views_total' and period = 'day') as profile_views,
    night,
    max(observed_at) as observed_at,
    max(run_id) as run_id
from insights
group by account, day, night
