-- grain: one row per account, day, report, referrer_type, label, night
with visits as (
    -- a day on which nothing was tracked has a row without counters: unknown, not zero
    select
        *,
        'site' as report,
        '' as referrer_type,
        '' as label
    from raw.matomo_visits
),

types as (
    select
        * exclude (referrer_type),
        'type' as report,
        -- the number is stable, the segment is in every version, the label is translated
        case coalesce(cast(referrer_type as varchar), split_part(segment, '==', 2), label)
            when '1' then 'direct' when 'direct' then 'direct' when 'Direct Entry' then 'direct'
            when '2' then 'search' when 'search' then 'search' when 'Search Engines' then 'search'
            when '3' then 'website' when 'website' then 'website' when 'Websites' then 'website'
            when '6' then 'campaign' when 'campaign' then 'campaign' when 'Campaigns' then 'campaign'
            when '7' then 'social' when 'social' then 'social' when 'Social Networks' then 'social'
            else 'other'
        end as referrer_type
    from raw.matomo_referrer_types
),

socials as (
    select
        * exclude (referrer_type),
        'label' as report,
        'social' as referrer_type
    from raw.matomo_socials
),

campaigns as (
    select
        * exclude (referrer_type),
        'label' as report,
        'campaign' as referrer_type
    from raw.matomo_campaigns
),

reports as (
    select * from visits
    union all by name
    select * from types
    union all by name
    select * from socials
    union all by name
    select * from campaigns
),

counted as (
    -- {"idgoal=1": {"nb_conversions": 2}}; an empty object may come as []
    select
        *,
        map_from_entries(
            list_transform(
                json_keys(goals),
                lambda g: row(
                    replace(g, 'idgoal=', ''),
                    try_cast(json_extract_string(goals, '$."' || g || '".nb_conversions') as bigint)
                )
            )
        ) as goal_counts
    from reports
)

select
    'matomo' as platform,
    reports._account as account,
    coalesce(accounts.site, reports._account) as site,
    try_cast(reports.day as date) as day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    reports.report,
    reports.referrer_type,
    reports.label,
    reports.nb_visits as visits,
    reports.nb_uniq_visitors as visitors,
    reports.nb_actions as actions,
    reports.bounce_count as bounces,
    reports.sum_visit_length as visit_seconds,
    reports.goal_counts as goals,
    reports._absent as is_absent,
    reports._night as night,
    reports._observed_at as observed_at,
    reports._run_id as run_id
from counted as reports
left join seed.account as accounts
    on accounts.platform = 'matomo' and reports._account = accounts.account
left join seed.site as sites on accounts.site = sites.site
