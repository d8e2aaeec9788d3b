-- grain: one row per platform and account, or site, metric, day of the 28 days after the newest night
-- key: platform, account, site, metric, day
-- rebuild: whole for readers
-- computed: forecast from kpi.account_daily, kpi.site_daily, conversion.event, core.sale_day, core.night,
--   seed.site, seed.forecast, seed.holiday
select
    cast(platform as varchar) as platform,
    cast(account as varchar) as account,
    cast(site as varchar) as site,
    cast(metric as varchar) as metric,
    cast(day as date) as day,
    cast(days_ahead as bigint) as days_ahead,
    cast(value as double) as value,
    cast(low_80 as double) as low_80,
    cast(high_80 as double) as high_80,
    cast(low_95 as double) as low_95,
    cast(high_95 as double) as high_95,
    cast(model as varchar) as model,
    cast(training_since as date) as training_since,
    cast(training_until as date) as training_until,
    cast(backtest_origins as bigint) as backtest_origins,
    cast(backtest_error as double) as backtest_error,
    cast(backtest_error_naive as double) as backtest_error_naive,
    cast(coverage_80 as double) as coverage_80
from temp.forecast
