-- grain: one row per platform, account, conversion, touch, night
-- native_id and day are those of the conversion in staging.conversion of the same platform and account
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as native_id,
    -- 1 is the oldest that is told
    cast(null as bigint) as touch,
    cast(null as timestamp) as touched_at,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign,
    -- what the touch itself said of where it came from: the words of its campaign, else a host or a name
    cast(null as varchar) as utm_source,
    cast(null as varchar) as utm_medium,
    cast(null as varchar) as utm_campaign,
    cast(null as varchar) as utm_content,
    cast(null as varchar) as referrer_host,
    cast(null as boolean) as is_direct,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
