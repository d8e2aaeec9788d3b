-- grain: one row per platform, tracked account, day, night: what anybody sees of others
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as bigint) as followers,
    cast(null as bigint) as posts_published,
    cast(null as bigint) as engagements,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
