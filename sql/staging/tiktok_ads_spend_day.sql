-- grain: one row per account, day, campaign_id, network, night
with rows_ as (
    select
        *,
        try_cast(left(stat_time_day, 10) as date) as day,
        -- as most of the advertisements of the campaign are linked, of those whose links name a campaign
        list_filter(
            list_transform(
                json_transform(links, '["VARCHAR"]'),
                lambda link: regexp_extract(link, '(?:^|[?&])utm_campaign=([^&#]*)', 1)
            ),
            lambda utm: utm <> ''
        )[1] as written
    from raw.tiktok_ads_costs
),

tagged as (
    select
        *,
        -- the platform fills these in when somebody clicks
        replace(
            replace(
                url_decode(replace(written, '+', ' ')),
                '__CAMPAIGN_NAME__',
                coalesce(campaign_name, '__CAMPAIGN_NAME__')
            ),
            '__CAMPAIGN_ID__',
            campaign_id
        ) as utm
    from rows_
)

select
    'tiktok_ads' as platform,
    tagged._account as account,
    tagged.day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    tagged.campaign_id,
    tagged.campaign_name,
    -- the report does not say on which of the network's placements
    'tiktok' as network,
    case when not regexp_matches(tagged.utm, '__[A-Z_]+__') then tagged.utm end as utm_campaign,
    tagged.spend,
    tagged.currency,
    tagged.impressions,
    tagged.reach,
    tagged.clicks,
    tagged._absent as is_absent,
    tagged._night as night,
    tagged._observed_at as observed_at,
    tagged._run_id as run_id
from tagged
left join seed.account as accounts
    on accounts.platform = 'tiktok_ads' and tagged._account = accounts.account
