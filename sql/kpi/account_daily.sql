-- grain: one row per platform, account, day, without gaps
-- key: platform, account, day
-- rebuild: day
-- month: day
with accounts as (
    select *
    from core.account
    where kind = 'network' and newest_night is not null
),

first_days as (
    select
        platform,
        account,
        min(day) as day,
        min(day) filter (where followers is not null) as followers_day
    from core.account_day
    group by platform, account
),

bases as (
    -- the day to which the growth index compares
    select
        first_days.platform,
        first_days.account,
        account_day.day,
        account_day.followers
    from first_days
    left join seed.brand as brand on true
    inner join core.account_day as account_day
        on
            first_days.platform = account_day.platform
            and first_days.account = account_day.account
            and coalesce(brand.growth_base, first_days.followers_day) = account_day.day
),

calendar as (
    -- from thirty days before the first rebuilt day, because growth looks back
    select
        accounts.platform,
        accounts.account,
        cast(
            unnest(
                generate_series(
                    greatest(
                        coalesce(first_days.day, accounts.first_window_since),
                        cast(getvariable('rebuild_from') as date) - 30
                    ),
                    accounts.newest_night,
                    interval 1 day
                )
            ) as date
        ) as day
    from accounts
    left join first_days
        on accounts.platform = first_days.platform and accounts.account = first_days.account
),

levels as (
    select
        calendar.*,
        reported.followers,
        reported.followers_step,
        reported.followers_gained - reported.followers_lost as reported_net
    from calendar
    left join core.account_day as reported
        on
            calendar.platform = reported.platform
            and calendar.account = reported.account
            and calendar.day = reported.day
            and reported.day >= cast(getvariable('rebuild_from') as date) - 30
),

changes as (
    select
        *,
        lag(followers) over account_days as followers_before,
        lag(followers_step) over account_days as step_before,
        followers - lag(followers) over account_days as change_1d,
        lag(followers, 7) over account_days as followers_7d,
        lag(followers, 28) over account_days as followers_28d
    from levels
    window account_days as (partition by platform, account order by day)
),

shifts as (
    -- a level that moves beyond what came and went was moved by the platform: reset, purge, rename;
    -- a rounded level moves by its step without any of these
    select
        *,
        coalesce(reported_net, change_1d) as followers_net,
        change_1d - reported_net as follower_residual,
        abs(change_1d - reported_net)
        > greatest(5, 0.001 * followers_before, followers_step, step_before) as is_level_shift
    from changes
),

growth as (
    -- a sum over no shift is 0; a speed needs every one of its days
    select
        *,
        coalesce(sum(follower_residual) filter (where is_level_shift) over last_7, 0) as shifted_7d,
        coalesce(sum(follower_residual) filter (where is_level_shift) over last_28, 0) as shifted_28d,
        case when count(followers_net) over last_7 = 7 then avg(followers_net) over last_7 end as speed,
        case
            when count(followers_net) over week_before = 7 then avg(followers_net) over week_before
        end as speed_before,
        case when count(followers_net) over last_28 = 28 then avg(followers_net) over last_28 end as speed_28d
    from shifts
    window
        last_7 as (partition by platform, account order by day rows between 6 preceding and current row),
        week_before as (
            partition by platform, account order by day rows between 13 preceding and 7 preceding
        ),
        last_28 as (partition by platform, account order by day rows between 27 preceding and current row)
),

post_days as (
    -- what the posts gained stands in where the account reports nothing itself; a gain over several
    -- nights belongs to no single day
    select
        platform,
        account,
        day,
        case when max(days_covered) = 1 then sum(reactions) filter (where not is_baseline) end as reactions,
        case when max(days_covered) = 1 then sum(comments) filter (where not is_baseline) end as comments,
        case when max(days_covered) = 1 then sum(shares) filter (where not is_baseline) end as shares,
        case when max(days_covered) = 1 then sum(clicks) filter (where not is_baseline) end as clicks,
        case when max(days_covered) = 1 then sum(saves) filter (where not is_baseline) end as saves
    from kpi.post_daily
    where day >= cast(getvariable('rebuild_from') as date)
    group by platform, account, day
),

published as (
    select
        platform,
        account,
        published_day as day,
        count(*) as posts
    from core.post
    where published_day >= cast(getvariable('rebuild_from') as date)
    group by platform, account, published_day
),

post_nights as (
    select
        nights.platform,
        nights.account,
        nights.night,
        greatest(nights.window_since, cast(getvariable('rebuild_from') as date)) as since
    from core.night as nights
    inner join ops.stream_night as streams
        on
            nights.platform = streams.platform
            and nights.account = streams.account
            and nights.night = streams.night
    where
        streams.stream = 'posts'
        and streams.delivered
        and nights.night >= cast(getvariable('rebuild_from') as date)
        and streams.night >= cast(getvariable('rebuild_from') as date)
),

looked_at as (
    -- days on which the absence of posts was seen: a true 0
    select distinct
        platform,
        account,
        since + cast(unnest(range(0, night - since + 1)) as integer) as day
    from post_nights
),

tracked_days as (
    -- days on which a site counted its visits: a network that sent none is a true 0
    select distinct day
    from core.site_day
    where
        day >= cast(getvariable('rebuild_from') as date)
        and visits is not null
),

sent as (
    select
        platform,
        day,
        sum(visits) as visits,
        sum(gross_margin) as gross_margin
    from conversion.margin_daily
    where day >= cast(getvariable('rebuild_from') as date)
    group by platform, day
),

