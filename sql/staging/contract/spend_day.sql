-- grain: one row per platform, account, day, campaign, night
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as campaign,
    cast(null as decimal(18, 4)) as spend,
    cast(null as varchar) as currency,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
