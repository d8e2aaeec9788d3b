-- grain: one row per account, day, night: who is subscribed at the moment of the reading
select
    'mailchimp' as platform,
    audience._account as account,
    try_cast(audience.day as date) as day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    audience.member_count as followers,
    audience._night as night,
    audience._observed_at as observed_at,
    audience._run_id as run_id
from raw.mailchimp_audience as audience
left join seed.account as accounts
    on accounts.platform = 'mailchimp' and audience._account = accounts.account
where not audience._absent
