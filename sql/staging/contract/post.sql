-- grain: one row per platform, account, post_id, night; day is the day of publication
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as post_id,
    cast(null as timestamp) as published_at,
    cast(null as varchar) as type,
    cast(null as varchar) as text,
    cast(null as varchar) as link,
    cast(null as varchar) as author,
    cast(null as varchar) as campaign,
    cast(null as boolean) as is_paid,
    -- the platform no longer lists the post: the row repeats what was known
    cast(null as boolean) as is_absent,
    -- api (also NULL), archive or export: what an API says of a day wins over what a file says
    cast(null as varchar) as origin,
    -- the import that brought an export's row, as the ledger names it
    cast(null as varchar) as unit,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
