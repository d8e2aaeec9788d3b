-- grain: one row per account, day, night; orders as analytics counted them
select
    'matomo' as platform,
    orders._account as account,
    coalesce(accounts.site, orders._account) as site,
    try_cast(orders.day as date) as day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    'ecommerceOrder:' || orders.day as native_id,
    'sale' as action,
    orders.nb_conversions as count,
    orders.revenue as value,
    cast(case when orders.revenue is not null then 0 end as decimal(18, 4)) as refunded_value,
    -- analytics keeps one currency per site, and it is the brand's
    (select brand.reporting_currency from seed.brand) as currency,
    'confirmed' as status,
    true as is_analytics,
    orders._absent as is_absent,
    orders._night as night,
    orders._observed_at as observed_at,
    orders._run_id as run_id
from raw.matomo_ecommerce as orders
left join seed.account as accounts
    on accounts.platform = 'matomo' and orders._account = accounts.account
left join seed.site as sites on accounts.site = sites.site
