-- grain: one row per platform, tracked account, day, night: what anybody sees of others
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as bigint) as followers,
    -- how many posts there are, a level like the followers: what was published in between is their difference
    cast(null as bigint) as posts_total,
    cast(null as bigint) as posts_published,
    cast(null as bigint) as engagements,
    -- api (also NULL), archive or export: what an API says of a day wins over what a file says
    cast(null as varchar) as origin,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
