-- grain: one row per account, message, night; what a form of a site told of a request or a sign-up
with messages as (
    select
        messages.*,
        -- an instant in UTC
        cast(try_cast(messages.occurred_at as timestamptz) at time zone 'UTC' as timestamp) as happened_at,
        coalesce(sites.time_zone, accounts.time_zone, 'UTC') as zone
    from raw.inbox_messages as messages
    left join seed.account as accounts
        on accounts.platform = 'inbox' and messages._account = accounts.account
    left join seed.site as sites on messages.site = sites.site
)

select
    'inbox' as platform,
    _account as account,
    site,
    cast(happened_at at time zone 'UTC' at time zone zone as date) as day,
    zone as day_timezone,
    id as native_id,
    action,
    happened_at as occurred_at,
    cast(1 as bigint) as count,
    try_cast(value as decimal(18, 4)) as value,
    -- nothing is given back for what was not sold yet
    cast(case when value is not null then 0 end as decimal(18, 4)) as refunded_value,
    currency,
    'confirmed' as status,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_content,
    click_reference,
    false as is_analytics,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from messages
