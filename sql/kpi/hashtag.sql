-- grain: one row per platform, account, hashtag, week: how posts with it did beside those without it
-- key: platform, account, hashtag, week
-- rebuild: period_end from the reach of its nights
-- month: period_end
-- computed: hashtag from kpi.post
-- Only weeks in which the hashtag was used have a row, and only their posts are compared, over the thirteen
-- weeks up to it: the method and its sources stand in pipeline/stats/rates.py. It says what went together,
-- not what made what. No platform tells the region of a hashtag: NULL.
select
    cast(platform as varchar) as platform,
    cast(account as varchar) as account,
    cast(hashtag as varchar) as hashtag,
    cast(week as date) as week,
    cast(week as date) - 84 as period_start,
    cast(week as date) + 6 as period_end,
    cast(null as varchar) as region,
    cast(posts_published as bigint) as posts_published,
    cast(posts as bigint) as posts,
    cast(posts_without as bigint) as posts_without,
    cast(rate_basis as varchar) as rate_basis,
    cast(posts_rated as bigint) as posts_rated,
    cast(posts_rated_other as bigint) as posts_rated_without,
    cast(engagements_rated as bigint) as engagements_with,
    cast(rate_base as bigint) as base_with,
    -- a difference of sums: 0 of no post is nothing known
    case when posts_rated_other > 0 then cast(engagements_rated_other as bigint) end as engagements_without,
    cast(nullif(rate_base_other, 0) as bigint) as base_without,
    -- fewer than five posts say nothing of a hashtag
    case
        when posts_rated >= 5
            then cast(engagements_rated as bigint) / nullif(cast(rate_base as bigint), 0)
    end as engagement_rate_with,
    case
        when posts_rated_other >= 5
            then cast(engagements_rated_other as bigint) / nullif(cast(rate_base_other as bigint), 0)
    end as engagement_rate_without,
    cast(lift as double) as lift,
    cast(lift_low as double) as lift_low,
    cast(lift_high as double) as lift_high,
    cast(observed_at as timestamp) as observed_at
from temp.hashtag
order by period_end
