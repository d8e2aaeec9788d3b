-- grain: one row per account, day, report, referrer_type, label, night
with told as (
    -- a day on which nobody was counted has a row without counters: unknown, not zero
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
        visitors,
        visits,
        pageviews,
        bounce_rate,
        visit_duration,
        cast(null as json) as goals
    from raw.plausible_visits
    union all by name
    -- without those from networks and campaigns, which are told one by one and have no sum of their own
    select
        _account as account,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        day,
        'type' as report,
        case channel
            when 'Direct' then 'direct'
            when 'Organic Search' then 'search'
            when 'Paid Search' then 'search'
            when 'Organic Shopping' then 'search'
            when 'Paid Shopping' then 'search'
            when 'Referral' then 'website'
            else 'other'
        end as referrer_type,
        channel as label,
        visitors,
        visits,
        pageviews,
        bounce_rate,
        visit_duration,
        goals
    from raw.plausible_channels
    union all by name
    select
        _account as account,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        day,
        'label' as report,
        'social' as referrer_type,
        source as label,
        visitors,
        visits,
        pageviews,
        bounce_rate,
        visit_duration,
        goals
    from raw.plausible_sources
    union all by name
    select
        _account as account,
        _absent as is_absent,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        day,
        'label' as report,
        'campaign' as referrer_type,
        utm_campaign as label,
        visitors,
        visits,
        pageviews,
        bounce_rate,
        visit_duration,
        goals
    from raw.plausible_campaigns
),

counted as (
    select
        told.* replace (
            try_cast(json_extract_string(bounce_rate, '$') as double) as bounce_rate,
            try_cast(json_extract_string(visit_duration, '$') as double) as visit_duration,
            -- only goals that were reached by visits of another day: of this one it had none
            case when report = 'site' then visits else coalesce(visits, 0) end as visits
        )
    from told
)

select
    'plausible' as platform,
    counted.account,
    coalesce(accounts.site, counted.account) as site,
    try_cast(counted.day as date) as day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    counted.report,
    counted.referrer_type,
    counted.label,
    counted.visits,
    counted.visitors,
    counted.pageviews as actions,
    -- the platform gives no count of bounces, only their whole percentage: it is true to half a percent
    try_cast(round(counted.visits * counted.bounce_rate / 100) as bigint) as bounces,
    -- nor a sum of seconds, only the average of whole seconds
    try_cast(round(counted.visits * counted.visit_duration) as bigint) as visit_seconds,
    -- {"<goal>": {"visitors": 2, "events": 3}}
    map_from_entries(
        list_transform(
            json_keys(counted.goals),
            lambda g: row(
                g,
                try_cast(
                    json_extract_string(
                        counted.goals, '/' || replace(replace(g, '~', '~0'), '/', '~1') || '/events'
                    ) as bigint
                )
            )
        )
    ) as goals,
    counted.is_absent,
    counted.night,
    counted.observed_at,
    counted.run_id
from counted
left join seed.account as accounts
    on accounts.platform = 'plausible' and counted.account = accounts.account
left join seed.site as sites on accounts.site = sites.site
