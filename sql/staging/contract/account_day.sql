-- grain: one row per platform, account, day, night (an observation; metrics not observed are NULL)
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as bigint) as followers,
    -- a level is only known to multiples of this; NULL: it is exact
    cast(null as bigint) as followers_step,
    cast(null as bigint) as followers_gained,
    cast(null as bigint) as followers_lost,
    cast(null as bigint) as reach_1d,
    cast(null as bigint) as reach_7d,
    cast(null as bigint) as reach_28d,
    cast(null as bigint) as impressions,
    cast(null as bigint) as reactions,
    cast(null as bigint) as comments,
    cast(null as bigint) as shares,
    cast(null as bigint) as clicks,
    cast(null as bigint) as saves,
    cast(null as bigint) as engagements_reported,
    cast(null as bigint) as video_views,
    cast(null as bigint) as profile_views,
    -- api (also NULL), archive or export: what an API says of a day wins over what a file says
    cast(null as varchar) as origin,
    -- the import that brought an export's row, as the ledger names it
    cast(null as varchar) as unit,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
