-- grain: one row per account, day, night, report (the level of the night, or a day of Analytics)
with reports as (
    select
        _account as account,
        try_cast(day as date) as day,
        cast(null as bigint) as followers,
        subscribersgained as followers_gained,
        subscriberslost as followers_lost,
        -- a view is the only thing that the platform counts as shown
        views as impressions,
        likes as reactions,
        comments,
        shares,
        views as video_views,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.youtube_channel_days
    where not _absent
),

levels as (
    -- rounded down to three figures by the platform, also for the owner; a hidden number is unknown
    select
        _account as account,
        try_cast(day as date) as day,
        case
            when coalesce(json_extract_string(statistics, '$.hiddenSubscriberCount'), 'false') = 'false'
                then try_cast(json_extract_string(statistics, '$.subscriberCount') as bigint)
        end as followers,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.youtube_channel
    where not _absent
),

days as (
    select * from reports
    union all by name
    select * from levels
)

select
    'youtube' as platform,
    account,
    day,
    'America/Los_Angeles' as day_timezone,
    followers,
    case
        when followers >= 1000 then cast(power(10, length(cast(followers as varchar)) - 3) as bigint)
    end as followers_step,
    followers_gained,
    followers_lost,
    impressions,
    reactions,
    comments,
    shares,
    video_views,
    night,
    observed_at,
    run_id
from days
