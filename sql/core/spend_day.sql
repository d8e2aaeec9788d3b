-- grain: one row per platform, account, day, campaign_id, network: newest, with the campaign that it paid for
-- key: platform, account, day, campaign_id, network
-- rebuild: day
with observations as materialized (
    select *
    from staging.spend_day
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
    qualify
        row_number() over (
            partition by platform, account, day, campaign_id, network
            order by night desc
        ) = 1
),

campaigns as (
    select
        lower(utm_campaign) as campaign,
        lower(campaign) as name,
        min(platform) as platform
    from seed.campaign
    group by lower(utm_campaign), lower(campaign)
),

ads as (
    select
        platform,
        lower(ad_campaign) as ad_campaign,
        min(lower(utm_campaign)) as campaign
    from seed.campaign_ad
    group by platform, lower(ad_campaign)
),

named as (
    -- what the settings say of it, then what its links carry, then its name
    select
        observations.*,
        coalesce(
            by_id.campaign, by_name.campaign, linked.campaign, titled.campaign, called.campaign
        ) as known_campaign
    from observations
    left join ads as by_id
        on observations.platform = by_id.platform and lower(observations.campaign_id) = by_id.ad_campaign
    left join ads as by_name
        on
            observations.platform = by_name.platform
            and lower(observations.campaign_name) = by_name.ad_campaign
    left join campaigns as linked on lower(observations.utm_campaign) = linked.campaign
    left join campaigns as titled on lower(observations.campaign_name) = titled.campaign
    left join campaigns as called on lower(observations.campaign_name) = called.name
    where not observations.is_absent
),

rates as (
    select
        currency,
        day,
        rate
    from core.fx_rate
    where day >= cast(getvariable('rebuild_from') as date)
)

select
    named.platform,
    named.account,
    named.day,
    named.day_timezone,
    named.campaign_id,
    named.network,
    named.campaign_name,
    -- visits of a campaign are its platform's, wherever it was shown: its cost stands beside them
    coalesce(campaigns.platform, named.network) as traffic_platform,
    coalesce(
        named.known_campaign, lower(coalesce(named.utm_campaign, named.campaign_name, named.campaign_id))
    ) as campaign,
    named.known_campaign is not null as is_configured,
    named.spend,
    named.currency,
    -- the reporting currency is worth 1 of itself; another one without a rate is worth nobody knows what
    try_cast(
        named.spend
        * case when named.currency = brand.reporting_currency then 1 else rates.rate end as decimal(18, 4)
    ) as spend_reporting,
    named.impressions,
    named.reach,
    named.clicks,
    named.observed_at
from named
left join campaigns on named.known_campaign = campaigns.campaign
left join seed.brand as brand on true
left join rates on named.currency = rates.currency and named.day = rates.day
order by named.day
