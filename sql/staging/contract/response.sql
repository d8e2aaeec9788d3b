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
    -- a keyed hash: tells one person from another, and nobody who
    cast(null as varchar) as person,
    -- written by the brand itself
    cast(null as boolean) as is_own,
    -- who of the brand wrote it, where the platform tells more than the account
    cast(null as varchar) as author,
    -- public and still there
    cast(null as boolean) as is_live,
    -- api (also NULL), archive or export: what an API says of a day wins over what a file says
    cast(null as varchar) as origin,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
