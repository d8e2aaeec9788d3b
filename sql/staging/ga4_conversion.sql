-- grain: one row per account, day, night; purchases as analytics counted them
select
    'ga4' as platform,
    purchases._account as account,
    coalesce(accounts.site, purchases._account) as site,
    cast(try_strptime(purchases."date", '%Y%m%d') as date) as day,
    coalesce(sites.time_zone, accounts.time_zone, 'UTC') as day_timezone,
    'purchases:' || cast(try_strptime(purchases."date", '%Y%m%d') as date) as native_id,
    'sale' as action,
    purchases.ecommercepurchases as count,
    try_cast(purchases.purchaserevenue as decimal(18, 4)) as value,
    -- what was given back is taken off the revenue already
    cast(case when purchases.purchaserevenue is not null then 0 end as decimal(18, 4)) as refunded_value,
    nullif(purchases.currencycode, '') as currency,
    'confirmed' as status,
    true as is_analytics,
    purchases._absent as is_absent,
    purchases._night as night,
    purchases._observed_at as observed_at,
    purchases._run_id as run_id
from raw.ga4_purchases as purchases
left join seed.account as accounts
    on accounts.platform = 'ga4' and purchases._account = accounts.account
left join seed.site as sites on accounts.site = sites.site
