-- grain: one row per site, platform, day: the visits that each network sent; the rest is unattributed
-- key: site, platform, day
-- rebuild: day
-- month: day
with sent as (
    select
        site,
        platform,
        day,
        cast(sum(visits) as bigint) as visits
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
    group by site, platform, day
)

select
    sent.site,
    sent.platform,
    sent.day,
    sent.visits,
    days.visits as site_visits,
    sent.visits / nullif(days.visits, 0) as share,
    coalesce(sent.day <= accounts.final_until, false) as is_final
from sent
left join core.site_day as days on sent.site = days.site and sent.day = days.day
left join core.account as accounts
    on days.platform = accounts.platform and days.account = accounts.account
order by sent.day
