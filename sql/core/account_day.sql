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
    where origin is distinct from 'export'
    group by platform, account, day
),

exported as (
    -- what people exported, of which the last export counts: only where no API says anything of that metric
    select
        platform,
        account,
        day,
        max(day_timezone) as day_timezone,
        arg_max(followers, row(night, observed_at, run_id)) as followers,
        arg_max(followers_gained, row(night, observed_at, run_id)) as followers_gained,
        arg_max(followers_lost, row(night, observed_at, run_id)) as followers_lost,
        arg_max(reach_1d, row(night, observed_at, run_id)) as reach_1d,
        arg_max(reach_7d, row(night, observed_at, run_id)) as reach_7d,
        arg_max(reach_28d, row(night, observed_at, run_id)) as reach_28d,
        arg_max(impressions, row(night, observed_at, run_id)) as impressions,
        arg_max(reactions, row(night, observed_at, run_id)) as reactions,
        arg_max(comments, row(night, observed_at, run_id)) as comments,
        arg_max(shares, row(night, observed_at, run_id)) as shares,
        arg_max(clicks, row(night, observed_at, run_id)) as clicks,
        arg_max(saves, row(night, observed_at, run_id)) as saves,
        arg_max(engagements_reported, row(night, observed_at, run_id)) as engagements_reported,
        arg_max(video_views, row(night, observed_at, run_id)) as video_views,
        arg_max(profile_views, row(night, observed_at, run_id)) as profile_views,
        max(observed_at) as observed_at
    from observations
    where origin = 'export'
    group by platform, account, day
),

responses as (
    select
        platform,
        account,
        day,
        max(day_timezone) as day_timezone,
        count(*) filter (where is_live) as live_responses,
        bool_or(is_archived) as is_archived,
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

counted_responses as (
    -- Responses are the comments of a day where all of that day were read: mentions in strangers' threads,
    -- or the part of a thread that a window happens to show, are responses and no count of comments.
    select responses.*
    from responses
    left join read_days
        on
            responses.platform = read_days.platform
            and responses.account = read_days.account
            and responses.day = read_days.day
    where responses.is_archived or read_days.day is not null
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
    from exported
    union
    select
        platform,
        account,
        day
    from counted_responses
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
    coalesce(
        reported.day_timezone,
        responses.day_timezone,
        exported.day_timezone,
        -- as core.account has it, which moves with every day that becomes final
        platforms.default_time_zone,
        accounts.time_zone,
        'UTC'
    ) as day_timezone,
    coalesce(reported.followers, exported.followers) as followers,
    reported.followers_step,
    coalesce(reported.followers_gained, exported.followers_gained) as followers_gained,
    coalesce(reported.followers_lost, exported.followers_lost) as followers_lost,
    coalesce(reported.reach_1d, exported.reach_1d) as reach_1d,
    coalesce(reported.reach_7d, exported.reach_7d) as reach_7d,
    coalesce(reported.reach_28d, exported.reach_28d) as reach_28d,
    coalesce(reported.impressions, exported.impressions) as impressions,
    coalesce(reported.reactions, exported.reactions) as reactions,
    coalesce(
        reported.comments,
        responses.live_responses,
        case when read_days.day is not null then cast(0 as bigint) end,
        exported.comments
    ) as comments,
    coalesce(reported.shares, exported.shares) as shares,
    coalesce(reported.clicks, exported.clicks) as clicks,
    coalesce(reported.saves, exported.saves) as saves,
    coalesce(reported.engagements_reported, exported.engagements_reported) as engagements_reported,
    coalesce(reported.video_views, exported.video_views) as video_views,
    coalesce(reported.profile_views, exported.profile_views) as profile_views,
    coalesce(
        greatest(reported.observed_at, responses.observed_at, exported.observed_at),
        read_days.observed_at
    ) as observed_at
from days
left join reported
    on days.platform = reported.platform and days.account = reported.account and days.day = reported.day
left join exported
    on days.platform = exported.platform and days.account = exported.account and days.day = exported.day
left join counted_responses as responses
    on days.platform = responses.platform and days.account = responses.account and days.day = responses.day
left join read_days
    on days.platform = read_days.platform and days.account = read_days.account and days.day = read_days.day
left join seed.platform as platforms on days.platform = platforms.platform
left join seed.account as accounts
    on days.platform = accounts.platform and days.account = accounts.account
order by days.day
