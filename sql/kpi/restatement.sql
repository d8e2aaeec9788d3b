-- grain: one row per platform, account, metric, day: what was first said of the day, what is said now
-- key: platform, account, metric, day
-- rebuild: day
-- month: day
with accounts as (
    select *
    from core.account
    where kind = 'network'
),

histories as (
    select
        platform,
        account,
        day,
        unnest([
            struct_pack(metric := 'followers', history := followers),
            struct_pack(metric := 'followers_gained', history := followers_gained),
            struct_pack(metric := 'followers_lost', history := followers_lost),
            struct_pack(metric := 'reach_1d', history := reach_1d),
            struct_pack(metric := 'reach_7d', history := reach_7d),
            struct_pack(metric := 'reach_28d', history := reach_28d),
            struct_pack(metric := 'impressions', history := impressions),
            struct_pack(metric := 'reactions', history := reactions),
            struct_pack(metric := 'comments', history := comments),
            struct_pack(metric := 'shares', history := shares),
            struct_pack(metric := 'clicks', history := clicks),
            struct_pack(metric := 'saves', history := saves),
            struct_pack(metric := 'engagements_reported', history := engagements_reported),
            struct_pack(metric := 'video_views', history := video_views),
            struct_pack(metric := 'profile_views', history := profile_views)
        ]) as told
    from core.account_day_history
    where day >= cast(getvariable('rebuild_from') as date)
),

metrics as (
    select
        platform,
        account,
        day,
        told.metric,
        told.history
    from histories
    where told.history is not null
)

select
    metrics.platform,
    metrics.account,
    metrics.metric,
    metrics.day,
    metrics.history.first_value,
    metrics.history.last_value,
    metrics.history.changes,
    metrics.history.first_observed_at,
    metrics.history.last_changed_at,
    -- of a day that may still change nobody knows
    case when metrics.day <= accounts.final_until then metrics.history.settled_night - metrics.day end
        as days_until_final,
    coalesce(metrics.day <= accounts.final_until, false) as is_final
from metrics
inner join accounts
    on metrics.platform = accounts.platform and metrics.account = accounts.account
order by metrics.day
