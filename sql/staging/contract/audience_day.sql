-- grain: one row per platform, account, day, segment, night
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as segment,
    cast(null as bigint) as followers,
    cast(null as bigint) as reach,
    -- api (also NULL), archive or export: what an API says of a day wins over what a file says
    cast(null as varchar) as origin,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
