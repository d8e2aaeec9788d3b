-- What the settings of the ordinary brand say. Its shop and its campaign sell; the goal is a request for a quote.
insert into seed.brand values ('Atelier', 'EUR', 'Europe/Paris', null, 0.9, 0.45);
insert into seed.account values
    ('facebook', 'page', 'Page', 'America/Los_Angeles', 'boutique', true),
    ('facebook', 'small', 'Small page', 'America/Los_Angeles', 'boutique', false),
    ('facebook', 'new', 'New page', 'America/Los_Angeles', 'boutique', false),
    ('wordpress', 'journal', 'Journal', 'Europe/Paris', 'boutique', true),
    ('matomo', '1', 'Analytics', 'Europe/Paris', 'boutique', false),
    ('woocommerce', 'shop', 'Shop', 'Europe/Paris', 'boutique', false),
    ('mastodon', 'atelier', 'Atelier', 'UTC', 'boutique', false);
insert into seed.platform values
    ('facebook', 'network', 28, 'America/Los_Angeles'), ('wordpress', 'network', 28, null),
    ('mastodon', 'network', 28, null), ('matomo', 'site', 3, null), ('woocommerce', 'shop', 3, null);
insert into seed.stream
select distinct platform, stream, stream in ('stats_visits', 'stats_summary', 'stats_post', 'ecommerce', 'tracked')
from ops.stream_night;
insert into seed.site values ('boutique', 'Europe/Paris', true, 'matomo', '1');
insert into seed.goal values ('boutique', '1', 'quote_request');
insert into seed.action_value values ('quote_request', 15.00);
insert into seed.campaign values ('autumn', 'autumn-2026', 'facebook', '2026-10-01', '2026-11-30', 40.00);
insert into seed.organic_cost values (0.00);
insert into seed.forecast
select unnest(['followers', 'reach_1d', 'engagements', 'visits', 'conversions']), 3;
insert into seed.holiday values ('2026-11-01', 'All Saints'' Day');
insert into seed.network_alias values ('facebook', 'facebook'), ('instagram', 'instagram');
insert into seed.metric by name
select
    name, name as label_en, name as label_fr, name as description, name as description_fr, 'count' as unit, numerator, denominator, additivity
from (values
    ('impressions', null, null, 'sum'), ('clicks', null, null, 'sum'), ('followers', null, null, 'last'),
    ('click_through_rate', 'clicks', 'impressions', 'none')
) as m (name, numerator, denominator, additivity);
insert into seed.metric_native values
    ('followers', 'facebook', 'page_fans', null, '2025-11-14', 'https://developers.facebook.com/'),
    ('followers', 'facebook', 'page_follows', '2025-11-15', null, 'https://developers.facebook.com/');
insert into seed.team_author values ('wordpress', null, '3', 'Ada');
insert into seed.business_hours select weekday, 480, 1440, 'Europe/Paris' from range(1, 8) as r (weekday);
update ops.ledger set state = 'passed';
-- The autumn's budget against the brand's own posts, declared before its first day.
insert into seed.experiment by name
select
    'autumn' as experiment, unnest(['sale', 'quote_request']) as action, date '2026-10-15' as start,
    date '2026-11-15' as planned_end, 5 as minimum_visits, 0.05 as alpha, 'spend' as split, 0.05 as floor,
    'declared' as first_fingerprint, date '2026-10-14' as declared_on;
insert into seed.experiment_arm values
    ('autumn', 1, 'posts', 1, 'facebook', ''), ('autumn', 2, 'campaign', 1, 'facebook', 'autumn-2026');
-- The links of its posts name them, and some of its orders say so.
update staging.woocommerce_conversion as orders
set utm_source = 'facebook', utm_content = posts.post_id
from (select distinct post_id, day from staging.facebook_post where account = 'page') as posts
where posts.day = orders.day - 1 and orders.status = 'confirmed' and orders.day >= date '2026-10-26';
update staging.matomo_visit as visits
set utm_content = posts.post_id
from (select distinct post_id, day from staging.facebook_post where account = 'page') as posts
where posts.day = visits.day - 1 and visits.label = 'autumn-2026' and visits.day >= date '2026-10-26';
-- What it wants to reach: followers by the end of the year, visits and answers every month, a margin in autumn.
insert into seed.target by name
select *, 3 as settled_days
from (values
    ('a thousand', 'followers', 'level', 'account', 'followers', null, 'facebook', 'page', null, 'at_least', 2000, null,
        date '2026-10-14', date '2026-12-31', false, false),
    ('visits', 'visits', 'sum', 'site', 'visits', null, null, null, 'boutique', 'at_least', 300, 'month', null, null, false, false),
    ('reactions', 'reactions', 'sum', 'account', 'reactions', null, 'facebook', 'page', null, 'at_least', 10, null,
        date '2026-10-20', date '2026-10-31', false, false),
    ('answers', 'engagement_rate_by_impressions', 'ratio', 'account', 'engagements', 'impressions', 'wordpress', null, null,
        'at_least', 0.02, 'month', null, null, false, false),
    ('margin', 'gross_margin', 'sum', 'money', 'gross_margin', null, null, null, null, 'at_least', 5000, null,
        date '2026-10-20', date '2026-11-30', true, true)
) as t (goal, metric, kind, place, counted, divided_by, platform, account, site, comparison, target, period,
    start, "end", can_fall, is_money);
-- Whom it aims at, and whom its page reached of them: as the audience of any account is told, month by month.
insert into seed.target_segment values ('age,gender', 'F.25-34'), ('age,gender', 'F.35-44');
insert into staging.instagram_audience_day by name
select
    'facebook' as platform, 'page' as account, night as day, 'America/Los_Angeles' as day_timezone, dimension, segment,
    size as followers, (day(night) - 1) * size // 10 as reach, date_trunc('month', night) as reach_since, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from
    nights,
    (values
        ('age,gender', 'F.25-34', 400), ('age,gender', 'F.35-44', 200), ('age,gender', 'M.25-34', 300),
        ('country', 'country.FR', 700)
    ) as s (dimension, segment, size)
where day(night) > 1;
