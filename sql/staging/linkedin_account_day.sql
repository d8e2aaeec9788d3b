-- grain: one row per account, day, night (only the metrics that changed that night)
-- A day's numbers are of that UTC day; the followers are those of the night.
with shares as (
    select
        *,
        json_transform(
            "totalShareStatistics",
            '{
                "uniqueImpressionsCount": "VARCHAR", "impressionCount": "VARCHAR", "likeCount": "VARCHAR",
                "commentCount": "VARCHAR", "shareCount": "VARCHAR", "clickCount": "VARCHAR"
            }'
        ) as counts
    from raw.linkedin_share_stats
    where not _absent
),

gains as (
    select
        *,
        try_cast(json_extract_string("followerGains", '$.organicFollowerGain') as bigint) as organic,
        try_cast(json_extract_string("followerGains", '$.paidFollowerGain') as bigint) as paid
    from raw.linkedin_follower_gains
    where not _absent
),

observations as (
    select
        _account as account,
        day,
        "firstDegreeSize" as followers,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.linkedin_followers
    where not _absent
    union all by name
    select
        _account as account,
        day,
        -- paid is missing where nobody ever advertised; organic always comes
        try_cast(cast(organic as hugeint) + coalesce(paid, 0) as bigint) as followers_gained,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from gains
    union all by name
    select
        _account as account,
        day,
        try_cast(counts."uniqueImpressionsCount" as bigint) as reach_1d,
        try_cast(counts."impressionCount" as bigint) as impressions,
        try_cast(counts."likeCount" as bigint) as reactions,
        try_cast(counts."commentCount" as bigint) as comments,
        try_cast(counts."shareCount" as bigint) as shares,
        try_cast(counts."clickCount" as bigint) as clicks,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from shares
    union all by name
    select
        _account as account,
        day,
        try_cast(
            json_extract_string("totalPageStatistics", '$.views.allPageViews.pageViews') as bigint
        ) as profile_views,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.linkedin_page_stats
    where not _absent
)

select
    'linkedin' as platform,
    account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    max(followers) as followers,
    max(followers_gained) as followers_gained,
    max(reach_1d) as reach_1d,
    max(impressions) as impressions,
    max(reactions) as reactions,
    max(comments) as comments,
    max(shares) as shares,
    max(clicks) as clicks,
    max(profile_views) as profile_views,
    night,
    max(observed_at) as observed_at,
    max(run_id) as run_id
from observations
group by account, day, night
