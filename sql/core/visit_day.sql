-- grain: one row per site, day, referrer_type, label: visits and the network or campaign that sent them
-- key: site, day, referrer_type, label
-- rebuild: day
with observations as materialized (
    select visits.*
    from staging.visit_day as visits
    left join seed.site as sites on visits.site = sites.site
    where
        visits.report <> 'site'
        -- of several analytics of a site one counts
        and visits.platform = coalesce(sites.analytics, visits.platform)
        and visits.account = coalesce(sites.analytics_account, visits.account)
        and visits.day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and visits.night >= cast(getvariable('rebuild_from') as date) - 2
    qualify
        row_number() over (
            partition by
                visits.platform,
                visits.account,
                visits.site,
                visits.day,
                visits.report,
                visits.referrer_type,
                visits.label
            order by visits.night desc
        ) = 1
),

reported as (
    select
        site,
        day,
        day_timezone,
        report,
        referrer_type,
        label,
        visits,
        visitors,
        actions,
        bounces,
        visit_seconds,
        goals,
        observed_at
    from observations
    where not is_absent
),

labels as (
    select *
    from reported
    where report = 'label'
),

types as (
    select *
    from reported
    where report = 'type'
),

named as (
    select
        site,
        day,
        referrer_type,
        sum(visits) as visits,
        sum(actions) as actions,
        sum(bounces) as bounces,
        sum(visit_seconds) as visit_seconds,
        max(observed_at) as observed_at
    from labels
    group by site, day, referrer_type
),

unnamed as (
    -- what the labels of a kind leave over of its total (labels that do not exist have sent 0)
    select
        types.site,
        types.day,
        types.day_timezone,
        types.report,
        types.referrer_type,
        case
            when types.referrer_type in ('social', 'campaign') then '(not named)'
            else types.label
        end as label,
        types.visits - coalesce(named.visits, 0) as visits,
        -- visitors are not additive: nobody knows how many are left over
        case when types.referrer_type not in ('social', 'campaign') then types.visitors end as visitors,
        types.actions - coalesce(named.actions, 0) as actions,
        types.bounces - coalesce(named.bounces, 0) as bounces,
        types.visit_seconds - coalesce(named.visit_seconds, 0) as visit_seconds,
        -- of all visits of the kind: core.visit_goal takes the named ones off
        types.goals,
        greatest(types.observed_at, named.observed_at) as observed_at
    from types
    left join named
        on
            types.site = named.site
            and types.day = named.day
            and case
                when types.referrer_type in ('social', 'campaign') then types.referrer_type
            end = named.referrer_type
),

kinds as (
    select * from labels
    union all by name
    select *
    from unnamed
    where referrer_type not in ('social', 'campaign') or visits > 0
),

campaigns as (
    select
        lower(utm_campaign) as utm_campaign,
        min(platform) as platform
    from seed.campaign
    group by lower(utm_campaign)
)

select
    kinds.site,
    kinds.day,
    kinds.day_timezone,
    case
        when kinds.label = '(not named)' then 'unattributed'
        when kinds.referrer_type = 'social' then coalesce(aliases.platform, 'unattributed')
        when kinds.referrer_type = 'campaign' then coalesce(campaigns.platform, 'unattributed')
        else 'unattributed'
    end as platform,
    case
        when kinds.referrer_type = 'campaign' and kinds.label <> '(not named)' then lower(kinds.label)
        else ''
    end as campaign,
    kinds.referrer_type,
    kinds.label,
    kinds.visits,
    kinds.visitors,
    kinds.actions,
    kinds.bounces,
    kinds.visit_seconds,
    kinds.goals,
    kinds.observed_at
from kinds
left join seed.network_alias as aliases
    on case when kinds.referrer_type = 'social' then lower(kinds.label) end = aliases.alias
left join campaigns
    on case when kinds.referrer_type = 'campaign' then lower(kinds.label) end = campaigns.utm_campaign
order by kinds.day
