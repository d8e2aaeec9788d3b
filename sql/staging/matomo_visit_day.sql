-- grain: one row per account, day, report, referrer_type, label, night
with visits as (
    -- a day on which nothing was tracked has a row without counters: unknown, not zero
    select
        _account as account,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        day,
        'site' as report,
        '' as referrer_type,
        '' as label,
        nb_visits,
        nb_uniq_visitors,
        nb_actions,
        bounce_count,
        sum_visit_length,
        cast(null as json) as goals
    from raw.matomo_visits
),

types as (
    select
        _account as account,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        day,
        'type' as report,
        -- the number is stable, the segment is in every version, the label is translated
        case coalesce(cast(referrer_type as varchar), split_part(segment, '==', 2), label)
            when '1' then 'direct' when 'direct' then 'direct' when 'Direct Entry' then 'direct'
            when '2' then 'search' when 'search' then 'search' when 'Search Engines' then 'search'
            when '3' then 'website' when 'website' then 'website' when 'Websites' then 'website'
            when '6' then 'campaign' when 'campaign' then 'campaign' when 'Campaigns' then 'campaign'
            when '7' then 'social' when 'social' then 'social' when 'Social Networks' then 'social'
            else 'other'
        end as referrer_type,
        label,
        nb_visits,
        nb_uniq_visitors,
        nb_actions,
        bounce_count,
        sum_visit_length,
        goals
    from raw.matomo_referrer_types
),

socials as (
    select
        _account as account,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        day,
        'label' as report,
        'social' as referrer_type,
        label,
        nb_visits,
        nb_uniq_visitors,
        nb_actions,
        bounce_count,
        sum_visit_length,
        goals
    from raw.matomo_socials
),

campaigns as (
    select
        _account as account,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        day,
        'label' as report,
        'campaign' as referrer_type,
        label,
        nb_visits,
        nb_uniq_visitors,
        nb_actions,
        bounce_count,
        sum_visit_length,
        goals
    from raw.matomo_campaigns
),

reports as (
    select * from visits
    union all
    select * from types
    union all
    select * from socials
    union all
    select * from campaigns
)

select
    'matomo' as platform,
    reports.account,
    coalesce(accounts.site, reports.account) as site,
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
    -- {"idgoal=1": {"nb_conversions": 2}}; an empty object may come as []
    map_from_entries(
        list_transform(
            json_keys(reports.goals),
            lambda g: row(
                replace(g, 'idgoal=', ''),
                try_cast(json_extract_string(reports.goals, '$."' || g || '".nb_conversions') as bigint)
            )
        )
    ) as goals,
    reports.is_absent,
    reports.night,
    reports.observed_at,
    reports.run_id
from reports
left join seed.account as accounts
    on accounts.platform = 'matomo' and reports.account = accounts.account
left join seed.site as sites on accounts.site = sites.site
