-- grain: one row per platform, account, visit_id, night: single visits, where a site's log may be read
select
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as varchar) as site,
    cast(null as date) as day,
    cast(null as varchar) as day_timezone,
    cast(null as varchar) as visit_id,
    -- a keyed hash: tells that two visits are of one visitor, and nobody who
    cast(null as varchar) as visitor,
    -- when the visit began, in UTC
    cast(null as timestamp) as visited_at,
    -- as in staging.visit_day: direct, search, website, social, campaign, other; and the network or campaign
    cast(null as varchar) as referrer_type,
    cast(null as varchar) as label,
    cast(null as varchar) as utm_source,
    cast(null as varchar) as utm_medium,
    cast(null as varchar) as utm_campaign,
    cast(null as varchar) as utm_content,
    -- the orders that were placed in the visit, by the shop's own ids
    cast(null as varchar[]) as orders,
    -- the goals that were reached in the visit, by their ids, once for every time
    cast(null as varchar[]) as goals,
    cast(null as boolean) as is_absent,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
