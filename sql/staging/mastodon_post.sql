-- grain: one row per account, post_id, night
with posts as (
    select
        *,
        try_cast(created_at as timestamptz) as published,
        -- breaks are spaces, other tags are nothing: a hashtag or an address is spread over several of them
        regexp_replace(
            regexp_replace(content, '<br\s*/?>|</p>', ' ', 'gi'), '<[^>]*>', '', 'g'
        ) as words
    from raw.mastodon_posts
)

select
    'mastodon' as platform,
    _account as account,
    cast(published at time zone 'UTC' as date) as day,
    'UTC' as day_timezone,
    id as post_id,
    published at time zone 'UTC' as published_at,
    coalesce(media, 'text') as type,
    -- & comes last, so that an entity that was written as text stays one
    nullif(
        trim(
            replace(
                replace(
                    replace(
                        replace(replace(replace(words, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'),
                        '&#39;',
                        ''''
                    ),
                    '&#x27;',
                    ''''
                ),
                '&amp;',
                '&'
            )
        ),
        ''
    ) as text,
    url as link,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
