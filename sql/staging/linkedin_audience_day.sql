-- grain: one row per account, day, segment, night
-- A segment is the trait and the platform's own name of its part; organic and paid followers are one count.
select
    'linkedin' as platform,
    _account as account,
    try_cast(day as date) as day,
    'UTC' as day_timezone,
    facet as dimension,
    facet || ':' || segment as segment,
    try_cast(json_extract_string("followerCounts", '$.organicFollowerCount') as bigint) as followers,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.linkedin_demographics
where not _absent
