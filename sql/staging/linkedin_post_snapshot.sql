-- grain: one row per account, post_id, night; a post that was not counted that night has no row
-- The comments are counted where they stand: the platform's own number of them is two days old.
with counted as (
    select
        *,
        json_transform(
            "totalShareStatistics",
            '{
                "uniqueImpressionsCount": "VARCHAR", "impressionCount": "VARCHAR", "likeCount": "VARCHAR",
                "shareCount": "VARCHAR", "clickCount": "VARCHAR"
            }'
        ) as counts
    from raw.linkedin_post_stats
    where not _absent
)

select
    'linkedin' as platform,
    _account as account,
    try_cast(post_day as date) as day,
    'UTC' as day_timezone,
    post as post_id,
    'post_stats' as stream,
    try_cast(counts."impressionCount" as bigint) as impressions,
    try_cast(counts."uniqueImpressionsCount" as bigint) as reach,
    try_cast(counts."likeCount" as bigint) as reactions,
    try_cast(counts."shareCount" as bigint) as shares,
    try_cast(counts."clickCount" as bigint) as clicks,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from counted
