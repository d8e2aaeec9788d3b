-- Three weeks of forms: a request and a sign-up a day; the sign-up is worth nobody knows what.
insert into ops.ledger by name
select
    'inbox' as platform, 'forms' as account, night, 'run' as run_id, night - 3 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    'inbox' as platform, 'forms' as account, night, 'messages' as stream, true as delivered, 2 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights;

insert into staging.inbox_conversion by name
select
    'inbox' as platform, 'forms' as account, 'boutique' as site, night as day, 'Europe/Paris' as day_timezone,
    cast(7000 + 10 * i + k as varchar) as native_id,
    case k when 0 then 'quote_request' else 'newsletter_signup' end as action,
    night + interval 12 hours as occurred_at, 1 as count, case k when 0 then 1250 end as value,
    case k when 0 then 0 end as refunded_value, case k when 0 then 'EUR' end as currency, 'confirmed' as status,
    false as is_analytics, false as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, range(2) as o (k);
