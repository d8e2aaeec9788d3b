-- grain: one row per account, day, segment (F.25-34, country.FR), night: followers as they were that night
-- Who was reached is told since the first of the month in which it was asked for.
select
    'instagram' as platform,
    _account as account,
    try_cast(day as date) as day,
    'America/Los_Angeles' as day_timezone,
    breakdown as dimension,
    segment,
    value as followers,
    reach,
    case
        when reach is not null
            then
                cast(
                    date_trunc(
                        'month', _observed_at at time zone 'UTC' at time zone 'America/Los_Angeles'
                    ) as date
                )
    end as reach_since,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.instagram_demographics
where not _absent
