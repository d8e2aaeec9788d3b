-- grain: one row per platform, account, post_id, day: what the counters gained since the evening before
-- key: platform, account, post_id, day
-- rebuild: day
-- month: day
with evenings as (
    -- all evenings of the posts that a night from rebuild_from on looked at
    select
        *,
        lag(day) over post_evenings as previous_day,
        lag(impressions) over post_evenings as previous_impressions,
        lag(reactions) over post_evenings as previous_reactions,
        lag(comments) over post_evenings as previous_comments,
        lag(shares) over post_evenings as previous_shares,
        lag(clicks) over post_evenings as previous_clicks,
        lag(saves) over post_evenings as previous_saves,
        lag(video_views) over post_evenings as previous_video_views
    from core.post_snapshot
    where day >= cast(getvariable('read_from') as date)
    window post_evenings as (partition by platform, account, post_id order by day)
),

looks as (
    -- a post that is younger than the last look at its account had 0 of everything at that look
    select
        evenings.*,
        evenings.previous_day is null and posts.published_at > nights.previous_observed_at as began_at_zero,
        case
            when evenings.previous_day is not null then evenings.previous_day
            when posts.published_at > nights.previous_observed_at then nights.previous_night
        end as day_before
    from evenings
    left join core.post as posts
        on
            evenings.platform = posts.platform
            and evenings.account = posts.account
            and evenings.post_id = posts.post_id
            and posts.published_day >= cast(getvariable('read_from') as date)
    left join core.night as nights
        on
            evenings.platform = nights.platform
            and evenings.account = nights.account
            and evenings.day = nights.night
            and nights.night >= cast(getvariable('read_from') as date)
    where evenings.day >= cast(getvariable('rebuild_from') as date)
),

gains as (
    select
        *,
        impressions - case when began_at_zero then 0 else previous_impressions end as gained_impressions,
        reactions - case when began_at_zero then 0 else previous_reactions end as gained_reactions,
        comments - case when began_at_zero then 0 else previous_comments end as gained_comments,
        shares - case when began_at_zero then 0 else previous_shares end as gained_shares,
        clicks - case when began_at_zero then 0 else previous_clicks end as gained_clicks,
        saves - case when began_at_zero then 0 else previous_saves end as gained_saves,
        video_views - case when began_at_zero then 0 else previous_video_views end as gained_video_views
    from looks
)

select
    gains.platform,
    gains.account,
    gains.post_id,
    gains.day,
    accounts.day_timezone,
    gains.gained_impressions as impressions,
    gains.gained_reactions as reactions,
    gains.gained_comments as comments,
    gains.gained_shares as shares,
    gains.gained_clicks as clicks,
    gains.gained_saves as saves,
    gains.gained_video_views as video_views,
    gains.impressions as impressions_total,
    gains.reach as reach_total,
    gains.reactions as reactions_total,
    gains.comments as comments_total,
    gains.shares as shares_total,
    gains.clicks as clicks_total,
    gains.saves as saves_total,
    gains.video_views as video_views_total,
    gains.day - gains.day_before as days_covered,
    gains.day_before is null as is_baseline,
    -- likes can be withdrawn and accounts purged; least passes over NULL
    coalesce(
        least(
            gains.gained_impressions,
            gains.gained_reactions,
            gains.gained_comments,
            gains.gained_shares,
            gains.gained_clicks,
            gains.gained_saves,
            gains.gained_video_views
        ) < 0,
        false
    ) as has_negative,
    coalesce(gains.day <= accounts.final_until, false) as is_final,
    gains.observed_at
from gains
left join core.account as accounts
    on gains.platform = accounts.platform and gains.account = accounts.account
order by gains.day
