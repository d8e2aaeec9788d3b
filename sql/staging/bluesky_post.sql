-- grain: one row per account, post_id, night
with posts as (
    select
        *,
        try_cast(published as timestamptz) as moment
    from raw.bluesky_posts
)

select
    'bluesky' as platform,
    _account as account,
    cast(moment at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    uri as post_id,
    moment at time zone 'UTC' as published_at,
    coalesce(embed, 'text') as type,
    text,
    -- the page on which people see the post
    'https://bsky.app/profile/' || split_part(uri, '/', 3) || '/post/' || split_part(uri, '/', 5) as link,
    -- addresses are shortened in the words; the whole ones stand beside them
    lower(
        nullif(regexp_extract(cast(links as varchar), 'utm_campaign=([^&#\s"\\]+)', 1), '')
    ) as campaign,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
