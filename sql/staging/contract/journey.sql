-- grain: one row per platform, account, conversion, touch, night
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as native_id,
    cast(null as bigint) as touch,
    cast(null as timestamp) as touched_at,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
