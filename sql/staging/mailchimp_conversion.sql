-- grain: one row per account, member, night; a sign-up to the newsletter as it stands
with members as (
    select
        members.*,
        coalesce(accounts.site, members._account) as site,
        coalesce(sites.time_zone, accounts.time_zone, 'UTC') as zone,
        -- the moment of confirming, where that was asked for and done
        cast(
            coalesce(
                try_cast(members.timestamp_opt as timestamptz),
                try_cast(members.timestamp_signup as timestamptz)
            )
            at time zone 'UTC' as timestamp
        ) as occurred_at
    from raw.mailchimp_members as members
    left join seed.account as accounts
        on accounts.platform = 'mailchimp' and members._account = accounts.account
    left join seed.site as sites on accounts.site = sites.site
    -- contacts of a shop that bought and never signed up
    where members.status is distinct from 'transactional'
)

select
    'mailchimp' as platform,
    _account as account,
    site,
    cast(occurred_at at time zone 'UTC' at time zone zone as date) as day,
    zone as day_timezone,
    member as native_id,
    'newsletter_signup' as action,
    occurred_at,
    cast(1 as bigint) as count,
    cast(null as decimal(18, 4)) as value,
    cast(null as decimal(18, 4)) as refunded_value,
    cast(null as varchar) as currency,
    case
        when status = 'subscribed' then 'confirmed'
        when status in ('unsubscribed', 'cleaned', 'archived') then 'cancelled'
        else 'pending'
    end as status,
    false as is_analytics,
    _absent as is_absent,
    _night as night,
    _observed_at as observed_at,
    _run_id as run_id
from members
