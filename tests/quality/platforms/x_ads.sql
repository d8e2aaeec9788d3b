-- Three weeks of two advertising accounts, one in dollars. Legal oddities are part of them: a day without delivery,
-- a cost that was credited back a little, one that was taken back wholly, a campaign that nobody clicked.
insert into ops.ledger by name
select
    'x_ads' as platform, account, night, 'run' as run_id, night - 14 as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights, (values ('euros'), ('dollars')) as a (account);

insert into ops.stream_night by name
select
    platform, account, night, 'costs' as stream, true as delivered, 60 as rows, observed_at, night as newest_day
from ops.ledger
where platform = 'x_ads';

create temp table x_ad_days as
select
    a.account, a.currency, n.night as day, c.campaign_id, c.campaign_name, c.network, c.utm_campaign,
    cast(c.budget + n.i % 4 as decimal(18, 4)) as spend, 900 + 10 * n.i as impressions, cast(null as bigint) as reach, c.clicks
from nights as n, (values ('euros', 'EUR'), ('dollars', 'USD')) as a (account, currency),
    (values
        ('1', 'Sea wool', 'x', cast(null as varchar), 14.2, 25), ('2', 'Makers', 'x', null, 9.4, 12),
        ('3', 'Awareness', 'x', null, 0.5, 0)
    ) as c (campaign_id, campaign_name, network, utm_campaign, budget, clicks)
where not (n.i = 11 and a.account = 'euros');

insert into staging.x_ads_spend_day by name
select
    'x_ads' as platform, 'Europe/Paris' as day_timezone, false as is_absent, day as night,
    day + interval 27 hours as observed_at, 'run' as run_id, *
from x_ad_days
union all by name
select
    'x_ads' as platform, 'Europe/Paris' as day_timezone, false as is_absent, * replace (spend - 0.3 as spend),
    day + 3 as night, day + interval 99 hours as observed_at, 'run' as run_id
from x_ad_days
where campaign_id = '1' and day <= date '2026-10-30'
union all by name
select
    'x_ads' as platform, 'Europe/Paris' as day_timezone, true as is_absent, day + 2 as night,
    day + interval 75 hours as observed_at, 'run' as run_id, *
from x_ad_days
where campaign_id = '3' and day = date '2026-10-20';
