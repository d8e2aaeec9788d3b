-- grain: one row per account, day, campaign_id, network, night
select
    'linkedin_ads' as platform,
    _account as account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    campaign_id,
    campaign_name,
    'linkedin' as network,
    -- what the links of a campaign carry is not told
    cast(null as varchar) as utm_campaign,
    "costInLocalCurrency" as spend,
    currency,
    impressions,
    -- by day nobody is told whom it reached
    cast(null as bigint) as reach,
    "landingPageClicks" as clicks,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.linkedin_ads_costs
