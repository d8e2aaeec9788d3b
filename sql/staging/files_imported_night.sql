-- grain: one row per unit, night
select
    'files' as source,
    _account as unit,
    platform,
    account,
    try_cast(since as date) as since,
    records,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.files_exports
where not _absent
