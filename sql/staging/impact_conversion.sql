-- grain: one row per account, action, night; what is earned by it is its value
with actions as (
    select
        *,
        cast(try_cast(eventdate as timestamptz) at time zone 'UTC' as timestamp) as occurred_at
    from raw.impact_actions
)

select
    'impact' as platform,
    actions._account as account,
    coalesce(accounts.site, actions._account) as site,
    cast(
        actions.occurred_at at time zone 'UTC' at time zone coalesce(accounts.time_zone, 'UTC') as date
    ) as day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    actions.id as native_id,
    'affiliate_sale' as action,
    actions.occurred_at,
    cast(1 as bigint) as count,
    try_cast(actions.payout as decimal(18, 4)) as value,
    -- a payout is modified or reversed, never given back in part: it is what is left of it
    cast(0 as decimal(18, 4)) as refunded_value,
    nullif(actions.currency, '') as currency,
    case actions.state
        when 'APPROVED' then 'confirmed'
        when 'REVERSED' then 'cancelled'
        else 'pending'
    end as status,
    -- a link that names one of our posts is found by it
    nullif(actions.subid1, '') as utm_content,
    nullif(actions.subid1, '') as click_reference,
    false as is_analytics,
    actions._absent as is_absent,
    actions._night as night,
    actions._observed_at as observed_at,
    actions._run_id as run_id
from actions
left join seed.account as accounts
    on accounts.platform = 'impact' and actions._account = accounts.account
