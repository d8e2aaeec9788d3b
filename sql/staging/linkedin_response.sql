-- grain: one row per account, response_id, night
with comments as (
    select
        *,
        try(epoch_ms(time)) as written
    from raw.linkedin_comments
)

select
    'linkedin' as platform,
    _account as account,
    cast(written as date) as day,
    'UTC' as day_timezone,
    id as response_id,
    post as post_id,
    parent as parent_id,
    written as written_at,
    person,
    own as is_own,
    not _absent as is_live,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from comments
