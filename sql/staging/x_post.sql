-- grain: one row per account, post_id, night; threads are posts, answers to others are not
with posts as (
    select
        *,
        try_cast(created_at as timestamptz) as published,
        -- the older and the newer name of the same thing
        coalesce(note_tweet, note_post) as note,
        coalesce(referenced_tweets, referenced_posts) as referenced,
        list_concat(
            coalesce(json_extract_string(entities, '$.urls[*].expanded_url'), []),
            coalesce(
                json_extract_string(coalesce(note_tweet, note_post), '$.entities.urls[*].expanded_url'), []
            )
        ) as links
    from raw.x_posts
    where answers is distinct from 'other'
)

select
    'x' as platform,
    _account as account,
    cast(published at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    id as post_id,
    published at time zone 'UTC' as published_at,
    case
        when list_contains(json_extract_string(referenced, '$[*].type'), 'quoted') then 'quote'
        when answers = 'self' then 'thread'
        when json_array_length(attachments, '$.poll_ids') > 0 then 'poll'
        when json_array_length(attachments, '$.media_keys') > 0 then 'media'
        else 'text'
    end as type,
    -- the platform writes three signs as entities of HTML
    replace(
        replace(
            replace(coalesce(json_extract_string(note, '$.text'), text), '&lt;', '<'), '&gt;', '>'
        ), '&amp;', '&'
    ) as text,
    'https://x.com/i/web/status/' || id as link,
    -- links in the text are shortened: which campaign they belong to stands beside them
    lower(
        nullif(regexp_extract(array_to_string(links, ' '), 'utm_campaign=([^&#\s]+)', 1), '')
    ) as campaign,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
