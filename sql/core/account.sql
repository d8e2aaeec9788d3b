-- grain: one row per platform, account
-- key: platform, account
-- rebuild: whole
with nights as (
    -- a file that was imported speaks of an account of a platform: its night counts for that one
    select
        coalesce(imported.platform, nights.platform) as platform,
        coalesce(imported.account, nights.account) as account,
        min(nights.window_since) as first_window_since,
        max(nights.night) as newest_night,
        max(imported.source) as imported_by
    from core.night as nights
    left join staging.imported_night as imported
        on
            nights.platform = imported.source
            and nights.account = imported.unit
            and nights.night = imported.night
    group by all
),

configured as (
    select
        platform,
        account,
        time_zone,
        site,
        -- visits name a network, not an account: they go to the account chosen for them
        receives_visits or count(*) over (partition by platform) = 1 as receives_visits,
        true as is_configured
    from seed.account
),

accounts as (
    -- an account that is no longer configured keeps its history
    select
        coalesce(configured.platform, nights.platform) as platform,
        coalesce(configured.account, nights.account) as account,
        configured.time_zone,
        configured.site,
        coalesce(configured.receives_visits, false) as receives_visits,
        coalesce(configured.is_configured, false) as is_configured,
        nights.first_window_since,
        nights.newest_night,
        nights.imported_by
    from configured
    full join nights on configured.platform = nights.platform and configured.account = nights.account
)

select
    accounts.platform,
    accounts.account,
    -- a network that nothing here asks may still be known from exports
    coalesce(platforms.kind, importers.kind) as kind,
    accounts.site,
    -- a platform with one reporting zone for everybody wins over the account's own
    coalesce(platforms.default_time_zone, accounts.time_zone, 'UTC') as day_timezone,
    -- the zone of the account's people, in which hours are told; settings keep no history of it
    coalesce(accounts.time_zone, brand.time_zone, 'UTC') as local_timezone,
    accounts.receives_visits,
    accounts.is_configured,
    coalesce(platforms.restatement_days, importers.restatement_days) as restatement_days,
    accounts.first_window_since,
    accounts.newest_night,
    -- the last day that the platform no longer restates
    accounts.newest_night - coalesce(platforms.restatement_days, importers.restatement_days) as final_until
from accounts
left join seed.platform as platforms on accounts.platform = platforms.platform
left join seed.platform as importers on accounts.imported_by = importers.platform
left join seed.brand as brand on true
