-- grain: one row per platform, account, response_id, night; what people wrote under posts, without the words
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as response_id,
    cast(null as varchar) as post_id,
    cast(null as varchar) as parent_id,
    cast(null as timestamp) as written_at,
    -- public and still there
    cast(null as boolean) as is_live,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
