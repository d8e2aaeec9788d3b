-- grain: one row per platform, account, post_id: last counters, and those 1, 3, 7, 28 days after publication
-- key: platform, account, post_id
-- rebuild: published_day from the reach of its nights
-- sums: reach, because each condition picks one single evening of the post
with posts as (
    select
        platform,
        account,
        post_id,
        published_day
    from core.post
    where published_day >= cast(getvariable('rebuild_from') as date)
),

snapshots as (
    select
        *,
        cast(list_sum([reactions, comments, shares, clicks, saves]) as bigint) as engagements
    from core.post_snapshot
    where day >= cast(getvariable('rebuild_from') as date)
),

last_evenings as (
    select
        platform,
        account,
        post_id,
        max(day) as day
    from snapshots
    group by platform, account, post_id
),

ages as (
    select
        snapshots.*,
        posts.published_day,
        snapshots.day = last_evenings.day as is_last,
        snapshots.day - posts.published_day as age
    from snapshots
    inner join posts
        on
            snapshots.platform = posts.platform
            and snapshots.account = posts.account
            and snapshots.post_id = posts.post_id
    inner join last_evenings
        on
            snapshots.platform = last_evenings.platform
            and snapshots.account = last_evenings.account
            and snapshots.post_id = last_evenings.post_id
)

select
    platform,
    account,
    post_id,
    any_value(published_day) as published_day,
    max(impressions) filter (where is_last) as impressions,
    max(reach) filter (where is_last) as reach,
    max(reactions) filter (where is_last) as reactions,
    max(comments) filter (where is_last) as comments,
    max(shares) filter (where is_last) as shares,
    max(clicks) filter (where is_last) as clicks,
    max(saves) filter (where is_last) as saves,
    max(video_views) filter (where is_last) as video_views,
    max(engagements) filter (where is_last) as engagements,
    max(impressions) filter (where age = 1) as impressions_day_1,
    max(reach) filter (where age = 1) as reach_day_1,
    max(engagements) filter (where age = 1) as engagements_day_1,
    max(impressions) filter (where age = 3) as impressions_day_3,
    max(reach) filter (where age = 3) as reach_day_3,
    max(engagements) filter (where age = 3) as engagements_day_3,
    max(impressions) filter (where age = 7) as impressions_day_7,
    max(reach) filter (where age = 7) as reach_day_7,
    max(engagements) filter (where age = 7) as engagements_day_7,
    max(impressions) filter (where age = 28) as impressions_day_28,
    max(reach) filter (where age = 28) as reach_day_28,
    max(engagements) filter (where age = 28) as engagements_day_28,
    max(changed_at) filter (where is_last) as changed_at
from ages
where is_last or age in (1, 3, 7, 28)
group by platform, account, post_id
order by published_day
