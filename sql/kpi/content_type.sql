-- grain: one row per platform, account, type, month: what the posts of a type of a month came to
-- key: platform, account, type, month
-- rebuild: period_end from the reach of its nights
-- month: period_end
-- sums: reach, because the sum over the posts is the upper bound of the people reached
-- computed: content_type from kpi.post
-- A type is drawn toward the account's mean of the month by how few posts it has, and the ranks go by that:
-- the method and its sources stand in pipeline/stats/rates.py.
with posts as (
    select
        *,
        coalesce(type, 'unknown') as type_of_post,
        cast(date_trunc('month', published_day) as date) as published_month,
        impressions is not null and engagements is not null as has_both
    from kpi.post
    where published_day >= date_trunc('month', cast(getvariable('rebuild_from') as date))
),

sums as (
    select
        platform,
        account,
        type_of_post as type,
        published_month as month,
        last_day(published_month) as period_end,
        any_value(day_timezone) as day_timezone,
        count(*) as posts,
        cast(sum(impressions) as bigint) as impressions,
        max(reach) as reach_lower_bound,
        cast(sum(reach) as bigint) as reach_upper_bound,
        cast(sum(reactions) as bigint) as reactions,
        cast(sum(comments) as bigint) as comments,
        cast(sum(shares) as bigint) as shares,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(saves) as bigint) as saves,
        cast(sum(video_views) as bigint) as video_views,
        cast(sum(engagements) as bigint) as engagements,
        cast(sum(engagements) filter (where has_both) as bigint) as engagements_for_rate,
        cast(sum(impressions) filter (where has_both) as bigint) as impressions_for_rate,
        max(observed_at) as observed_at
    from posts
    group by platform, account, type_of_post, published_month
),

rates as (
    select
        cast(platform as varchar) as platform,
        cast(account as varchar) as account,
        cast(type as varchar) as type,
        cast(month as date) as month,
        cast(rate_basis as varchar) as rate_basis,
        cast(posts_rated as bigint) as posts_rated,
        cast(engagements_rated as bigint) as engagements_rated,
        cast(rate_base as bigint) as rate_base,
        cast(engagement_rate_shrunk as double) as engagement_rate_shrunk,
        cast(rate_low as double) as rate_low,
        cast(rate_high as double) as rate_high,
        cast(own_weight as double) as own_weight
    from temp.content_type
)

select
    sums.platform,
    sums.account,
    sums.type,
    sums.month,
    sums.period_end,
    sums.day_timezone,
    sums.posts,
    sums.impressions,
    sums.reach_lower_bound,
    sums.reach_upper_bound,
    sums.reactions,
    sums.comments,
    sums.shares,
    sums.clicks,
    sums.saves,
    sums.video_views,
    sums.engagements,
    sums.engagements_for_rate,
    sums.impressions_for_rate,
    sums.engagements_for_rate / nullif(sums.impressions_for_rate, 0) as engagement_rate_by_impressions,
    coalesce(rates.posts_rated, 0) as posts_rated,
    rates.rate_basis,
    rates.engagements_rated,
    rates.rate_base,
    rates.engagements_rated / nullif(rates.rate_base, 0) as engagement_rate,
    rates.engagement_rate_shrunk,
    rates.rate_low,
    rates.rate_high,
    rates.own_weight,
    case
        when rates.engagement_rate_shrunk is not null
            then rank() over (
                partition by sums.platform, sums.account, sums.month
                order by rates.engagement_rate_shrunk desc nulls last
            )
    end as rank,
    sums.observed_at
from sums
left join rates
    on
        sums.platform = rates.platform
        and sums.account = rates.account
        and sums.type = rates.type
        and sums.month = rates.month
order by sums.period_end
