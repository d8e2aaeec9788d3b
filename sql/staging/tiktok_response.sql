-- grain: one row per account, response_id, night
with comments as (
    select
        *,
        try(to_timestamp(create_time)) at time zone 'UTC' as written
    from raw.tiktok_comments
)

select
    'tiktok' as platform,
    _account as account,
    cast(written as date) as day,
    'UTC' as day_timezone,
    comment_id as response_id,
    video_id as post_id,
    parent_comment_id as parent_id,
    written as written_at,
    person,
    own as is_own,
    not _absent and coalesce(status, 'PUBLIC') = 'PUBLIC' as is_live,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from comments
