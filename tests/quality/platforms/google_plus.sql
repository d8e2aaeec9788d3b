-- Google+: an archive made on 2026-11-02, with posts of 2013 and 2018, some of them of an HTML export.
insert into ops.ledger by name
select
    'google_plus' as platform, 'brand' as account, date '2026-11-02' as night, 'file-1' as run_id,
    date '2013-11-01' as window_since, date '2026-11-02' as window_until,
    timestamp '2026-11-02 23:59:59' as observed_at, 'loaded' as state;

insert into ops.stream_night by name
select
    'google_plus' as platform, 'brand' as account, date '2026-11-02' as night, s.stream, true as delivered,
    s.rows, 'unverifiable' as verified, timestamp '2026-11-02 23:59:59' as observed_at
from (values ('posts', 24), ('comments', 12)) as s (stream, rows);

create temp table archived as
select
    'google_plus' as platform, 'brand' as account, days.day, 'UTC' as day_timezone, 'p' || i as post_id,
    days.day + interval 16 hours as published_at, i, 'archive' as origin, date '2026-11-02' as night,
    timestamp '2026-11-02 23:59:59' as observed_at, 'file-1' as run_id
from range(24) as n (i)
cross join lateral (select date '2013-11-05' + cast(75 * i as integer) as day) as days;

insert into staging.google_plus_post by name
select * exclude (i), if(i % 3 = 0, 'photo', 'text') as type, 'words' as text, false as is_absent from archived;

insert into staging.google_plus_post_snapshot by name
select
    * exclude (i, published_at), 'posts' as stream, i as reactions, if(i % 2 = 0, 1, 0) as comments, i // 4 as shares
from archived;

insert into staging.google_plus_response by name
select
    * exclude (i, published_at), post_id || '#1' as response_id, published_at + interval 1 hour as written_at,
    false as is_own, true as is_live
from archived
where i % 2 = 0;
