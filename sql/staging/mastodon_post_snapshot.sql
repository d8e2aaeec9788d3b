-- grain: one row per account, post_id, night; nothing on Mastodon counts how often a post was shown
with posts as (
    select
        *,
        try_cast(created_at as timestamptz) as published
    from raw.mastodon_posts
    where not _absent
)

select
    'mastodon' as platform,
    _account as account,
    cast(published at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    id as post_id,
    'posts' as stream,
    favourites_count as reactions,
    replies_count as comments,
    -- passed on as it is, and with words, which older instances do not know
    case
        when reblogs_count is not null then cast(list_sum([reblogs_count, quotes_count]) as bigint)
    end as shares,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
