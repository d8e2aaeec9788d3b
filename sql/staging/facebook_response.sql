-- grain: one row per account, response_id, night
with comments as (
    select
        *,
        try_cast(created_time as timestamptz) as written
    from raw.facebook_post_comments
)

select
    'facebook' as platform,
    _account as account,
    cast(written at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    id as response_id,
    post_id,
    parent_id,
    written at time zone 'UTC' as written_at,
    person,
    is_own,
    not _absent as is_live,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from comments
