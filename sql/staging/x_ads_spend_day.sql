-- grain: one row per account, day, campaign_id, network, night
select
    'x_ads' as platform,
    costs._account as account,
    try_cast(costs.day as date) as day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    costs.campaign_id,
    costs.campaign_name,
    case costs.placement
        when 'ALL_ON_TWITTER' then 'x'
        when 'PUBLISHER_NETWORK' then 'x_audience_platform'
        else 'x_' || lower(costs.placement)
    end as network,
    -- it stands in the posts and cards of the advertisements, which are not read
    cast(null as varchar) as utm_campaign,
    -- millionths, kept exact
    try_cast(costs.billed_charge_local_micro * cast(0.000001 as decimal(7, 6)) as decimal(18, 4)) as spend,
    costs.currency,
    costs.impressions,
    -- the platform tells it for the whole time of a campaign alone
    cast(null as bigint) as reach,
    -- clicks that lead to the site; those on the advertisement itself are `clicks`
    costs.url_clicks as clicks,
    costs._absent as is_absent,
    costs._night as night,
    costs._observed_at as observed_at,
    costs._run_id as run_id
from raw.x_ads_costs as costs
left join seed.account as accounts
    on accounts.platform = 'x_ads' and costs._account = accounts.account
