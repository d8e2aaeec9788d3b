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
    where
        published_day >= cast(getvariable('read_from') as date)
        -- nights that looked at an account did not look at what only exports know
        and is_exported is not true
),

looks as not materialized (
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
            and returned.origin is distinct from 'export'
    group by vanished.platform, vanished.account, vanished.post_id, vanished.gone_night
),

evenings as not materialized (
    select
        posts.platform,
        posts.account,
        posts.post_id,
        posts.published_day,
        looks.night,
        looks.observed_at
    from looks
    inner join posts
        on
            looks.platform = posts.platform
            and looks.account = posts.account
            and looks.published_day = posts.published_day
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
    -- the comments that were there on each evening
    select
        evenings.platform,
        evenings.account,
        evenings.post_id,
        evenings.night,
        max(changes.observed_at) as changed_at,
        cast(sum(changes.change) as bigint) as live_responses
    from evenings
    inner join response_changes as changes
        on
            evenings.platform = changes.platform
            and evenings.account = changes.account
            and evenings.post_id = changes.post_id
            and evenings.night >= changes.night
    group by evenings.platform, evenings.account, evenings.post_id, evenings.night
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
    -- the counters as one value, so that one that became NULL does not keep its last number
    select
        evenings.platform,
        evenings.account,
        evenings.post_id,
        evenings.published_day,
        evenings.night,
        evenings.observed_at,
        last_value(
            case
                when counters.night is not null
                    then struct_pack(
                        stream := counters.stream,
                        impressions := counters.impressions,
                        reach := counters.reach,
                        reactions := counters.reactions,
                        comments := counters.comments,
                        shares := counters.shares,
                        clicks := counters.clicks,
                        saves := counters.saves,
                        video_views := counters.video_views,
                        changed_at := counters.observed_at
                    )
            end ignore nulls
        ) over (
            partition by evenings.platform, evenings.account, evenings.post_id
            order by evenings.night
        ) as counted
    from evenings
    left join core.post_counter as counters
        on
            evenings.platform = counters.platform
            and evenings.account = counters.account
            and evenings.post_id = counters.post_id
            and evenings.night = counters.night
            and counters.night >= cast(getvariable('read_from') as date)
            and counters.origin is distinct from 'export'
),

known as (
    -- a night without the stream of the counters knows nothing about them
    select
        counted.* exclude (counted),
        counted.counted.changed_at,
        case when streams.delivered is not false then counted.counted end as now
    from counted
    left join streams
        on
            counted.platform = streams.platform
            and counted.account = streams.account
            and counted.counted.stream = streams.stream
            and counted.night = streams.night
),

seen_by_us as (
    select
        known.platform,
        known.account,
        known.post_id,
        known.night as day,
        known.now.impressions,
        known.now.reach,
        known.now.reactions,
        coalesce(
            known.now.comments,
            response_counts.live_responses,
            case when known.night >= response_looks.night then cast(0 as bigint) end
        ) as comments,
        known.now.shares,
        known.now.clicks,
        known.now.saves,
        known.now.video_views,
        known.observed_at,
        -- when these counters were first seen
        coalesce(
            greatest(
                known.changed_at,
                -- a platform that counts them itself says so with its other counters
                case when known.now.comments is null then response_counts.changed_at end
            ),
            case when known.night >= response_looks.night then response_looks.observed_at end
        ) as changed_at
    from known
    left join response_counts
        on
            known.platform = response_counts.platform
            and known.account = response_counts.account
            and known.post_id = response_counts.post_id
            and known.night = response_counts.night
    left join response_looks
        on
            known.platform = response_looks.platform
            and known.account = response_looks.account
            and known.published_day = response_looks.published_day
),

exported as (
    -- an export is an evening of its own: it holds the counters as they were when it was made
    select *
    from core.post_counter
    where origin = 'export' and night >= cast(getvariable('read_from') as date)
)

select
    coalesce(seen_by_us.platform, exported.platform) as platform,
    coalesce(seen_by_us.account, exported.account) as account,
    coalesce(seen_by_us.post_id, exported.post_id) as post_id,
    coalesce(seen_by_us.day, exported.night) as day,
    coalesce(seen_by_us.impressions, exported.impressions) as impressions,
    coalesce(seen_by_us.reach, exported.reach) as reach,
    coalesce(seen_by_us.reactions, exported.reactions) as reactions,
    coalesce(seen_by_us.comments, exported.comments) as comments,
    coalesce(seen_by_us.shares, exported.shares) as shares,
    coalesce(seen_by_us.clicks, exported.clicks) as clicks,
    coalesce(seen_by_us.saves, exported.saves) as saves,
    coalesce(seen_by_us.video_views, exported.video_views) as video_views,
    coalesce(seen_by_us.observed_at, exported.observed_at) as observed_at,
    coalesce(seen_by_us.changed_at, exported.observed_at) as changed_at
from seen_by_us
full join exported
    on
        seen_by_us.platform = exported.platform
        and seen_by_us.account = exported.account
        and seen_by_us.post_id = exported.post_id
        and seen_by_us.day = exported.night
order by day
