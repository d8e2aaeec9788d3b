-- grain: one row per platform, account, post_id, night; lifetime counters; day is the day of publication
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as post_id,
    -- the stream that carries the counters: in a night without it they are unknown, not unchanged
    cast(null as varchar) as stream,
    cast(null as bigint) as impressions,
    cast(null as bigint) as reach,
    cast(null as bigint) as reactions,
    cast(null as bigint) as comments,
    cast(null as bigint) as shares,
    cast(null as bigint) as clicks,
    cast(null as bigint) as saves,
    cast(null as bigint) as video_views,
    -- api (also NULL), archive or export: what an API says of a day wins over what a file says
    cast(null as varchar) as origin,
    -- the import that brought an export's row, as the ledger names it
    cast(null as varchar) as unit,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
