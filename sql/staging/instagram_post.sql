-- grain: one row per account, post_id, night; a story is over once the list lacks it
with posts as (
    select * from raw.instagram_media
    union all by name
    select * from raw.instagram_stories
),

dated as (
    select
        *,
        try_cast("timestamp" as timestamptz) as published
    from posts
)

select
    'instagram' as platform,
    _account as account,
    cast(published at time zone 'America/Los_Angeles' as date) as day,
    'America/Los_Angeles' as day_timezone,
    id as post_id,
    published at time zone 'UTC' as published_at,
    -- what it is to people: a reel or a story, else the kind of its pictures
    case media_product_type
        when 'REELS' then 'reel'
        when 'STORY' then 'story'
        else lower(media_type)
    end as type,
    caption as text,
    permalink as link,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from dated
