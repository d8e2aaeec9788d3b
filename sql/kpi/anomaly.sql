-- grain: one row per platform and account (or site), metric, day that has a value
-- key: platform, account, site, metric, day
-- rebuild: day from 7 days before
-- month: day
-- computed: anomaly from kpi.account_daily, kpi.site_daily, core.account_day, core.occasion
with tested as (
    select
        *,
        score > 3.5 or score < -3.5 as is_outside,
        -- no audience comes or leaves at this pace by itself: the level was moved
        is_moved or abs(value) >= 0.05 * followers_before as is_leap
    from temp.anomaly
),

judged as (
    -- a day that may still be restated is not judged, nor is one without enough history; what is declared is no
    -- anomaly, but no campaign explains why a platform moves a level
    select
        tested.*,
        case when not tested.is_moved then occasions.name end as explained_by,
        case
            when not tested.is_final then null
            when tested.is_moved then true
            when tested.is_outside then occasions.name is null
            else tested.is_outside
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
    cast(day as date) as day,
    cast(value as bigint) as value,
    expected,
    low,
    high,
    score,
    is_anomaly,
    case when is_anomaly then case when value >= coalesce(expected, 0) then 'up' else 'down' end end as direction,
    case when is_anomaly then case when is_leap or stays then 'level_shift' else 'spike' end end as kind,
    explained_by,
    cast(training_days as bigint) as training_days,
    is_final
from judged
order by day
