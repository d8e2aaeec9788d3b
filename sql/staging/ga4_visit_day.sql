-- grain: one row per account, day, report, referrer_type, label, night; origins added up as told
with told as (
    select
        _account as account,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        cast(try_strptime("date", '%Y%m%d') as date) as day,
        sessiondefaultchannelgroup as channel,
        sessionsource as source,
        sessionmedium as medium,
        sessioncampaignname as campaign,
        cast(null as varchar) as goal,
        case when _absent then 0 else 1 end as origins,
        case when _absent then 0 else sessions end as visits,
        case when _absent then 0 else totalusers end as visitors,
        case when _absent then 0 else screenpageviews end as actions,
        case when _absent then 0 else sessions - engagedsessions end as bounces,
        case when _absent then 0 else userengagementduration end as visit_seconds,
        0 as conversions
    from raw.ga4_origins
    union all by name
    select
        _account as account,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        cast(try_strptime("date", '%Y%m%d') as date) as day,
        sessiondefaultchannelgroup as channel,
        sessionsource as source,
        sessionmedium as medium,
        sessioncampaignname as campaign,
        eventname as goal,
        case when _absent then 0 else round(keyevents) end as conversions
    from raw.ga4_key_events
    -- what was bought is told by itself, with its revenue
    where eventname not in ('purchase', 'ecommerce_purchase', 'in_app_purchase')
),

-- only what changed is stored: what each night added to the one before can be summed up to any night
added as (
    select
        told.* exclude (origins, visits, visitors, actions, bounces, visit_seconds, conversions),
        origins - coalesce(lag(origins) over nights, 0) as origins,
        visits - coalesce(lag(visits) over nights, 0) as visits,
        visitors - coalesce(lag(visitors) over nights, 0) as visitors,
        actions - coalesce(lag(actions) over nights, 0) as actions,
        bounces - coalesce(lag(bounces) over nights, 0) as bounces,
        visit_seconds - coalesce(lag(visit_seconds) over nights, 0) as visit_seconds,
        conversions - coalesce(lag(conversions) over nights, 0) as conversions
    from told
    window nights as (partition by account, day, channel, source, medium, campaign, goal order by night)
),

placed as (
    select
        *,
        case
            -- what stands in brackets is no campaign: (not set), (organic), (referral), (direct), (other)
            when coalesce(campaign, '') <> '' and campaign not like '(%)' then 'campaign'
            when channel in ('Organic Social', 'Paid Social', 'Organic Video', 'Paid Video') then 'social'
            when channel in ('Organic Search', 'Paid Search') then 'search'
            when channel in ('Organic Shopping', 'Paid Shopping') then 'search'
            when channel = 'Direct' then 'direct'
            when channel = 'Referral' then 'website'
            else 'other'
        end as referrer_type
    from added
),

-- each origin once within its kind; what came by a network or a campaign also under the name of that
named as (
    select
        placed.* exclude (channel, source, medium, campaign),
        named_by.report,
        case
            when named_by.report = 'label' and placed.referrer_type = 'campaign' then placed.campaign
            when named_by.report = 'label' then coalesce(networks.platform, placed.source)
            when placed.referrer_type = 'campaign' then 'Campaigns'
            when placed.referrer_type = 'social' then 'Social networks'
            else placed.channel
        end as label
    from placed
    cross join
        unnest(
            case
                when placed.referrer_type in ('campaign', 'social') then ['type', 'label']
                else ['type']
            end
        ) as named_by (report)
    left join seed.network_alias as networks on lower(placed.source) = networks.alias
),

nights as (
    select
        account,
        day,
        report,
        referrer_type,
        label,
        night,
        max(observed_at) as observed_at,
        max(run_id) as run_id,
        sum(origins) as origins,
        sum(visits) as visits,
        sum(visitors) as visitors,
        sum(actions) as actions,
        sum(bounces) as bounces,
        sum(visit_seconds) as visit_seconds,
        coalesce(list({ 'goal': goal, 'added': conversions }) filter (where goal is not null), []) as reached
    from named
    group by account, day, report, referrer_type, label, night
),

standing as (
    select
        account,
        day,
        report,
        referrer_type,
        label,
        night,
        observed_at,
        run_id,
        cast(sum(origins) over so_far as bigint) as origins,
        cast(sum(visits) over so_far as bigint) as visits,
        cast(sum(visitors) over so_far as bigint) as visitors,
        cast(sum(actions) over so_far as bigint) as actions,
        cast(sum(bounces) over so_far as bigint) as bounces,
        cast(round(sum(visit_seconds) over so_far) as bigint) as visit_seconds,
        flatten(list(reached) over so_far) as reached
    from nights
    window so_far as (partition by account, day, report, referrer_type, label order by night)
),

reports as (
    select
        standing.* exclude (origins, visitors, reached),
        -- somebody may come from two places: of several origins together nobody knows how many came
        case when origins = 1 then visitors end as visitors,
        map_from_entries(
            list_filter(
                list_transform(
                    list_sort(list_distinct(list_transform(reached, lambda each: each.goal))),
                    lambda name: {
                        'key': name,
                        'value': cast(
                            list_sum(
                                list_transform(
                                    list_filter(reached, lambda each: each.goal = name),
                                    lambda each: each.added
                                )
                            ) as bigint
                        )
                    }
                ),
                lambda entry: entry['value'] > 0
            )
        ) as goals,
        origins = 0 as is_absent
    from standing
    union all by name
    select
        _account as account,
        cast(try_strptime("date", '%Y%m%d') as date) as day,
        'site' as report,
        '' as referrer_type,
        '' as label,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        sessions as visits,
        totalusers as visitors,
        screenpageviews as actions,
        sessions - engagedsessions as bounces,
        cast(round(userengagementduration) as bigint) as visit_seconds,
        _absent as is_absent
    from raw.ga4_days
)

select
    'ga4' as platform,
    reports.account,
    coalesce(accounts.site, reports.account) as site,
    reports.day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    reports.report,
    reports.referrer_type,
    reports.label,
    reports.visits,
    reports.visitors,
    reports.actions,
    reports.bounces,
    reports.visit_seconds,
    reports.goals,
    reports.is_absent,
    reports.night,
    reports.observed_at,
    reports.run_id
from reports
left join seed.account as accounts
    on accounts.platform = 'ga4' and reports.account = accounts.account
left join seed.site as sites on accounts.site = sites.site