converted as (
    select
        platform,
        day,
        -- one action of unknown number makes the sum unknown
        case when count(*) = count(conversions) then sum(conversions) end as conversions
    from conversion.daily
    where
        day >= cast(getvariable('rebuild_from') as date)
        and action <> 'social_boost'
    group by platform, day
),

coverage as (
    select
        platform,
        account,
        day,
        count(*) filter (where expected) as streams_expected,
        count(*) filter (where expected and delivered) as streams_delivered
    from kpi.coverage_daily
    where day >= cast(getvariable('rebuild_from') as date)
    group by platform, account, day
),

facts as (
    select
        growth.*,
        reported.followers_gained,
        reported.followers_lost,
        reported.reach_1d,
        reported.reach_7d,
        reported.reach_28d,
        reported.impressions,
        reported.observed_at,
        -- an account that moved keeps the zone in which each of its days was counted
        coalesce(reported.day_timezone, accounts.day_timezone) as day_timezone,
        coalesce(growth.day <= accounts.final_until, false) as is_final,
        cast(coalesce(reported.reactions, post_days.reactions) as bigint) as reactions,
        cast(coalesce(reported.comments, post_days.comments) as bigint) as comments,
        cast(coalesce(reported.shares, post_days.shares) as bigint) as shares,
        cast(coalesce(reported.clicks, post_days.clicks) as bigint) as clicks,
        cast(coalesce(reported.saves, post_days.saves) as bigint) as saves,
        case when growth.day >= bases.day then bases.followers end as base_followers,
        coalesce(published.posts, case when looked_at.day is not null then 0 end) as posts_published,
        case when tracked_days.day is not null then coalesce(sent.visits, 0) end as visits,
        case
            when tracked_days.day is null then null
            when converted.day is null then 0
            else converted.conversions
        end as conversions,
        case when tracked_days.day is not null then sent.gross_margin end as gross_margin,
        coverage.streams_expected,
        coverage.streams_delivered
    from growth
    inner join accounts
        on growth.platform = accounts.platform and growth.account = accounts.account
    left join bases
        on growth.platform = bases.platform and growth.account = bases.account
    left join core.account_day as reported
        on
            growth.platform = reported.platform
            and growth.account = reported.account
            and growth.day = reported.day
            and reported.day >= cast(getvariable('rebuild_from') as date)
    left join post_days
        on
            growth.platform = post_days.platform
            and growth.account = post_days.account
            and growth.day = post_days.day
    left join published
        on
            growth.platform = published.platform
            and growth.account = published.account
            and growth.day = published.day
    left join looked_at
        on
            growth.platform = looked_at.platform
            and growth.account = looked_at.account
            and growth.day = looked_at.day
    left join coverage
        on
            growth.platform = coverage.platform
            and growth.account = coverage.account
            and growth.day = coverage.day
    left join tracked_days
        on case when accounts.receives_visits then growth.day end = tracked_days.day
    left join sent
        on growth.platform = sent.platform and growth.day = sent.day
    left join converted
        on growth.platform = converted.platform and growth.day = converted.day
    where growth.day >= cast(getvariable('rebuild_from') as date)
),

interactions as (
    select
        *,
        -- the parts that are known; list_sum passes over NULL and is NULL when all are
        cast(list_sum([reactions, comments, shares, clicks, saves]) as bigint) as engagements,
        nullif(
            concat_ws(
                '+',
                case when reactions is not null then 'reactions' end,
                case when comments is not null then 'comments' end,
                case when shares is not null then 'shares' end,
                case when clicks is not null then 'clicks' end,
                case when saves is not null then 'saves' end
            ),
            ''
        ) as engagement_parts
    from facts
)

select
    platform,
    account,
    day,
    day_timezone,
    followers,
    followers_before as followers_start,
    followers_gained,
    followers_lost,
    followers_net,
    follower_residual,
    is_level_shift,
    (change_1d - case when is_level_shift then follower_residual else 0 end)
    / nullif(followers_before, 0) as follower_growth_rate_1d,
    (followers - followers_7d - shifted_7d) / nullif(followers_7d, 0) as follower_growth_rate_7d,
    (followers - followers_28d - shifted_28d) / nullif(followers_28d, 0) as follower_growth_rate_28d,
    speed as follower_growth_speed,
    speed_28d as follower_growth_speed_28d,
    speed - speed_before as follower_growth_acceleration,
    100 * followers / nullif(base_followers, 0) as growth_index,
    reach_1d,
    reach_7d,
    reach_28d,
    impressions,
    reactions,
    comments,
    shares,
    clicks,
    saves,
    engagements,
    engagement_parts,
    engagements / nullif(reach_1d, 0) as engagement_rate_by_reach,
    engagements / nullif(impressions, 0) as engagement_rate_by_impressions,
    engagements / nullif(followers_before, 0) as engagement_rate_by_followers,
    clicks / nullif(impressions, 0) as click_through_rate,
    -- no platform tells whom a single day reached: kpi.target_reach has that of the month so far
    cast(null as double) as target_reach_rate,
    cast(posts_published as bigint) as posts_published,
    cast(visits as bigint) as visits,
    cast(conversions as bigint) as conversions,
    try_cast(gross_margin as decimal(18, 4)) as gross_margin,
    is_final,
    observed_at,
    streams_delivered / nullif(streams_expected, 0) as completeness,
    streams_delivered,
    streams_expected
from interactions
order by day
