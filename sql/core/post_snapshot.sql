-- grain: one row per platform, account, post_id, day: what its lifetime counters were on that evening
-- key: platform, account, post_id, day
-- rebuild: day
-- Only changes are stored: here every night that looked at a post gets its row again.
-- read_from is the earliest day of publication that a night from rebuild_from on looked at.
with nights as (
    select
        platform,
        account,
        night,
        greatest(window_since, cast(getvariable('read_from') as date)) as since,
        observed_at
    from core.night
    where night >= cast(getvariable('read_from') as date)
),

streams as (
    select
        platform,
        account,
        stream,
        night,
        delivered
    from ops.stream_night
    where night >= cast(getvariable('read_from') as date)
),

posts as (
    select
        platform,
        account,
        post_id,
        published_day,
        first_seen_night
    from core.post
    where published_day >= cast(getvariable('read_from') as date)
),

looks as (
    -- one row for each day that a night looked back to
    select
        platform,
        account,
        since + cast(unnest(range(0, night - since + 1)) as integer) as published_day,
        night,
        observed_at
    from nights
),

vanished as (
    select
        platform,
        account,
        post_id,
        night as gone_night
    from staging.post
    where is_absent and night >= cast(getvariable('read_from') as date)
),

absences as (
    -- the next stored observation of a vanished post is its return
    select
        vanished.platform,
        vanished.account,
        vanished.post_id,
        vanished.gone_night,
        min(returned.night) as back_night
    from vanished
    left join staging.post as returned
        on
            vanished.platform = returned.platform
            and vanished.account = returned.account
            and vanished.post_id = returned.post_id
            and vanished.gone_night < returned.night
            and returned.night >= cast(getvariable('read_from') as date)
    group by vanished.platform, vanished.account, vanished.post_id, vanished.gone_night
),

evenings as (
    select
        posts.platform,
        posts.account,
        posts.post_id,
        posts.published_day,
        looks.night,
        looks.observed_at
    from posts
    inner join looks
        on
            posts.platform = looks.platform
            and posts.account = looks.account
            and posts.published_day = looks.published_day
    left join absences
        on
            posts.platform = absences.platform
            and posts.account = absences.account
            and posts.post_id = absences.post_id
            and looks.night >= absences.gone_night
            and looks.night < coalesce(absences.back_night, date '9999-12-31')
    where
        looks.night >= posts.first_seen_night
        and absences.post_id is null
),

counters as (
    select *
    from staging.post_snapshot
    where night >= cast(getvariable('read_from') as date)
),

response_states as (
    select
        platform,
        account,
        post_id,
        night,
        observed_at,
        cast(is_live as integer) - lag(cast(is_live as integer), 1, 0) over states as change
    from staging.response
    where night >= cast(getvariable('read_from') as date)
    window states as (partition by platform, account, response_id order by night)
),

response_changes as (
    select
        platform,
        account,
        post_id,
        night,
        max(observed_at) as observed_at,
        sum(change) as change
    from response_states
    group by platform, account, post_id, night
    having sum(change) <> 0
),

response_counts as (
    select
        platform,
        account,
        post_id,
        night,
        observed_at,
        cast(sum(change) over (
            partition by platform, account, post_id
            order by night
        ) as bigint) as live_responses
    from response_changes
),

response_looks as (
    -- the first night that looked for comments of a day: from then on, none means 0
    select
        looks.platform,
        looks.account,
        looks.published_day,
        min(looks.night) as night,
        arg_min(looks.observed_at, looks.night) as observed_at
    from looks
    inner join streams
        on
            looks.platform = streams.platform
            and looks.account = streams.account
            and looks.night = streams.night
    where streams.stream = 'comments' and streams.delivered
    group by looks.platform, looks.account, looks.published_day
),

counted as (
    select
        evenings.*,
        response_counts.live_responses,
        response_counts.observed_at as responses_changed_at
    from evenings
    asof left join response_counts
        on
            evenings.platform = response_counts.platform
            and evenings.account = response_counts.account
            and evenings.post_id = response_counts.post_id
            and evenings.night >= response_counts.night
),

known as (
    select
        counted.*,
        counters.* exclude (platform, account, day, day_timezone, post_id, night, observed_at, run_id),
        counters.observed_at as counters_changed_at
    from counted
    asof left join counters
        on
            counted.platform = counters.platform
            and counted.account = counters.account
            and counted.post_id = counters.post_id
            and counted.night >= counters.night
)

select
    known.platform,
    known.account,
    known.post_id,
    known.night as day,
    -- a night without the stream of the counters knows nothing about them
    case when streams.delivered is not false then known.impressions end as impressions,
    case when streams.delivered is not false then known.reach end as reach,
    case when streams.delivered is not false then known.reactions end as reactions,
    coalesce(
        case when streams.delivered is not false then known.comments end,
        known.live_responses,
        case when known.night >= response_looks.night then cast(0 as bigint) end
    ) as comments,
    case when streams.delivered is not false then known.shares end as shares,
    case when streams.delivered is not false then known.clicks end as clicks,
    case when streams.delivered is not false then known.saves end as saves,
    case when streams.delivered is not false then known.video_views end as video_views,
    known.observed_at,
    -- when these counters were first seen
    coalesce(
        greatest(known.counters_changed_at, known.responses_changed_at),
        case when known.night >= response_looks.night then response_looks.observed_at end
    ) as changed_at
from known
left join streams
    on
        known.platform = streams.platform
        and known.account = streams.account
        and known.stream = streams.stream
        and known.night = streams.night
left join response_looks
    on
        known.platform = response_looks.platform
        and known.account = response_looks.account
        and known.published_day = response_looks.published_day
order by known.night
