-- grain: one row per platform, account, day, segment, night
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    -- the trait by which people are told apart: segments of one are different people, segments of two overlap
    cast(null as varchar) as dimension,
    cast(null as varchar) as segment,
    cast(null as bigint) as followers,
    -- people reached from reach_since up to the day
    cast(null as bigint) as reach,
    cast(null as date) as reach_since,
    -- api (also NULL), archive or export: what an API says of a day wins over what a file says
    cast(null as varchar) as origin,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
