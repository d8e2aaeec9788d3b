-- grain: one row per platform, account, weekday, hour: how posts of that hour did in a year
-- key: platform, account, weekday, hour
-- rebuild: whole for readers
-- computed: posting_time from kpi.post, core.account
-- The rate is drawn toward the account's mean by how few posts it rests on, and the ranks go by that: the
-- method and its sources stand in pipeline/stats/rates.py. It says what went together, not what made what.
select
    cast(platform as varchar) as platform,
    cast(account as varchar) as account,
    cast(weekday as bigint) as weekday,
    cast(hour as bigint) as hour,
    cast(local_timezone as varchar) as local_timezone,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(posts as bigint) as posts,
    cast(posts_rated as bigint) as posts_rated,
    cast(rate_basis as varchar) as rate_basis,
    cast(engagements_rated as bigint) as engagements_rated,
    cast(rate_base as bigint) as rate_base,
    cast(engagements_rated as bigint) / nullif(cast(rate_base as bigint), 0) as engagement_rate,
    cast(engagement_rate_shrunk as double) as engagement_rate_shrunk,
    cast(rate_low as double) as rate_low,
    cast(rate_high as double) as rate_high,
    cast(own_weight as double) as own_weight,
    case
        when engagement_rate_shrunk is not null
            then rank() over (partition by platform, account order by engagement_rate_shrunk desc nulls last)
    end as rank,
    cast(observed_at as timestamp) as observed_at
from temp.posting_time
order by platform, account, weekday, hour
