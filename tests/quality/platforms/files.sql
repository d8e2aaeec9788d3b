-- Two exports of an account on X that the API does not read: one of days, one of posts, both of the night 2026-11-02.
insert into ops.ledger by name
select
    'files' as platform, unit as account, date '2026-11-02' as night, 'file-1' as run_id,
    date '2026-10-20' as window_since, date '2026-11-02' as window_until,
    timestamp '2026-11-03 00:00:00' as observed_at, 'loaded' as state
from (values ('x:atelier:days'), ('x:atelier:posts')) as u (unit);

insert into ops.stream_night by name
select
    'files' as platform, unit as account, date '2026-11-02' as night, stream, true as delivered, rows,
    timestamp '2026-11-03 00:00:00' as observed_at
from (values
    ('x:atelier:days', 'exports', 1), ('x:atelier:days', 'account_days', 14), ('x:atelier:days', 'posts', 0),
    ('x:atelier:posts', 'exports', 1), ('x:atelier:posts', 'posts', 3), ('x:atelier:posts', 'account_days', 0)
) as s (unit, stream, rows);

insert into staging.files_imported_night by name
select
    'files' as source, unit, 'x' as platform, 'atelier' as account, date '2026-10-20' as since, rows as records,
    date '2026-11-02' as night, timestamp '2026-11-03 00:00:00' as observed_at, 'file-1' as run_id
from (values ('x:atelier:days', 14), ('x:atelier:posts', 3)) as u (unit, rows);

-- A day on which nobody came is 0; what the export does not say is unknown.
insert into staging.files_account_day by name
select
    'x' as platform, 'atelier' as account, date '2026-11-02' - cast(i as integer) as day, 'UTC' as day_timezone,
    100 * i as impressions, i as followers_gained, 'export' as origin, 'x:atelier:days' as unit,
    date '2026-11-02' as night, timestamp '2026-11-03 00:00:00' as observed_at, 'file-1' as run_id
from range(14) as r (i);

insert into staging.files_post by name
select
    'x' as platform, 'atelier' as account, date '2026-10-28' + cast(i as integer) as day, 'UTC' as day_timezone,
    'post_' || i as post_id, date '2026-10-28' + cast(i as integer) + interval 0 hours as published_at,
    'words' as text, false as is_absent, 'export' as origin, 'x:atelier:posts' as unit,
    date '2026-11-02' as night, timestamp '2026-11-03 00:00:00' as observed_at, 'file-1' as run_id
from range(3) as r (i);

insert into staging.files_post_snapshot by name
select
    platform, account, day, day_timezone, post_id, 'posts' as stream, 50 as impressions, 0 as reactions,
    origin, unit, night, observed_at, run_id
from staging.files_post;
