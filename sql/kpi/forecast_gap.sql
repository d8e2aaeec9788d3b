-- grain: one row per platform and account, or site, metric of which something is known, but no forecast made
-- key: platform, account, site, metric
-- rebuild: whole for readers
-- computed: forecast_gap from kpi.account_daily, kpi.site_daily, conversion.event, core.sale_day, core.night,
--   seed.site, seed.forecast, seed.metric
select
    cast(platform as varchar) as platform,
    cast(account as varchar) as account,
    cast(site as varchar) as site,
    cast(metric as varchar) as metric,
    cast(first_day as date) as first_day,
    cast(last_day as date) as last_day,
    cast(days_known as bigint) as days_known,
    cast(reason as varchar) as reason,
    cast(reason_fr as varchar) as reason_fr
from temp.forecast_gap
