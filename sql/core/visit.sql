-- grain: one row per source, account, visit_id: single visits, and the network or campaign that sent each
-- key: source, account, visit_id
-- rebuild: day
with observations as materialized (
    select visits.*
    from staging.visit as visits
    left join seed.site as sites on visits.site = sites.site
    where
        -- of several analytics of a site one counts
        visits.platform = coalesce(sites.analytics, visits.platform)
        and visits.account = coalesce(sites.analytics_account, visits.account)
        and visits.day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and visits.night >= cast(getvariable('rebuild_from') as date) - 2
    qualify
        row_number() over (
            partition by visits.platform, visits.account, visits.visit_id
            order by visits.night desc
        ) = 1
),

campaigns as (
    select
        lower(utm_campaign) as utm_campaign,
        min(platform) as platform
    from seed.campaign
    group by lower(utm_campaign)
),

placed as (
    select
        visits.*,
        case
            when visits.referrer_type = 'campaign' then lower(coalesce(visits.utm_campaign, visits.label))
        end as campaign_key
    from observations as visits
    where not visits.is_absent
)

select
    placed.platform as source,
    placed.account,
    placed.visit_id,
    placed.site,
    placed.day,
    placed.day_timezone,
    -- of whom nothing is kept, each visit is somebody else's
    coalesce('visitor ' || placed.visitor, 'visit ' || placed.visit_id) as visitor,
    placed.visited_at,
    placed.referrer_type,
    placed.label,
    coalesce(
        campaigns.platform, aliases.platform, ids.platform, links.platform, 'unattributed'
    ) as platform,
    coalesce(placed.campaign_key, '') as campaign,
    placed.utm_source,
    placed.utm_medium,
    placed.utm_content,
    -- a content that names one of our posts
    coalesce(ids.post_id, links.post_id) as post_id,
    coalesce(ids.platform, links.platform) as post_platform,
    placed.orders,
    placed.goals,
    placed.observed_at
from placed
left join campaigns on placed.campaign_key = campaigns.utm_campaign
left join seed.network_alias as aliases
    on
        aliases.alias
        = case
            when placed.referrer_type = 'social' then lower(placed.label)
            when placed.referrer_type = 'campaign' then lower(placed.utm_source)
        end
left join core.post_reference as ids on ids.campaign = '' and placed.utm_content = ids.content
left join core.post_reference as links
    on
        links.campaign <> ''
        and placed.campaign_key = links.campaign
        and placed.utm_content = links.content
order by placed.day
