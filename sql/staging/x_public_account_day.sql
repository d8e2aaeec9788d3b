-- grain: one row per tracked account, day, night
select
    'x' as platform,
    lower(username) as account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    try_cast(json_extract_string(public_metrics, '$.followers_count') as bigint) as followers,
    try_cast(
        coalesce(
            json_extract_string(public_metrics, '$.tweet_count'),
            json_extract_string(public_metrics, '$.post_count')
        ) as bigint
    ) as posts_total,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.x_tracked
where not _absent
-- two accounts of the brand may watch the same one
qualify row_number() over (partition by lower(username), day, _night order by _account asc) = 1
