-- grain: one row per platform, account, day, metric: how it was told first and last, and how often it changed
-- key: platform, account, day, metric
-- rebuild: day
-- last_changed_at is NULL where nothing changed; settled_night is the night that first told the last value.
with observations as (
    select
        *,
        coalesce(origin = 'export', false) as is_exported
    from staging.account_day
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
),

looks as (
    -- a night tells of a day once, and people may export it as often as they like
    select
        *,
        night - day as nth
    from observations
    where not is_exported
    union all
    select
        *,
        row_number() over (partition by platform, account, day order by night, observed_at, run_id) as nth
    from observations
    where is_exported
),

compared as (
    -- a night that did not bring a metric says nothing of it: compared is with the last one that did
    select
        *,
        lag(followers ignore nulls) over earlier as followers_before,
        lag(followers_gained ignore nulls) over earlier as followers_gained_before,
        lag(followers_lost ignore nulls) over earlier as followers_lost_before,
        lag(reach_1d ignore nulls) over earlier as reach_1d_before,
        lag(reach_7d ignore nulls) over earlier as reach_7d_before,
        lag(reach_28d ignore nulls) over earlier as reach_28d_before,
        lag(impressions ignore nulls) over earlier as impressions_before,
        lag(reactions ignore nulls) over earlier as reactions_before,
        lag(comments ignore nulls) over earlier as comments_before,
        lag(shares ignore nulls) over earlier as shares_before,
        lag(clicks ignore nulls) over earlier as clicks_before,
        lag(saves ignore nulls) over earlier as saves_before,
        lag(engagements_reported ignore nulls) over earlier as engagements_reported_before,
        lag(video_views ignore nulls) over earlier as video_views_before,
        lag(profile_views ignore nulls) over earlier as profile_views_before
    from looks
    window
        earlier as (
            partition by platform, account, day, is_exported
            order by nth
        )
),

metrics as (
    select
        platform,
        account,
        day,
        is_exported,
        nth,
        night,
        observed_at,
        unnest([
            struct_pack(metric := 'followers', value := followers, previous := followers_before),
            struct_pack(
                metric := 'followers_gained',
                value := followers_gained,
                previous := followers_gained_before
            ),
            struct_pack(
                metric := 'followers_lost',
                value := followers_lost,
                previous := followers_lost_before
            ),
            struct_pack(metric := 'reach_1d', value := reach_1d, previous := reach_1d_before),
            struct_pack(metric := 'reach_7d', value := reach_7d, previous := reach_7d_before),
            struct_pack(metric := 'reach_28d', value := reach_28d, previous := reach_28d_before),
            struct_pack(metric := 'impressions', value := impressions, previous := impressions_before),
            struct_pack(metric := 'reactions', value := reactions, previous := reactions_before),
            struct_pack(metric := 'comments', value := comments, previous := comments_before),
            struct_pack(metric := 'shares', value := shares, previous := shares_before),
            struct_pack(metric := 'clicks', value := clicks, previous := clicks_before),
            struct_pack(metric := 'saves', value := saves, previous := saves_before),
            struct_pack(
                metric := 'engagements_reported',
                value := engagements_reported,
                previous := engagements_reported_before
            ),
            struct_pack(metric := 'video_views', value := video_views, previous := video_views_before),
            struct_pack(metric := 'profile_views', value := profile_views, previous := profile_views_before)
        ]) as told
    from compared
),

told as (
    -- most values never change: what repeats the last one is told once
    select
        platform,
        account,
        day,
        is_exported,
        nth,
        night,
        observed_at,
        told.metric,
        told.value,
        told.previous
    from metrics
    where told.value is not null and told.value is distinct from told.previous
),

changed as (
    select
        platform,
        account,
        day,
        metric,
        is_exported,
        count(*) as changes,
        arg_max(value, nth) as last_value,
        arg_max(observed_at, nth) as last_changed_at,
        max(night) as settled_night
    from told
    where previous is not null
    group by platform, account, day, metric, is_exported
),

exported_days as (
    select distinct
        platform,
        account,
        day
    from looks
    where is_exported
),

reported as (
    select
        told.platform,
        told.account,
        told.day,
        told.metric
    from told
    inner join exported_days
        on
            told.platform = exported_days.platform
            and told.account = exported_days.account
            and told.day = exported_days.day
    where told.previous is null and not told.is_exported
)

select
    told.platform,
    told.account,
    told.day,
    told.metric,
    told.value as first_value,
    coalesce(changed.last_value, told.value) as last_value,
    coalesce(changed.changes, 0) as changes,
    told.observed_at as first_observed_at,
    changed.last_changed_at,
    coalesce(changed.settled_night, told.night) as settled_night
from told
left join changed
    on
        told.platform = changed.platform
        and told.account = changed.account
        and told.day = changed.day
        and told.metric = changed.metric
        and told.is_exported = changed.is_exported
left join reported
    on
        told.platform = reported.platform
        and told.account = reported.account
        and told.day = reported.day
        and told.metric = reported.metric
where
    told.previous is null
    -- what people exported counts only where no API says anything of that metric
    and (not told.is_exported or reported.metric is null)
order by told.day
