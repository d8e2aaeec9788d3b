-- grain: one row per account, currency, day, night
select
    'ecb' as platform,
    _account as account,
    currency,
    try_cast(day as date) as day,
    try_cast(rate as decimal(18, 8)) as per_euro,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from raw.ecb_rates
