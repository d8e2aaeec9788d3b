-- grain: one row per platform, account, post_id: its newest state; a deleted post keeps its last one
-- key: platform, account, post_id
-- rebuild: published_day
with seen as (
    select
        platform,
        account,
        post_id,
        -- what an export says of a post counts only where the platform itself was never asked
        coalesce(min(night) filter (where origin is distinct from 'export'), min(night)) as first_night,
        coalesce(max(night) filter (where origin is distinct from 'export'), max(night)) as last_night,
        count(*) filter (where origin is distinct from 'export') = 0 as is_exported
    from staging.post
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
    group by platform, account, post_id
),

newest as (
    select
        observations.*,
        seen.first_night,
        seen.is_exported,
        -- a word after a # that begins it: not the end of an address, not a character reference. A word is
        -- of letters with the marks that belong to them, digits and underscores, in one spelling of Unicode,
        -- joined at most by a middle dot or the joiners that some scripts need. The signs that only choose
        -- how an emoji looks are no marks of a word.
        list_filter(
            list_transform(
                regexp_extract_all(
                    nfc_normalize(regexp_replace(observations.text, '[\x{FE00}-\x{FE0F}]', '', 'g')),
                    '(?:^|[^\p{L}\p{M}\p{N}_&/])[#＃﹟]'
                    || '([\p{L}\p{N}_]\p{M}*(?:[·\x{200C}\x{200D}]?[\p{L}\p{N}_]\p{M}*)*)',
                    1
                ),
                lambda hashtag: lower(hashtag)
            ),
            -- numbers alone are a rank or a year
            lambda hashtag: regexp_matches(hashtag, '\p{L}')
        ) as hashtags
    from staging.post as observations
    inner join seen
        on
            observations.platform = seen.platform
            and observations.account = seen.account
            and observations.post_id = seen.post_id
            and observations.night = seen.last_night
            and (observations.origin is not distinct from 'export') = seen.is_exported
            and observations.night >= cast(getvariable('rebuild_from') as date) - 2
)

select
    newest.platform,
    newest.account,
    newest.post_id,
    newest.published_at,
    newest.day as published_day,
    newest.day_timezone,
    newest.type,
    newest.text,
    newest.link,
    -- each once, where it first stands
    case
        when newest.text is not null
            then list_transform(
                list_filter(
                    list_zip(newest.hashtags, range(1, len(newest.hashtags) + 1)),
                    lambda place: list_position(newest.hashtags, place[1]) = place[2]
                ),
                lambda place: place[1]
            )
    end as hashtags,
    newest.author,
    -- the link in the text says which campaign the post belongs to
    coalesce(
        newest.campaign,
        lower(nullif(regexp_extract(newest.text, 'utm_campaign=([^&#\s]+)', 1), ''))
    ) as campaign,
    lower(nullif(regexp_extract(newest.text, 'utm_campaign=([^&#\s]+)', 1), '')) as landing_campaign,
    nullif(regexp_extract(newest.text, 'utm_content=([^&#\s]+)', 1), '') as landing_content,
    newest.is_paid,
    case when newest.is_absent then newest.observed_at end as deleted_at,
    newest.first_night as first_seen_night,
    newest.is_exported,
    newest.observed_at
from newest
order by newest.day
