-- grain: one row per platform, account, currency, day, night
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as varchar) as currency,
    cast(null as date) as day,
    -- units of the currency that one euro was worth
    cast(null as decimal(18, 8)) as per_euro,
    cast(null as boolean) as is_absent,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
