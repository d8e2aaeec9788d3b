-- grain: one row per account, response_id, night: what stands below the posts of the window
with responses as (
    select
        *,
        try_cast(published as timestamptz) as moment
    from raw.bluesky_comments
)

select
    'bluesky' as platform,
    _account as account,
    cast(moment at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    key as response_id,
    post as post_id,
    parent as parent_id,
    moment at time zone 'UTC' as written_at,
    person,
    own as is_own,
    not _absent as is_live,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from responses
