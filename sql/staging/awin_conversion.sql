-- grain: one row per account, sale, night; what is earned by it is its value
select
    'awin' as platform,
    sales._account as account,
    coalesce(accounts.site, sales._account) as site,
    -- dates are of the zone that was asked for
    try_cast(left(sales.transactiondate, 10) as date) as day,
    sales.timezone as day_timezone,
    cast(sales.id as varchar) as native_id,
    'affiliate_sale' as action,
    cast(
        try_cast(sales.transactiondate as timestamp)
        at time zone sales.timezone
        at time zone 'UTC' as timestamp
    ) as occurred_at,
    cast(1 as bigint) as count,
    try_cast(json_extract_string(sales.commissionamount, '$.amount') as decimal(18, 4)) as value,
    -- a commission is amended, never given back in part: its amount is what is left of it
    cast(0 as decimal(18, 4)) as refunded_value,
    json_extract_string(sales.commissionamount, '$.currency') as currency,
    case sales.commissionstatus
        when 'approved' then 'confirmed'
        when 'declined' then 'cancelled'
        when 'deleted' then 'cancelled'
        else 'pending'
    end as status,
    -- a link that names one of our posts is found by it
    json_extract_string(sales.clickrefs, '$.clickRef') as utm_content,
    json_extract_string(sales.clickrefs, '$.clickRef') as click_reference,
    false as is_analytics,
    sales._absent as is_absent,
    sales._night as night,
    sales._observed_at as observed_at,
    sales._run_id as run_id
from raw.awin_transactions as sales
left join seed.account as accounts
    on accounts.platform = 'awin' and sales._account = accounts.account
