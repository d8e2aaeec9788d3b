-- grain: one row per account, response_id, night: what stands below the posts of the window
with responses as (
    select
        *,
        try_cast(created_at as timestamptz) as written
    from raw.mastodon_comments
)

select
    'mastodon' as platform,
    _account as account,
    cast(written at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    id as response_id,
    post as post_id,
    nullif(in_reply_to_id, post) as parent_id,
    written at time zone 'UTC' as written_at,
    person,
    own as is_own,
    not _absent as is_live,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from responses
