-- grain: one row per platform, account, post_id: what a post came to
-- key: platform, account, post_id
-- rebuild: published_day from the reach of its nights
-- month: published_day
-- sums: reach, followers, because the bases of the posts are added up as a denominator and nothing else
-- also: select min(coalesce(now.published_day, before.published_day))
--   from conversion.margin_post as now
--   full join (select * from kpi.post where conversions is not null or visits > 0) as before
--     using (platform, post_id)
--   where (now.visits, now.conversions, now.revenue, now.gross_margin)
--     is distinct from (before.visits, before.conversions, before.revenue, before.gross_margin)
with posts as (
    select *
    from core.post
    where published_day >= cast(getvariable('rebuild_from') as date)
),

totals as (
    -- ninety days back, for the comparison with the other posts
    select *
    from core.post_total
    where published_day >= cast(getvariable('rebuild_from') as date) - 90
),

ranks as (
    -- the share of the other posts of the last ninety days that moved fewer people; of a few it says nothing
    select
        platform,
        account,
        post_id,
        count(*) over last_90_days as percentile_posts,
        case
            when count(*) over last_90_days >= 5
                then 100 * percent_rank(order by engagements) over last_90_days
        end as percentile
    from totals
    where engagements is not null
    window
        last_90_days as (
            partition by platform, account
            order by published_day
            range between interval 89 days preceding and current row
        )
),

followers as (
    select
        platform,
        account,
        day + 1 as next_day,
        followers
    from kpi.account_daily
    where day >= cast(getvariable('rebuild_from') as date) - 91
),

based as (
    -- each rate has one base: posts are compared with those of the same
    select
        totals.platform,
        totals.account,
        totals.post_id,
        totals.published_day,
        cast(totals.engagements as double) as engagements,
        case
            when totals.impressions > 0 then 'impressions'
            when totals.reach > 0 then 'reach'
            when followers.followers > 0 then 'followers'
        end as rate_basis,
        case
            when totals.impressions > 0 then totals.impressions
            when totals.reach > 0 then totals.reach
            when followers.followers > 0 then followers.followers
        end as base
    from totals
    left join followers
        on
            totals.platform = followers.platform
            and totals.account = followers.account
            and totals.published_day = followers.next_day
),

-- A rate of few impressions is mostly luck. It is drawn toward the mean rate m of the account's posts of the
-- last ninety days: m + (r - m) a / (a + m / b), where b are the post's impressions and a is what varies
-- between the posts beyond luck, sum(b (r - m)^2) / sum(b) - m n / sum(b), or 0 (empirical Bayes by moments:
-- Marshall 1991, "Mapping disease and mortality rates using empirical Bayes estimators").
moments as (
    -- decimals, for their sums are the same in any order
    select
        *,
        count(*) over last_90_days as posts,
        sum(cast(engagements as decimal(18, 0))) over last_90_days as all_engagements,
        sum(cast(base as decimal(18, 0))) over last_90_days as bases,
        sum(cast(engagements * engagements / base as decimal(38, 12))) over last_90_days as quotients
    from based
    where engagements between 0 and 100000000000 and base > 0
    window
        last_90_days as (
            partition by platform, account, rate_basis
            order by published_day
            range between interval 89 days preceding and current row
        )
),

varied as (
    select
        *,
        all_engagements / cast(bases as double) as mean_rate,
        greatest(
            (
                cast(quotients as double)
                - (all_engagements + posts) * (all_engagements / cast(bases as double))
            ) / cast(bases as double),
            0
        ) as between_posts
    from moments
    where posts >= 5
),

shrunk as (
    select
        platform,
        account,
        post_id,
        rate_basis,
        case
            when between_posts = 0 then mean_rate
            else
                mean_rate
                + (engagements / base - mean_rate) * between_posts / (between_posts + mean_rate / base)
        end as engagement_rate_shrunk
    from varied
),

