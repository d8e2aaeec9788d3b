-- A brand's nights, made by SQL: what each account's platform says on each night, as records of JSON.
-- Every macro gives account, night and record. With whole = false these are the records that differ from
-- what was seen before, which is what the raw tables keep; with whole = true all that one night reads.
-- Nothing is random: the same account, day and night always give the same record.

create or replace temp macro drawn(spread, a, b, c) as cast(hash(a, b, c) % spread as bigint);

-- How much of its final counters a post has after so many nights; then nothing moves any more.
create or replace temp macro reached(age) as [0.5, 0.75, 0.88, 0.94, 0.97, 0.985, 0.995, 1.0][1 + least(age, 7)];

create or replace temp macro pages() as table
select cast(104001 + i as varchar) as account from range(cast(getvariable('pages') as bigint)) as numbers (i);

-- Posts of a page in a hundred days. 118: two years of 198 pages are five million evenings of posts.
create or replace temp macro busy() as coalesce(cast(getvariable('busy') as bigint), 118);

-- Days from `since` to `until`, each with the page of every account.
create or replace temp macro page_days(since, until) as table
select account, cast(unnest(generate_series(since, until, interval 1 day)) as date) as day from pages();

create or replace temp macro insight(name, value) as
to_json({'name': name, 'period': 'lifetime', 'values': [{'value': value}]});

create or replace temp macro facebook_posts(since, until, whole) as table
with posts as (
    select
        account,
        day,
        unnest(range(busy() // 100 + cast(drawn(100, account, day, 'posts') < busy() % 100 as bigint))) as nth
    from page_days(since - 28, until)
),

looks as (
    select
        *,
        account || '_' || strftime(day, '%Y%m%d') || nth as id,
        200 + drawn(20000, account, day, nth) as final,
        unnest(
            case
                when not whole then generate_series(
                    greatest(day, since), least(until, greatest(since, day + 7)), interval 1 day
                )
                when day >= until - 28 then [cast(until as timestamp)]
                else []
            end
        ) as looked
    from posts
),

counters as (
    select
        *,
        cast(looked as date) as night,
        -- the published hour is over before the night is read, in every month
        strftime(
            (day + to_hours(6 + drawn(12, id, 'hour', 0))) at time zone 'America/Los_Angeles', '%Y-%m-%dT%H:%M:%S+0000'
        ) as created,
        cast(final * reached(cast(looked as date) - day) as bigint) as views
    from looks
)

select
    account,
    night,
    to_json({
        'id': id,
        'message': 'The boats of the day, post ' || id || ', with all that they bring #boats #day' || nth
            || ' https://boutique.example/?utm_source=facebook&utm_campaign=autumn-2026',
        'created_time': created,
        'updated_time': created,
        'permalink_url': 'https://www.facebook.com/' || account || '/posts/' || id,
        'status_type': 'added_photos',
        'shares': {'count': views // 400 + 1},
        'reactions': {'data': [], 'summary': {'total_count': views // 25, 'viewer_reaction': 'NONE'}},
        'comments': {'data': [], 'summary': {'total_count': views // 250, 'order': 'chronological'}},
        'insights': {
            'data': [
                insight('post_media_view', views),
                insight('post_total_media_view_unique', views * 8 // 10),
                insight('post_clicks', views // 40),
                insight('post_reactions_by_type_total', {'like': views // 30, 'love': views // 25 - views // 30}),
                insight('post_video_views', views // 10)
            ]
        }
    }) as record
from counters;

create or replace temp macro facebook_page(since, until, whole) as table
select
    account,
    day as night,
    to_json({
        'day': cast(day as varchar),
        'id': account,
        'name': 'Page ' || account,
        'username': 'page' || account,
        'fan_count': 5000 + (day - date '2024-01-01') * 8,
        'followers_count': 5000 + (day - date '2024-01-01') * 8,
        'link': 'https://www.facebook.com/' || account,
        'is_published': true
    }) as record
from page_days(since, until);

-- A day comes with the night after it; what people saw is corrected once, a night later.
create or replace temp macro facebook_page_insights(since, until, whole) as table
with days as (
    select
        account,
        day,
        greatest(day + 1, since) as first_look,
        day - date '2024-01-01' as nth,
        drawn(50, account, day, '') - drawn(50, account, day - 1, '') as jump,
        3000 + drawn(3000, account, day, 'seen') as seen
    from page_days(since - 28, until - 1)
),

metrics as (
    select
        account,
        day,
        first_look,
        unnest([
            {'name': 'page_follows', 'period': 'day', 'value': 5000 + nth * 8 + drawn(50, account, day, ''), 'final': true},
            {'name': 'page_daily_follows_unique', 'period': 'day', 'value': 68 + jump, 'final': true},
            {'name': 'page_daily_unfollows_unique', 'period': 'day', 'value': 60, 'final': true},
            {'name': 'page_views_total', 'period': 'day', 'value': seen // 30, 'final': true},
            {'name': 'page_media_view', 'period': 'day', 'value': seen * 2, 'final': false},
            {'name': 'page_total_media_view_unique', 'period': 'day', 'value': seen, 'final': false},
            {'name': 'page_total_media_view_unique', 'period': 'week', 'value': seen * 4, 'final': false},
            {'name': 'page_total_media_view_unique', 'period': 'days_28', 'value': seen * 9, 'final': false},
            {'name': 'page_post_engagements', 'period': 'day', 'value': seen // 20, 'final': true},
            {'name': 'page_video_views', 'period': 'day', 'value': seen // 7, 'final': true}
        ]) as metric
    from days
),

looks as (
    select
        *,
        unnest(
            case
                when whole and day >= until - 28 then [until]
                when whole then []
                when metric.final or day + 1 < since then [first_look]
                else [first_look, first_look + 1]
            end
        ) as night
    from metrics
)

select
    account,
    night,
    to_json({
        'name': metric.name,
        'period': metric.period,
        'end_time': strftime((day + to_days(1)) at time zone 'America/Los_Angeles', '%Y-%m-%dT%H:%M:%S+0000'),
        'value': metric.value + case when metric.final then 0 else least(night - day, 2) end
    }) as record
from looks
where night <= until;
