-- The brand's site and shop, like history.sql: one site, 40 orders a day.

create or replace temp macro days_of(since, until, whole, back) as table
select
    day,
    case when whole then until else greatest(day, since) end as night,
    700 + drawn(600, 'site', day, '') as visits
from (
    select
        cast(
            unnest(generate_series(case when whole then until - back else since - 28 end, until, interval 1 day))
            as date
        ) as day
);

create or replace temp macro referrers(since, until, whole) as table
select
    day,
    night,
    unnest([
        {'label': 'Direct Entry', 'type': 1, 'visits': visits - 5 * (visits // 6), 'of': 'type'},
        {'label': 'Search Engines', 'type': 2, 'visits': 2 * (visits // 6), 'of': 'type'},
        {'label': 'Websites', 'type': 3, 'visits': visits // 6, 'of': 'type'},
        {'label': 'Campaigns', 'type': 6, 'visits': visits // 6, 'of': 'type'},
        {'label': 'Social Networks', 'type': 7, 'visits': visits // 6, 'of': 'type'},
        {'label': 'autumn-2026', 'type': 6, 'visits': visits // 6, 'of': 'campaign'},
        {'label': 'Facebook', 'type': 7, 'visits': visits // 6 - visits // 20, 'of': 'social'},
        {'label': 'LinkedIn', 'type': 7, 'visits': visits // 20, 'of': 'social'}
    ]) as row
from days_of(since, until, whole, 3);

create or replace temp macro referrer_records(since, until, whole, kind) as table
select
    '1' as account,
    night,
    to_json({
        'day': cast(day as varchar),
        'label': row.label,
        'nb_visits': row.visits,
        'nb_uniq_visitors': row.visits * 9 // 10,
        'nb_actions': row.visits * 3,
        'max_actions': 20,
        'bounce_count': row.visits // 3,
        'sum_visit_length': row.visits * 90,
        'nb_visits_converted': row.visits // 30,
        'nb_conversions': row.visits // 30,
        'revenue': 0,
        'goals': {'idgoal=1': {'nb_conversions': row.visits // 30, 'nb_visits_converted': row.visits // 30}},
        'segment': 'referrerType==' || row.type,
        'referrer_type': row.type
    }) as record
from referrers(since, until, whole)
where row.of = kind;

create or replace temp macro matomo_referrer_types(since, until, whole) as table
from referrer_records(since, until, whole, 'type');

create or replace temp macro matomo_socials(since, until, whole) as table
from referrer_records(since, until, whole, 'social');

create or replace temp macro matomo_campaigns(since, until, whole) as table
from referrer_records(since, until, whole, 'campaign');

create or replace temp macro matomo_visits(since, until, whole) as table
select
    '1' as account,
    night,
    to_json({
        'day': cast(day as varchar),
        'nb_visits': visits,
        'nb_uniq_visitors': visits * 9 // 10,
        'nb_users': 0,
        'nb_actions': visits * 3,
        'max_actions': 20,
        'bounce_count': visits // 3,
        'sum_visit_length': visits * 90,
        'nb_visits_converted': visits // 30,
        'bounce_rate': '33%'
    }) as record
from days_of(since, until, whole, 3);

create or replace temp macro matomo_goals(since, until, whole) as table
select
    '1' as account,
    night,
    to_json({
        'day': cast(day as varchar),
        'goal': '1',
        'nb_conversions': visits // 30,
        'nb_visits_converted': visits // 30,
        'revenue': 0
    }) as record
from days_of(since, until, whole, 3);

create or replace temp macro woocommerce_orders(since, until, whole) as table
with orders as (
    select
        night,
        cast(strftime(day, '%Y%m%d') as bigint) * 100 + nth as id,
        strftime(day + to_minutes(480 + nth * 12), '%Y-%m-%dT%H:%M:%S') as moment
    from days_of(since, until, whole, 3), range(40) as numbers (nth)
)

select
    'boutique' as account,
    night,
    to_json({
        'id': id,
        'number': cast(id as varchar),
        'status': 'completed',
        'currency': 'EUR',
        'date_created_gmt': moment,
        'date_modified_gmt': moment,
        'date_paid_gmt': moment,
        'date_completed_gmt': moment,
        'total': format('{:.2f}', 20 + drawn(9000, id, '', '') / 100.0),
        'total_tax': '3.00',
        'discount_total': '0.00',
        'shipping_total': '4.90',
        'refunds': [],
        'meta_data': [
            {'id': 1, 'key': '_wc_order_attribution_utm_source', 'value': 'facebook'},
            {'id': 2, 'key': '_wc_order_attribution_utm_campaign', 'value': 'autumn-2026'}
        ],
        'created_via': 'checkout'
    }) as record
from orders;
