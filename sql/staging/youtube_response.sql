-- grain: one row per account, response_id, night
with comments as (
    select
        *,
        try_cast(published_at as timestamptz) as written
    from raw.youtube_comment_threads
    -- what was said about the channel itself belongs to no video
    where video_id is not null
)

select
    'youtube' as platform,
    _account as account,
    cast(written at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    id as response_id,
    video_id as post_id,
    parent_id,
    written at time zone 'UTC' as written_at,
    person,
    is_own,
    not _absent as is_live,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from comments
