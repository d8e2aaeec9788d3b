-- grain: one row per source, site, day, referrer_type, label, goal_id: conversions by what sent the visit
-- key: source, site, day, referrer_type, label, goal_id
-- rebuild: day
with observations as (
    select *
    from staging.visit_day
    where
        report <> 'site'
        and day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
    qualify
        row_number() over (
            partition by platform, account, site, day, report, referrer_type, label
            order by night desc
        ) = 1
),

goals as (
    select
        platform as source,
        site,
        day,
        day_timezone,
        report,
        referrer_type,
        label,
        unnest(map_keys(goals)) as goal_id,
        unnest(map_values(goals)) as conversions,
        observed_at
    from observations
    where not is_absent
),

named as (
    select
        site,
        day,
        referrer_type,
        goal_id,
        sum(conversions) as conversions,
        max(observed_at) as observed_at
    from goals
    where report = 'label'
    group by site, day, referrer_type, goal_id
),

unnamed as (
    -- what the labels of a kind leave over of its total (labels that do not exist have converted 0)
    select
        types.source,
        types.site,
        types.day,
        types.day_timezone,
        types.referrer_type,
        case
            when types.referrer_type in ('social', 'campaign') then '(not named)'
            else types.label
        end as label,
        types.goal_id,
        types.conversions - coalesce(named.conversions, 0) as conversions,
        greatest(types.observed_at, named.observed_at) as observed_at
    from goals as types
    left join named
        on
            types.site = named.site
            and types.day = named.day
            and types.referrer_type = named.referrer_type
            and types.goal_id = named.goal_id
            and types.referrer_type in ('social', 'campaign')
    where types.report = 'type'
),

kinds as (
    select * exclude (report)
    from goals
    where report = 'label'
    union all by name
    select * from unnamed
),

visits as (
    select
        site,
        day,
        referrer_type,
        label,
        platform,
        campaign
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
)

select
    kinds.source,
    kinds.site,
    kinds.day,
    kinds.day_timezone,
    coalesce(visits.platform, 'unattributed') as platform,
    coalesce(visits.campaign, '') as campaign,
    kinds.referrer_type,
    kinds.label,
    kinds.goal_id,
    cast(kinds.conversions as bigint) as conversions,
    kinds.observed_at
from kinds
left join visits
    on
        kinds.site = visits.site
        and kinds.day = visits.day
        and kinds.referrer_type = visits.referrer_type
        and kinds.label = visits.label
where kinds.conversions > 0
order by kinds.day
