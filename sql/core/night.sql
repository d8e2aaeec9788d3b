-- grain: one row per platform, account, night that was read and accepted
-- key: platform, account, night
-- rebuild: night
with nights as (
    select
        platform,
        account,
        night,
        window_since,
        observed_at
    from ops.ledger
    where state = 'passed' and night >= cast(getvariable('rebuild_from') as date)
),

nights_before as (
    -- the last night before the first of these
    select
        platform,
        account,
        max(night) as night,
        arg_max(observed_at, night) as observed_at
    from ops.ledger
    where state = 'passed' and night < cast(getvariable('rebuild_from') as date)
    group by platform, account
)

select
    nights.platform,
    nights.account,
    nights.night,
    nights.window_since,
    nights.observed_at,
    coalesce(lag(nights.night) over account_nights, nights_before.night) as previous_night,
    coalesce(lag(nights.observed_at) over account_nights, nights_before.observed_at) as previous_observed_at
from nights
left join nights_before
    on nights.platform = nights_before.platform and nights.account = nights_before.account
window account_nights as (partition by nights.platform, nights.account order by nights.night)
order by nights.night
