-- grain: one row per account, day, campaign_id, network, night
with rows_ as (
    select
        *,
        try_cast(date_start as date) as day,
        -- as most of the advertisements of the campaign are tagged, of those that name a campaign
        list_filter(
            list_transform(
                json_transform(url_tags, '["VARCHAR"]'),
                lambda tags: regexp_extract(tags, '(?:^|[?&])utm_campaign=([^&#]*)', 1)
            ),
            lambda utm: utm <> ''
        )[1] as written
    from raw.meta_ads_insights
),

tagged as (
    select
        *,
        -- filled in when somebody clicks; written in halves, as two braces would be a template of the linter
        replace(
            replace(
                url_decode(replace(written, '+', ' ')),
                '{' || '{campaign.name}}',
                coalesce(campaign_name, '{' || '{}}')
            ),
            '{' || '{campaign.id}}',
            campaign_id
        ) as utm
    from rows_
)

select
    'meta_ads' as platform,
    tagged._account as account,
    tagged.day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    tagged.campaign_id,
    tagged.campaign_name,
    -- facebook, instagram, messenger, audience_network, threads: as the platform calls them
    tagged.publisher_platform as network,
    case when not contains(tagged.utm, '{' || '{') then tagged.utm end as utm_campaign,
    tagged.spend,
    tagged.account_currency as currency,
    tagged.impressions,
    tagged.reach,
    tagged.inline_link_clicks as clicks,
    tagged._absent as is_absent,
    tagged._night as night,
    tagged._observed_at as observed_at,
    tagged._run_id as run_id
from tagged
left join seed.account as accounts
    on accounts.platform = 'meta_ads' and tagged._account = accounts.account
