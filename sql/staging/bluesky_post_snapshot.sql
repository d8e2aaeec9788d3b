-- grain: one row per account, post_id, night; nothing on Bluesky counts how often a post was shown
with posts as (
    select
        *,
        try_cast(published as timestamptz) as moment
    from raw.bluesky_posts
    where not _absent
)

select
    'bluesky' as platform,
    _account as account,
    cast(moment at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    uri as post_id,
    'posts' as stream,
    likecount as reactions,
    replycount as comments,
    -- passed on as it is, and with words; without the one nobody knows the sum
    case when repostcount is not null then cast(list_sum([repostcount, quotecount]) as bigint) end as shares,
    bookmarkcount as saves,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
