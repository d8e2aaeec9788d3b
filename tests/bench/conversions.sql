-- Sites, shops and campaigns made by SQL, like history.sql: the records that differ from what was seen before.
-- A day comes with its own night; a part of it is told again, a little different, two nights later.

create or replace temp macro looks(since, until) as table
select *
from (
    select cast(unnest(generate_series(since, until, interval 1 day)) as date) as night
), (values (0), (2)) as looked (age);

create or replace temp macro sites() as table
select cast(1 + i as varchar) as site from range(cast(getvariable('sites') as bigint)) as numbers (i);

-- Campaigns live for a quarter, and all sites of the brand have the same.
create or replace temp macro campaign(day, nth) as
format('c-{}q{}-{}', year(day), quarter(day), nth);

-- A post of the evening before, whose id a link may name.
create or replace temp macro named_post(day, a, b) as
cast(104001 + drawn(getvariable('pages'), a, b, 'page') as varchar) || '_' || strftime(day - 1, '%Y%m%d') || '0';

create or replace temp macro site_days(since, until) as table
select site, night - age as day, night, age
from sites(), looks(since, until);

create or replace temp macro traffic(since, until) as table
with days as (
    select *, cast(getvariable('labels') as bigint) as labels
    from site_days(since, until)
),

rows_of_days as (
    select
        *,
        'campaign' as report,
        unnest(range(labels)) as nth,
        10 + drawn(90, site, day, nth) as visits,
        case when nth < 3 then 2 else 0 end as reached
    from days
    union all by name
    select *, 'social' as report, unnest(range(12)) as nth, 20 + drawn(200, site, day, nth) as visits, 0 as reached
    from days
    union all by name
    select
        *,
        'type' as report,
        unnest([1, 2, 3, 6, 7]) as nth,
        -- more than the labels of the kind name
        case when nth < 4 then 900 when nth = 6 then 100 * labels else 12 * 220 end as visits,
        case when nth = 6 then 6 else 0 end as reached
    from days
)

select *
from rows_of_days
-- of what was told, every fifth row moves later
where age = 0 or drawn(5, site, day, nth) = 0;

create or replace temp macro traffic_records(since, until, kind) as table
select
    site as account,
    night,
    to_json({
        'day': cast(day as varchar),
        'label': case
            when report = 'campaign' then campaign(day, nth)
            when report = 'social' then ['Facebook', 'LinkedIn', 'X', 'Mastodon'][1 + least(nth, 3)] || case when nth > 3 then cast(nth as varchar) else '' end
            else cast(nth as varchar)
        end,
        'nb_visits': visits + age,
        'nb_uniq_visitors': visits,
        'nb_actions': visits * 3,
        'bounce_count': visits // 3,
        'sum_visit_length': visits * 90,
        'goals': {'idgoal=1': {'nb_conversions': reached}},
        'referrer_type': case report when 'campaign' then 6 when 'social' then 7 else nth end
    }) as record
from traffic(since, until)
where report = kind;

create or replace temp macro matomo_referrer_types(since, until, whole) as table
from traffic_records(since, until, 'type');

create or replace temp macro matomo_socials(since, until, whole) as table
from traffic_records(since, until, 'social');

create or replace temp macro matomo_campaigns(since, until, whole) as table
from traffic_records(since, until, 'campaign');

create or replace temp macro matomo_visits(since, until, whole) as table
select
    site as account,
    night,
    to_json({
        'day': cast(day as varchar),
        'nb_visits': 30000,
        'nb_uniq_visitors': 20000,
        'nb_actions': 90000,
        'bounce_count': 10000,
        'sum_visit_length': 2700000 + age
    }) as record
from site_days(since, until);

-- Sixteen orders a day and site; the site's log knows the way of three in four: it began six days before.
create or replace temp macro order_id(day, site, nth) as
cast(cast(strftime(day, '%Y%m%d') as bigint) * 1000 + cast(site as bigint) * 20 + nth as bigint);

create or replace temp macro matomo_visit_log(since, until, whole) as table
with orders as (
    select *, unnest(range(12)) as nth, 'order' as kind
    from (select *, unnest([0, 2, 6]) as before from site_days(since, until) where age = 0)
),

others as (
    select *, unnest(range(46)) as nth, case when nth < 6 then 'goal' else 'other' end as kind, 0 as before
    from site_days(since, until)
    where age = 0
),

visits as (
    select
        *,
        case
            when kind = 'goal' or before = 2 then 'campaign'
            when before = 6 then 'social'
            else ['direct', 'search', 'campaign', 'social'][1 + drawn(4, site, day, nth)]
        end as referrer,
        case when kind = 'goal' then nth % 3 else drawn(getvariable('labels'), site, day, nth) end as label
    from (select * from orders union all by name select * from others)
)

select
    site as account,
    night,
    to_json({
        'day': cast(day as varchar),
        'idVisit': concat_ws('-', strftime(day, '%Y%m%d'), site, kind, nth, before),
        'visitor': case kind
            when 'order' then md5(cast(order_id(day + before, site, nth) as varchar))
            else md5(concat_ws('-', strftime(day, '%Y%m%d'), site, kind, nth * 3 // 4))
        end,
        'started_at': strftime(day + to_minutes(400 + nth * 12), '%Y-%m-%dT%H:%M:%SZ'),
        'referrerType': referrer,
        'referrerName': case when referrer = 'social' then 'Facebook' end,
        'campaignName': case when referrer = 'campaign' then campaign(day, label) end,
        'campaignSource': case when referrer = 'campaign' then 'facebook' end,
        'campaignContent': case when nth % 2 = 0 then named_post(day, site, nth) end,
        'goals': case when kind = 'goal' then ['1'] else [] end,
        'orders': case
            when kind = 'order' and before = 0 then [{'orderId': cast(order_id(day, site, nth) as varchar)}]
            else []
        end
    }) as record
from visits;

create or replace temp macro woocommerce_orders(since, until, whole) as table
with orders as (
    select *, unnest(range(16)) as nth, order_id(day, site, nth) as id
    from site_days(since, until)
),

moments as (
    select *, day + to_minutes(401 + nth * 12) as moment
    from orders
    where age = 0 or nth = 1
)

select
    'shop' || site as account,
    night,
    to_json({
        'id': id,
        'number': cast(id as varchar),
        'status': 'completed',
        'currency': 'EUR',
        'date_created_gmt': strftime(moment, '%Y-%m-%dT%H:%M:%S'),
        'date_paid_gmt': strftime(moment, '%Y-%m-%dT%H:%M:%S'),
        'total': format('{:.2f}', 20 + drawn(9000, id, '', '') / 100.0),
        'refunds': case when age > 0 then [{'id': 1, 'total': '-5.00'}] else [] end,
        'meta_data': [
            {'id': 1, 'key': '_wc_order_attribution_utm_source', 'value': 'facebook'},
            {'id': 2, 'key': '_wc_order_attribution_utm_campaign', 'value': campaign(day, drawn(getvariable('labels'), id, '', ''))},
            {'id': 3, 'key': '_wc_order_attribution_utm_content', 'value': named_post(day, site, nth)},
            {'id': 4, 'key': '_wc_order_attribution_source_type', 'value': 'utm'},
            {'id': 5, 'key': '_wc_order_attribution_session_start_time', 'value': strftime(moment - interval 20 minutes, '%Y-%m-%d %H:%M:%S')}
        ]
    }) as record
from moments;
