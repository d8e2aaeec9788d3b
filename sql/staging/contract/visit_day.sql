-- grain: one row per platform, account, day, report, referrer_type, label, night
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as varchar) as site,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    -- site: the whole site; type: one kind of referrer; label: one network or campaign within its kind
    cast(null as varchar) as report,
    -- direct, search, website, social, campaign, other; '' for the whole site
    cast(null as varchar) as referrer_type,
    cast(null as varchar) as label,
    cast(null as bigint) as visits,
    cast(null as bigint) as visitors,
    cast(null as bigint) as actions,
    cast(null as bigint) as bounces,
    cast(null as bigint) as visit_seconds,
    -- {"<goal id>": conversions}
    cast(null as map (varchar, bigint)) as goals,
    -- the platform took the row back
    cast(null as boolean) as is_absent,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
