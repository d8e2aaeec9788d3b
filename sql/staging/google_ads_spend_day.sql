-- grain: one row per account, day, campaign_id, network, night
with rows_ as (
    select
        *,
        try_cast(date as date) as day,
        -- what is added to every link, else what the click is led through
        url_decode(replace(coalesce(
            nullif(regexp_extract("finalUrlSuffix", '(?:^|[?&])utm_campaign=([^&#]*)', 1), ''),
            nullif(regexp_extract("trackingUrlTemplate", '[?&]utm_campaign=([^&#]*)', 1), '')
        ), '+', ' ')) as written
    from raw.google_ads_costs
),

tagged as (
    select
        *,
        -- the platform fills these in when somebody clicks
        coalesce(
            list_filter(
                json_transform("urlCustomParameters", '[{"key": "VARCHAR", "value": "VARCHAR"}]'),
                lambda own: '{_' || own.key || '}' = written
            )[1]['value'],
            replace(written, '{campaignid}', campaign_id)
        ) as utm
    from rows_
)

select
    'google_ads' as platform,
    tagged._account as account,
    tagged.day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    tagged.campaign_id,
    tagged.campaign_name,
    case tagged."adNetworkType"
        when 'SEARCH' then 'google'
        when 'YOUTUBE' then 'youtube'
        when 'CONTENT' then 'google_display'
        when 'SEARCH_PARTNERS' then 'google_search_partners'
        -- gmail, discover, maps; mixed, where the platform does not tell
        else 'google_' || lower(replace(tagged."adNetworkType", 'GOOGLE_', ''))
    end as network,
    case when not regexp_matches(tagged.utm, '[{}]') then tagged.utm end as utm_campaign,
    cast(tagged."costMicros" * 0.000001 as decimal(18, 4)) as spend,
    tagged.currency,
    tagged.impressions,
    -- people are not counted by campaign and network
    cast(null as bigint) as reach,
    tagged.clicks,
    tagged._absent as is_absent,
    tagged._night as night,
    tagged._observed_at as observed_at,
    tagged._run_id as run_id
from tagged
left join seed.account as accounts
    on accounts.platform = 'google_ads' and tagged._account = accounts.account
