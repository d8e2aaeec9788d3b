-- Three weeks of an ordinary brand as staging shows them, up to the night of 2026-11-02, which waits for gate 1.
-- Legal oddities are part of it: a page too small for insights, an account in its first night without anything,
-- a night of analytics without a visit, a withdrawn like, restated days, a late edit, a refund, a deleted post.
create temp table nights as
select date '2026-11-02' - cast(i as integer) as night, cast(20 - i as integer) as i from range(21) as r (i);

create temp table units as
select * from (values
    ('facebook', 'page', 28), ('facebook', 'small', 28), ('facebook', 'new', 28),
    ('wordpress', 'journal', 28), ('matomo', '1', 3), ('woocommerce', 'shop', 3)
) as u (platform, account, back);

insert into ops.ledger by name
select
    platform, account, night, 'run' as run_id, night - cast(back as integer) as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from units, nights
where account <> 'new' or night = date '2026-11-02';

insert into ops.stream_night by name
select
    l.platform, l.account, l.night, s.stream,
    not (l.account = 'small' and s.stream = 'page_insights') as delivered,
    case when l.account = 'new' or (l.account = 'small' and s.stream = 'page_insights') then 0 else 40 end as rows,
    case when l.account = 'small' and s.stream = 'page_insights' then 'fewer than 100 likes' end as reason,
    l.observed_at, l.night - 1 as newest_day
from ops.ledger as l
inner join (values
    ('facebook', 'page'), ('facebook', 'page_insights'), ('facebook', 'posts'),
    ('wordpress', 'posts'), ('wordpress', 'comments'), ('wordpress', 'stats_visits'),
    ('wordpress', 'stats_summary'), ('wordpress', 'stats_post'),
    ('matomo', 'visits'), ('matomo', 'referrer_types'), ('matomo', 'socials'), ('matomo', 'campaigns'),
    ('matomo', 'goals'), ('woocommerce', 'orders'), ('woocommerce', 'refunds')
) as s (platform, stream) on l.platform = s.platform;

-- Facebook: the day before, complete, and a restated day before that; 2026-10-30 came one night late.
insert into staging.facebook_account_day by name
select
    'facebook' as platform, 'page' as account, night - 1 as day, 'America/Los_Angeles' as day_timezone,
    1000 + 10 * i as followers, 12 as followers_gained, 2 as followers_lost, 300 + i as reach_1d,
    1500 + i as reach_7d, 4000 + i as reach_28d, 500 + 3 * i as impressions, 40 as engagements_reported,
    25 as video_views, 30 as profile_views,
    case when night = date '2026-10-31' then night + 1 else night end as night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
union all by name
select
    'facebook' as platform, 'page' as account, night - 2 as day, 'America/Los_Angeles' as day_timezone,
    505 + 3 * i as impressions, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i > 1 and night <> date '2026-11-01';

insert into raw.facebook_page_insights by name
select
    account as _account, night as _night, false as _absent, 'page_media_view' as name, 'day' as period,
    (day + 1)::varchar || case when day < date '2026-11-01' then 'T07:00:00+0000' else 'T08:00:00+0000' end as end_time
from staging.facebook_account_day;

-- One post a day on both pages, every other one with a hashtag, seen for five nights; one post lost a like, one was deleted.
create temp table seen as
select
    p.platform, p.account, n.night as day, n.night + interval 18 hours as published_at, p.account || '_' || n.i as post_id,
    n.night + cast(a.age as integer) as night, a.age, n.i
from nights as n, (values ('facebook', 'page'), ('facebook', 'small'), ('wordpress', 'journal')) as p (platform, account),
    range(5) as a (age)
where n.night + cast(a.age as integer) <= date '2026-11-02';

create temp table posts as
select
    platform, account, day, case platform when 'facebook' then 'America/Los_Angeles' else 'Europe/Paris' end as day_timezone,
    post_id, published_at, case when i % 3 = 1 then 'photo' else 'status' end as type,
    case platform when 'wordpress' then '3' end as author,
    case when i % 2 = 0 then 'Grand large #mer' else 'Brise' end as text, post_id = 'page_15' and age = 3 as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from seen
where age in (0, 3);

insert into staging.facebook_post by name select * from posts where platform = 'facebook';
insert into staging.wordpress_post by name select * from posts where platform = 'wordpress';

insert into staging.facebook_post_snapshot by name
select
    platform, account, day, 'America/Los_Angeles' as day_timezone, post_id, 'posts' as stream,
    case when account = 'page' then 100 * (age + 1) end as impressions,
    case when account = 'page' then 60 * (age + 1) end as reach,
    case when post_id = 'page_18' and age = 2 then 2 else 3 + age end as reactions,
    1 as comments, 0 as shares, case when account = 'page' then age end as clicks,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from seen
