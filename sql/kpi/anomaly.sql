-- grain: one row per platform and account (or site), metric, day that has a value
-- key: platform, account, site, metric, day
-- rebuild: day from 7 days before
-- month: day
-- computed: anomaly from kpi.account_daily, kpi.site_daily, core.account_day, core.occasion
with tested as (
    select
        cast(platform as varchar) as platform,
        cast(account as varchar) as account,
        cast(site as varchar) as site,
        cast(metric as varchar) as metric,
        cast(day as date) as day,
        cast(value as bigint) as value,
        expected,
        low,
        high,
        score,
        cast(training_days as bigint) as training_days,
        is_final,
        is_moved,
        -- no audience comes or leaves at this pace by itself: the level was moved
        is_moved or stays or coalesce(abs(value) >= 0.05 * followers_before, false) as is_lasting
    from temp.anomaly
),

judged as (
    -- a day that may still be restated is not judged, nor is one without enough history; what is declared is
    -- no anomaly, but no campaign explains why a platform moves a level
    select
        tested.*,
        case when not tested.is_moved then occasions.name end as explained_by,
        case
            when not tested.is_final then null
            when tested.is_moved then true
            when abs(tested.score) > 3.5 then occasions.name is null
            when tested.score is not null then false
        end as is_anomaly
    from tested
    left join core.occasion as occasions
        on coalesce(tested.platform, '') = occasions.platform and tested.day = occasions.day
)

select
    platform,
    account,
    site,
    metric,
    day,
    value,
    expected,
    low,
    high,
    score,
    is_anomaly,
    case
        when is_anomaly then if(value >= coalesce(expected, 0), 'up', 'down')
    end as direction,
    case
        when is_anomaly then if(is_lasting, 'level_shift', 'spike')
    end as kind,
    explained_by,
    training_days,
    is_final
from judged
order by day
