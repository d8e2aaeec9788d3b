-- grain: one row per day of which the orders of every shop are known
-- key: day
-- rebuild: day
with shops as (
    -- a shop is missed from the first day that was ever asked of it to the last one while it was configured
    select
        platform,
        account,
        first_window_since,
        case when not is_configured then newest_night end as last_night
    from core.account
    where kind = 'shop' and first_window_since is not null
),

read_days as (
    select distinct
        nights.platform,
        nights.account,
        cast(
            unnest(
                generate_series(
                    greatest(nights.window_since, cast(getvariable('rebuild_from') as date)),
                    nights.night,
                    interval 1 day
                )
            ) as date
        ) as day
    from core.night as nights
    inner join shops on nights.platform = shops.platform and nights.account = shops.account
    where nights.night >= cast(getvariable('rebuild_from') as date)
),

expected as (
    select
        read_days.day,
        count(*) as shops
    from (select distinct read_days.day from read_days) as read_days
    inner join shops
        on
            read_days.day >= shops.first_window_since
            and read_days.day <= coalesce(shops.last_night, date '9999-12-31')
    group by read_days.day
),

answered as (
    select
        day,
        count(*) as shops
    from read_days
    group by day
),

reported as (
    -- without a shop, what analytics says of orders, be it 0
    select distinct occurred_day as day
    from core.conversion
    where
        action = 'sale'
        and occurred_day >= cast(getvariable('rebuild_from') as date)
        and not coalesce((select bool_or(site.has_shop) from seed.site), false)
        and (select count(*) from shops) = 0
)

select answered.day
from answered
inner join expected on answered.day = expected.day and answered.shops >= expected.shops
union all
select day
from reported
order by day
