-- grain: one row per platform, account, night that was read and accepted
-- key: platform, account, night
-- rebuild: whole
select
    platform,
    account,
    night,
    window_since,
    observed_at,
    lag(night) over nights as previous_night,
    lag(observed_at) over nights as previous_observed_at
from ops.ledger
where state = 'passed'
window nights as (partition by platform, account order by night)
order by night
