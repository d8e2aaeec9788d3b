-- grain: one row per platform, account, day, metric: how it was told first and last, and how often it changed
-- key: platform, account, day, metric
-- rebuild: day
-- sums: reach_1d, reach_7d, reach_28d, because the least and the most that was told of one day
--   show whether it changed
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
            struct_pack(metric := 'followers', value := followers),
            struct_pack(metric := 'followers_gained', value := followers_gained),
            struct_pack(metric := 'followers_lost', value := followers_lost),
            struct_pack(metric := 'reach_1d', value := reach_1d),
            struct_pack(metric := 'reach_7d', value := reach_7d),
            struct_pack(metric := 'reach_28d', value := reach_28d),
            struct_pack(metric := 'impressions', value := impressions),
            struct_pack(metric := 'reactions', value := reactions),
            struct_pack(metric := 'comments', value := comments),
            struct_pack(metric := 'shares', value := shares),
            struct_pack(metric := 'clicks', value := clicks),
            struct_pack(metric := 'saves', value := saves),
            struct_pack(metric := 'engagements_reported', value := engagements_reported),
            struct_pack(metric := 'video_views', value := video_views),
            struct_pack(metric := 'profile_views', value := profile_views)
        ]) as told
    from looks
),

told as (
    -- a night that did not bring a metric says nothing of it: compared is with the last one that did
    select
        platform,
        account,
        day,
        is_exported,
        nth,
        night,
        observed_at,
        told.metric,
        told.value
    from metrics
    where told.value is not null
),

histories as (
    select
        platform,
        account,
        day,
        metric,
        is_exported,
        arg_min(value, nth) as first_value,
        arg_max(value, nth) as last_value,
        arg_min(observed_at, nth) as first_observed_at,
        min(night) as first_night,
        min(value) <> max(value) as has_changed
    from told
    group by platform, account, day, metric, is_exported
),

compared as (
    -- most values never change: only the others are looked at in their order
    select
        told.*,
        lag(told.value) over (
            partition by told.platform, told.account, told.day, told.metric, told.is_exported
            order by told.nth
        ) as previous
    from told
    inner join histories
        on
            told.platform = histories.platform
            and told.account = histories.account
            and told.day = histories.day
            and told.metric = histories.metric
            and told.is_exported = histories.is_exported
    where histories.has_changed
),

changed as (
    select
        platform,
        account,
        day,
        metric,
        is_exported,
        count(*) as changes,
        arg_max(observed_at, nth) as last_changed_at,
        max(night) as settled_night
    from compared
    where value <> previous
    group by platform, account, day, metric, is_exported
),

reported as (
    select
        platform,
        account,
        day,
        metric
    from histories
    where not is_exported
)

select
    histories.platform,
    histories.account,
    histories.day,
    histories.metric,
    histories.first_value,
    histories.last_value,
    coalesce(changed.changes, 0) as changes,
    histories.first_observed_at,
    changed.last_changed_at,
    coalesce(changed.settled_night, histories.first_night) as settled_night
from histories
left join changed
    on
        histories.platform = changed.platform
        and histories.account = changed.account
        and histories.day = changed.day
        and histories.metric = changed.metric
        and histories.is_exported = changed.is_exported
left join reported
    on
        histories.platform = reported.platform
        and histories.account = reported.account
        and histories.day = reported.day
        and histories.metric = reported.metric
-- what people exported counts only where no API says anything of that metric
where not histories.is_exported or reported.metric is null
order by histories.day