-- What luck alone does to the post's own rate: interactions that come one by one are a Poisson count, and its
-- 95 % bounds are Byar's (Breslow and Day 1987, "Statistical Methods in Cancer Research", volume II).
bounds as (
    select
        platform,
        account,
        post_id,
        case
            when engagements = 0 then 0
            else engagements * power(1 - 1 / (9 * engagements) - 1.959964 / (3 * sqrt(engagements)), 3) / base
        end as engagement_rate_low,
        (engagements + 1)
        * power(1 - 1 / (9 * (engagements + 1)) + 1.959964 / (3 * sqrt(engagements + 1)), 3)
        / base as engagement_rate_high
    from based
    where engagements >= 0 and base > 0
),

logs as (
    select min(day) as first_day
    from core.visit
)

select
    posts.platform,
    posts.account,
    posts.post_id,
    posts.published_at,
    -- a platform may count its days in a zone of its own: the hour is that of the account's people
    posts.published_at
    at time zone 'UTC'
    at time zone coalesce(accounts.local_timezone, posts.day_timezone) as published_local,
    posts.published_day,
    posts.day_timezone,
    coalesce(accounts.local_timezone, posts.day_timezone) as local_timezone,
    posts.type,
    posts.hashtags,
    posts.link,
    -- the team's own name for who wrote it; whom it does not know is nobody by name
    members.member as author,
    posts.campaign,
    posts.is_paid,
    posts.deleted_at,
    totals.impressions,
    totals.reach,
    totals.reactions,
    totals.comments,
    totals.shares,
    totals.clicks,
    totals.saves,
    totals.video_views,
    totals.engagements,
    totals.impressions_day_1,
    totals.reach_day_1,
    totals.engagements_day_1,
    totals.impressions_day_3,
    totals.reach_day_3,
    totals.engagements_day_3,
    totals.impressions_day_7,
    totals.reach_day_7,
    totals.engagements_day_7,
    totals.impressions_day_28,
    totals.reach_day_28,
    totals.engagements_day_28,
    followers.followers as followers_at_publication,
    totals.engagements / nullif(totals.reach, 0) as engagement_rate_by_reach,
    totals.engagements / nullif(totals.impressions, 0) as engagement_rate_by_impressions,
    totals.engagements / nullif(followers.followers, 0) as engagement_rate_by_followers,
    based.rate_basis,
    bounds.engagement_rate_low,
    bounds.engagement_rate_high,
    shrunk.engagement_rate_shrunk,
    totals.comments as conversation,
    totals.shares as amplification,
    totals.reactions as applause,
    totals.shares / nullif(totals.impressions, 0) as virality,
    -- nobody came by a link that names the post, while a log told of single visits: a true 0
    coalesce(
        margins.visits,
        case when posts.landing_content is not null and posts.published_day >= logs.first_day then 0 end
    ) as visits,
    margins.conversions,
    margins.revenue,
    margins.gross_margin,
    ranks.percentile,
    ranks.percentile_posts,
    greatest(posts.observed_at, totals.changed_at) as observed_at
from posts
left join core.account as accounts
    on posts.platform = accounts.platform and posts.account = accounts.account
left join totals
    on
        posts.platform = totals.platform
        and posts.account = totals.account
        and posts.post_id = totals.post_id
left join ranks
    on
        posts.platform = ranks.platform
        and posts.account = ranks.account
        and posts.post_id = ranks.post_id
left join based
    on
        posts.platform = based.platform
        and posts.account = based.account
        and posts.post_id = based.post_id
left join bounds
    on
        posts.platform = bounds.platform
        and posts.account = bounds.account
        and posts.post_id = bounds.post_id
left join shrunk
    on
        posts.platform = shrunk.platform
        and posts.account = shrunk.account
        and posts.post_id = shrunk.post_id
left join followers
    on
        posts.platform = followers.platform
        and posts.account = followers.account
        and posts.published_day = followers.next_day
left join conversion.margin_post as margins
    on posts.platform = margins.platform and posts.post_id = margins.post_id
left join logs on true
left join core.team_author as members
    on
        posts.platform = members.platform
        and posts.account = members.account
        and coalesce(posts.author, '') = members.author
order by posts.published_day
