-- grain: one row per goal and period of it that has begun by the newest night
-- key: goal, period_start
-- rebuild: whole for readers
-- computed: goal from kpi.account_daily, kpi.site_daily, conversion.margin_daily, conversion.event,
--   core.sale_day, core.night, seed.target, seed.brand, seed.account, seed.site, seed.holiday
select
    cast(goal as varchar) as goal,
    cast(metric as varchar) as metric,
    cast(platform as varchar) as platform,
    cast(account as varchar) as account,
    cast(site as varchar) as site,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(comparison as varchar) as comparison,
    cast(target as double) as target,
    cast(currency as varchar) as currency,
    cast(current_value as double) as current_value,
    cast(current_numerator as double) as current_numerator,
    cast(current_denominator as double) as current_denominator,
    cast(attained_share as double) as attained_share,
    cast(expected_today as double) as expected_today,
    cast(expected_by as varchar) as expected_by,
    cast(forecast_end as double) as forecast_end,
    cast(probability as double) as probability,
    cast(needed_per_day as double) as needed_per_day,
    cast(state as varchar) as state,
    cast(judged_by as varchar) as judged_by,
    cast(days_known as bigint) as days_known,
    cast(days_in_period as bigint) as days_in_period,
    cast(is_final as boolean) as is_final,
    cast(reason as varchar) as reason,
    cast(reason_fr as varchar) as reason_fr,
    cast(known_until as date) as known_until,
    cast(day as date) as day
from temp.goal
