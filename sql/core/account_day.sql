-- grain: one row per platform, account, day: the newest observation of each metric
-- key: platform, account, day
-- rebuild: day
with observations as (
    select *
    from staging.account_day
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
),

reported as (
    -- arg_max passes over NULL: a metric that a night did not bring keeps its last value
    select
        platform,
        account,
        day,
        max(day_timezone) as day_timezone,
        arg_max(followers, night) as followers,
        arg_max(followers_step, night) as followers_step,
        arg_max(followers_gained, night) as followers_gained,
        arg_max(followers_lost, night) as followers_lost,
        arg_max(reach_1d, night) as reach_1d,
        arg_max(reach_7d, night) as reach_7d,
        arg_max(reach_28d, night) as reach_28d,
        arg_max(impressions, night) as impressions,
        arg_max(reactions, night) as reactions,
        arg_max(comments, night) as comments,
        arg_max(shares, night) as shares,
        arg_max(clicks, night) as clicks,
        arg_max(saves, night) as saves,
        arg_max(engagements_reported, night) as engagements_reported,
        arg_max(video_views, night) as video_views,
        arg_max(profile_views, night) as profile_views,
        max(observed_at) as observed_at
    from observations
    group by platform, account, day
),

responses as (
    select
        platform,
        account,
        day,
        max(day_timezone) as day_timezone,
        count(*) filter (where is_live) as live_responses,
        max(observed_at) as observed_at
    from core.response
    where day >= cast(getvariable('rebuild_from') as date)
    group by platform, account, day
),

response_nights as (
    -- nights that read the comments themselves
    select
        nights.platform,
        nights.account,
        nights.night,
        nights.observed_at,
        greatest(nights.window_since, cast(getvariable('rebuild_from') as date)) as since
    from core.night as nights
    inner join ops.stream_night as streams
        on
            nights.platform = streams.platform
            and nights.account = streams.account
            and nights.night = streams.night
    where
        streams.stream = 'comments'
        and streams.delivered
        and nights.night >= cast(getvariable('rebuild_from') as date)
        and streams.night >= cast(getvariable('rebuild_from') as date)
),

response_night_days as (
    select
        platform,
        account,
        since + cast(unnest(range(0, night - since + 1)) as integer) as day,
        night,
        observed_at
    from response_nights
),

read_days as (
    -- days on which the absence of comments was seen: a true zero
    select
        platform,
        account,
        day,
        arg_min(observed_at, night) as observed_at
    from response_night_days
    group by platform, account, day
),

days as (
    select
        platform,
        account,
        day
    from reported
    union
    select
        platform,
        account,
        day
    from responses
    union
    select
        platform,
        account,
        day
    from read_days
)

select
    days.platform,
    days.account,
    days.day,
    coalesce(reported.day_timezone, responses.day_timezone, accounts.day_timezone) as day_timezone,
    reported.followers,
    reported.followers_step,
    reported.followers_gained,
    reported.followers_lost,
    reported.reach_1d,
    reported.reach_7d,
    reported.reach_28d,
    reported.impressions,
    reported.reactions,
    coalesce(
        reported.comments,
        responses.live_responses,
        case when read_days.day is not null then cast(0 as bigint) end
    ) as comments,
    reported.shares,
    reported.clicks,
    reported.saves,
    reported.engagements_reported,
    reported.video_views,
    reported.profile_views,
    coalesce(
        greatest(reported.observed_at, responses.observed_at),
        read_days.observed_at
    ) as observed_at
from days
left join reported
    on days.platform = reported.platform and days.account = reported.account and days.day = reported.day
left join responses
    on days.platform = responses.platform and days.account = responses.account and days.day = responses.day
left join read_days
    on days.platform = read_days.platform and days.account = read_days.account and days.day = read_days.day
left join core.account as accounts
    on days.platform = accounts.platform and days.account = accounts.account
order by days.day
