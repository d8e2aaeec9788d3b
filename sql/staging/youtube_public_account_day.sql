-- grain: one row per tracked account, day, night
select
    'youtube' as platform,
    id as account,
    try_cast(day as date) as day,
    'America/Los_Angeles' as day_timezone,
    -- rounded down to three figures by the platform; a hidden number is unknown
    case
        when coalesce(json_extract_string(statistics, '$.hiddenSubscriberCount'), 'false') = 'false'
            then try_cast(json_extract_string(statistics, '$.subscriberCount') as bigint)
    end as followers,
    try_cast(json_extract_string(statistics, '$.videoCount') as bigint) as posts_total,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.youtube_tracked
where not _absent
-- two accounts of the brand may watch the same one
qualify row_number() over (partition by id, day, _night order by _account asc) = 1
