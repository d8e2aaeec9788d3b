-- grain: one row per platform, account, metric, day: what was first said of the day, what is said now
-- key: platform, account, metric, day
-- rebuild: day
-- month: day
select
    told.platform,
    told.account,
    told.metric,
    told.day,
    told.first_value,
    told.last_value,
    told.changes,
    told.first_observed_at,
    told.last_changed_at,
    -- of a day that may still change nobody knows
    case when told.day <= accounts.final_until then told.settled_night - told.day end as days_until_final,
    coalesce(told.day <= accounts.final_until, false) as is_final
from core.account_day_history as told
inner join core.account as accounts
    on
        told.platform = accounts.platform
        and told.account = accounts.account
where
    told.day >= cast(getvariable('rebuild_from') as date)
    and accounts.kind = 'network'
order by told.day
