-- grain: one row per platform, account, day, campaign_id, network, night
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    -- the platform's own id of the campaign, and what people call it
    cast(null as varchar) as campaign_id,
    cast(null as varchar) as campaign_name,
    -- where the advertisements were shown, by our short names: facebook, instagram, x, google …
    cast(null as varchar) as network,
    -- what the links of the campaign carry, where the platform tells
    cast(null as varchar) as utm_campaign,
    cast(null as decimal(18, 4)) as spend,
    cast(null as varchar) as currency,
    cast(null as bigint) as impressions,
    -- people reached on the day; not additive
    cast(null as bigint) as reach,
    -- clicks that lead to the site
    cast(null as bigint) as clicks,
    -- the platform took the row back
    cast(null as boolean) as is_absent,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
