-- grain: one row per account, post_id, night
with posts as (
    select
        *,
        try_cast(created_time as timestamptz) as published
    from raw.facebook_posts
)

select
    'facebook' as platform,
    _account as account,
    cast(published at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    id as post_id,
    published at time zone 'UTC' as published_at,
    status_type as type,
    message as text,
    permalink_url as link,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
