-- grain: one row per platform, account, post_id: its newest state; a deleted post keeps its last one
-- key: platform, account, post_id
-- rebuild: published_day
with observations as (
    select *
    from staging.post
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
),

newest as (
    select
        *,
        -- a word after a # that begins it: not the end of an address, not a character reference
        list_transform(
            regexp_extract_all(text, '(?:^|[^\p{L}\p{N}_&/])#([\p{L}\p{N}_]+)', 1),
            lambda hashtag: lower(hashtag)
        ) as hashtags
    from observations
    qualify row_number() over (partition by platform, account, post_id order by night desc) = 1
),

first_seen as (
    select
        platform,
        account,
        post_id,
        min(night) as night
    from observations
    group by platform, account, post_id
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
    newest.is_paid,
    case when newest.is_absent then newest.observed_at end as deleted_at,
    first_seen.night as first_seen_night,
    newest.observed_at
from newest
inner join first_seen
    on
        newest.platform = first_seen.platform
        and newest.account = first_seen.account
        and newest.post_id = first_seen.post_id
order by newest.day
