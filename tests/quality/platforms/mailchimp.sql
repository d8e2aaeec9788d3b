-- Three weeks of a newsletter: 24 members change a day, one in three has left, and 1,200 subscribe.
insert into ops.ledger by name
select
    'mailchimp' as platform, 'letter' as account, night, 'run' as run_id, night - 28 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    'mailchimp' as platform, 'letter' as account, night, stream, true as delivered, rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights, (values ('members', 24), ('audience', 1)) as s (stream, rows);

insert into staging.mailchimp_conversion by name
select
    'mailchimp' as platform, 'letter' as account, 'boutique' as site, night as day, 'Europe/Paris' as day_timezone,
    'm' || (100 * i + k) as native_id, 'newsletter_signup' as action, night + interval 12 hours as occurred_at,
    1 as count, case k % 3 when 0 then 'cancelled' when 1 then 'pending' else 'confirmed' end as status,
    false as is_analytics, false as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, range(24) as o (k);

insert into staging.mailchimp_account_day by name
select
    'mailchimp' as platform, 'letter' as account, night as day, 'Europe/Paris' as day_timezone,
    1200 + i as followers, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;
