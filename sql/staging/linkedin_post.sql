-- grain: one row per account, post_id, night
with posts as (
    select
        *,
        try(epoch_ms(coalesce("publishedAt", "createdAt"))) as published,
        coalesce(json_extract_string(content, '$.media.id'), '') as medium
    from raw.linkedin_posts
)

select
    'linkedin' as platform,
    _account as account,
    cast(published as date) as day,
    'UTC' as day_timezone,
    id as post_id,
    published as published_at,
    case
        when starts_with(medium, 'urn:li:image:') then 'image'
        when starts_with(medium, 'urn:li:video:') then 'video'
        when starts_with(medium, 'urn:li:document:') then 'document'
        when json_extract(content, '$.article') is not null then 'article'
        when json_extract(content, '$.poll') is not null then 'poll'
        when json_extract(content, '$.multiImage') is not null then 'multi_image'
        when "reshareContext" is not null then 'reshare'
        when content is null then 'text'
        else 'other'
    end as type,
    -- the platform's own text format: hashtags and mentions are templates, other signs are escaped
    regexp_replace(
        regexp_replace(
            regexp_replace(commentary, '\{hashtag\|\\?#\|([^}]*)\}', '#\1', 'g'),
            '@\[((?:[^\]\\]|\\.)*)\]\([^)]*\)', '@\1', 'g'
        ),
        '\\([\\|{}@\[\]()<>#*_~])', '\1', 'g'
    ) as text,
    'https://www.linkedin.com/feed/update/' || id as link,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from posts
