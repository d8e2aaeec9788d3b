-- grain: one row per site, day, referrer_type, label, goal_id: conversions of a goal by what sent the visit
-- key: site, day, referrer_type, label, goal_id
-- rebuild: day
with goals as (
    select
        site,
        day,
        day_timezone,
        platform,
        campaign,
        referrer_type,
        label,
        label = '(not named)' as is_rest,
        unnest(map_keys(goals)) as goal_id,
        unnest(map_values(goals)) as conversions,
        observed_at
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
),

named as (
    select
        site,
        day,
        referrer_type,
        goal_id,
        sum(conversions) as conversions
    from goals
    where not is_rest
    group by site, day, referrer_type, goal_id
),

counted as (
    -- what the labels of a kind leave over of its total (labels that do not exist have converted 0)
    select
        goals.* replace (
            case
                when goals.is_rest then goals.conversions - coalesce(named.conversions, 0)
                else goals.conversions
            end as conversions
        )
    from goals
    left join named
        on
            goals.site = named.site
            and goals.day = named.day
            and goals.referrer_type = named.referrer_type
            and goals.goal_id = named.goal_id
)

select
    site,
    day,
    day_timezone,
    platform,
    campaign,
    referrer_type,
    label,
    goal_id,
    cast(conversions as bigint) as conversions,
    observed_at
from counted
where conversions > 0
order by day