where platform = 'facebook';

insert into staging.wordpress_post_snapshot by name
select
    platform, account, day, 'Europe/Paris' as day_timezone, post_id, 'stats_post' as stream,
    20 * (age + 1) as impressions, age as reactions, night, night + interval 27 hours as observed_at, 'run' as run_id
from seen
where platform = 'wordpress';

insert into staging.wordpress_account_day by name
select
    'wordpress' as platform, 'journal' as account, night as day, 'Europe/Paris' as day_timezone,
    40 + i as reach_1d, 90 + i as impressions, 3 as reactions, 0 as shares, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
union all by name
select
    'wordpress' as platform, 'journal' as account, night as day, 'Europe/Paris' as day_timezone,
    120 + i as followers, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;

-- Its first night read the four weeks before it.
insert into staging.wordpress_account_day by name
select
    'wordpress' as platform, 'journal' as account, date '2026-10-12' - cast(n as integer) as day,
    'Europe/Paris' as day_timezone, 30 + n % 7 as reach_1d, 80 + n % 7 as impressions, 3 as reactions, 0 as shares,
    date '2026-10-13' as night, timestamp '2026-10-14 03:00:00' as observed_at, 'run' as run_id
from range(28) as r (n);

insert into staging.wordpress_response by name
select
    'wordpress' as platform, 'journal' as account, night as day, 'Europe/Paris' as day_timezone,
    'c' || i as response_id, 'journal_' || i as post_id, night + interval 20 hours as written_at, true as is_live, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
union all by name
-- The house answers every other one.
select
    'wordpress' as platform, 'journal' as account, night as day, 'Europe/Paris' as day_timezone,
    'a' || i as response_id, 'journal_' || i as post_id, 'c' || i as parent_id,
    night + interval 21 hours as written_at, true as is_own, '3' as author, true as is_live, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i % 2 = 0;

-- Matomo: each night its own day and the one before, a little restated; on 2026-11-01 nobody was counted.
create temp table visit_days as
select d.night as day, d.night + cast(a.age as integer) as night, 100 + 10 * (d.i % 5) + cast(a.age as integer) as visits
from nights as d, range(2) as a (age)
where d.night <> date '2026-11-01' and d.night + cast(a.age as integer) <= date '2026-11-02';

insert into staging.matomo_visit_day by name
select
    'matomo' as platform, '1' as account, 'boutique' as site, 'Europe/Paris' as day_timezone, false as is_absent,
    parts.*, night + interval 27 hours as observed_at, 'run' as run_id
from (
    select
        day, 'site' as report, '' as referrer_type, '' as label, visits, visits - 10 as visitors,
        3 * visits as actions, 40 as bounces, 60 * visits as visit_seconds, night
    from visit_days
    union all by name
    select day, 'type' as report, 'direct' as referrer_type, 'Direct Entry' as label, visits - 50 as visits, night
    from visit_days
    union all by name
    select day, 'type' as report, 'social' as referrer_type, 'Social Networks' as label, 30 as visits, night
    from visit_days
    union all by name
    select day, 'type' as report, 'campaign' as referrer_type, 'Campaigns' as label, 20 as visits, night
    from visit_days
    union all by name
    select day, 'label' as report, 'social' as referrer_type, 'Facebook' as label, 28 as visits, night
    from visit_days
    union all by name
    select day, 'label' as report, 'campaign' as referrer_type, 'autumn-2026' as label, 20 as visits, night
    from visit_days
    union all by name
    select
        date '2026-11-01' as day, 'site' as report, '' as referrer_type, '' as label, cast(null as bigint) as visits,
        date '2026-11-01' as night
) as parts;

insert into staging.matomo_conversion by name
select
    'matomo' as platform, '1' as account, 'boutique' as site, night as day, 'Europe/Paris' as day_timezone,
    'ecommerceOrder:' || night as native_id, 'sale' as action, 2 as count, 90.00 as value, 0 as refunded_value,
    'confirmed' as status, true as is_analytics, false as is_absent, night, night + interval 27 hours as observed_at,
    'run' as run_id
from nights;

insert into staging.woocommerce_conversion by name
select
    'woocommerce' as platform, 'shop' as account, 'boutique' as site, night as day, 'Europe/Paris' as day_timezone,
    cast(1000 + 10 * i + k as varchar) as native_id, 'sale' as action, night + interval 12 hours as occurred_at, 1 as count,
    case when k < 2 then 45.50 end as value, case when k = 1 then 45.50 else 0 end as refunded_value,
    case when k < 2 then 'EUR' end as currency,
    case k when 0 then 'confirmed' when 1 then 'refunded' else 'draft' end as status,
    false as is_analytics, false as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, range(3) as o (k);
