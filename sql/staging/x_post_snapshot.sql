-- grain: one row per account, post_id, night
with posts as (
    select
        *,
        try_cast(created_at as timestamptz) as published,
        try_cast(
            coalesce(
                json_extract_string(public_metrics, '$.retweet_count'),
                json_extract_string(public_metrics, '$.repost_count')
            ) as bigint
        ) as reposts,
        try_cast(json_extract_string(public_metrics, '$.quote_count') as bigint) as quotes
    from raw.x_posts
    where not _absent and answers is distinct from 'other'
)

select
    'x' as platform,
    _account as account,
    cast(published at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    id as post_id,
    'posts' as stream,
    try_cast(json_extract_string(public_metrics, '$.impression_count') as bigint) as impressions,
    try_cast(json_extract_string(public_metrics, '$.like_count') as bigint) as reactions,
    try_cast(json_extract_string(public_metrics, '$.reply_count') as bigint) as comments,
    -- passed on as it is, and with words; without the one nobody knows the sum
    case when reposts is not null then cast(list_sum([reposts, quotes]) as bigint) end as shares,
    -- only the owner's token sees these, and only while the post is younger than thirty days
    try_cast(
        coalesce(
            json_extract_string(non_public_metrics, '$.url_link_clicks'),
            json_extract_string(organic_metrics, '$.url_link_clicks')
        ) as bigint
    ) as clicks,
    try_cast(json_extract_string(public_metrics, '$.bookmark_count') as bigint) as saves,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
