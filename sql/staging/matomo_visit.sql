-- grain: one row per account, visit_id, night
select
    'matomo' as platform,
    visits._account as account,
    coalesce(accounts.site, visits._account) as site,
    try_cast(visits.day as date) as day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    visits."idVisit" as visit_id,
    visits.visitor,
    -- the instant ends in Z
    try_cast(replace(visits.started_at, 'Z', '') as timestamp) as visited_at,
    case
        when visits."referrerType" in ('direct', 'search', 'website', 'social', 'campaign')
            then visits."referrerType"
        else 'other'
    end as referrer_type,
    -- versions differ in which of the two has the name of a campaign
    case
        when visits."referrerType" = 'direct' then ''
        when visits."referrerType" = 'campaign'
            then coalesce(nullif(visits."campaignName", ''), visits."referrerName", '')
        else coalesce(visits."referrerName", visits."referrerHost", '')
    end as label,
    -- the plugin for campaigns tells the parts of a link, else the address of the first page has them
    coalesce(
        nullif(visits."campaignSource", ''),
        visits.landing ->> 'utm_source',
        visits.landing ->> 'mtm_source'
    ) as utm_source,
    coalesce(
        nullif(visits."campaignMedium", ''),
        visits.landing ->> 'utm_medium',
        visits.landing ->> 'mtm_medium'
    ) as utm_medium,
    coalesce(
        visits.landing ->> 'utm_campaign',
        visits.landing ->> 'mtm_campaign',
        visits.landing ->> 'pk_campaign',
        nullif(visits."campaignName", '')
    ) as utm_campaign,
    coalesce(
        nullif(visits."campaignContent", ''),
        visits.landing ->> 'utm_content',
        visits.landing ->> 'mtm_content'
    ) as utm_content,
    list_transform(
        json_transform(visits.orders, '[{"orderId": "VARCHAR"}]'), lambda bought: bought."orderId"
    ) as orders,
    json_transform(visits.goals, '["VARCHAR"]') as goals,
    visits._absent as is_absent,
    visits._night as night,
    visits._observed_at as observed_at,
    visits._run_id as run_id
from raw.matomo_visit_log as visits
left join seed.account as accounts
    on accounts.platform = 'matomo' and visits._account = accounts.account
left join seed.site as sites on accounts.site = sites.site
