-- Three weeks of an account on X: a level and the newest day of its analytics every night, the day before restated
-- once, a post a day seen for five nights, a mention and an answer of the brand, one post deleted, one like
-- withdrawn, a post whose private clicks ended with its thirtieth day; a small account that an app reads for itself,
-- without analytics and clicks; a competitor.
insert into ops.ledger by name
select
    'x' as platform, account, night, 'run' as run_id, night - 28 as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights, (values ('144'), ('145')) as a (account);

insert into ops.stream_night by name
select
    'x' as platform, account, night, stream, not (account = '145' and stream = 'analytics') as delivered,
    case when account = '145' and stream = 'analytics' then 0 else 3 end as rows,
    case when account = '145' and stream = 'analytics' then 'an app is not told' end as reason,
    night + interval 27 hours as observed_at, night as newest_day
from nights, (values ('144'), ('145')) as a (account),
    (values ('account'), ('posts'), ('analytics'), ('mentions'), ('replies')) as s (stream);

insert into staging.x_account_day by name
select
    'x' as platform, account, night as day, 'UTC' as day_timezone, 800 + 3 * i as followers,
    case when account = '144' then 500 + i end as impressions, case when account = '144' then 30 + i % 3 end as reactions,
    case when account = '144' then 4 end as comments, case when account = '144' then 2 end as shares,
    case when account = '144' then 12 end as clicks, case when account = '144' then 1 end as saves,
    case when account = '144' then 49 end as engagements_reported,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('144'), ('145')) as a (account)
union all by name
select
    'x' as platform, '144' as account, night - 1 as day, 'UTC' as day_timezone, 510 + i as impressions,
    30 + i % 3 as reactions, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;

insert into staging.x_public_account_day by name
select
    'x' as platform, 'rival' as account, night as day, 'UTC' as day_timezone, 5000 + 7 * i as followers,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;

insert into raw.x_tracked by name
select '144' as _account, night as _night, false as _absent, night::varchar as day, '9' as id, 'Rival' as username
from nights;

insert into staging.x_post by name
select
    'x' as platform, account, night as day, 'UTC' as day_timezone, account || '_' || i as post_id,
    night + interval 9 hours as published_at, 'media' as type, 'words' as text, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('144'), ('145')) as a (account)
union all by name
select
    'x' as platform, '144' as account, night - 2 as day, 'UTC' as day_timezone, '144_9' as post_id,
    night - interval 39 hours as published_at, 'media' as type, 'words' as text, true as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i = 11;

insert into staging.x_post_snapshot by name
select
    'x' as platform, account, n.night as day, 'UTC' as day_timezone, account || '_' || n.i as post_id,
    'posts' as stream, 100 * (age + 1) as impressions, 10 + 4 * age - case when n.i = 17 and age = 3 then 5 else 0 end as reactions,
    1 + age as comments, 2 + age as shares, case when account = '144' then 3 + age end as clicks, age as saves,
    n.night + cast(age as integer) as night, n.night + cast(age as integer) + interval 27 hours as observed_at,
    'run' as run_id
from nights as n, range(5) as a (age), (values ('144'), ('145')) as b (account)
where n.night + cast(age as integer) <= date '2026-11-02'
union all by name
select
    'x' as platform, '144' as account, date '2026-10-03' as day, 'UTC' as day_timezone, '144_old' as post_id,
    'posts' as stream, 900 as impressions, 40 as reactions, 3 as comments, 4 as shares,
    case when night < date '2026-11-02' then 9 end as clicks, 1 as saves, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
where night >= date '2026-11-01';

insert into staging.x_response by name
select
    'x' as platform, account, night as day, 'UTC' as day_timezone, account || '_' || i || '_' || k as response_id,
    account || '_' || i as post_id, night + interval 12 hours as written_at, case when k = 1 then 'ab12' end as person,
    k = 2 as is_own, true as is_live, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values (1), (2)) as each_ (k), (values ('144'), ('145')) as a (account);

-- The first account watches somebody else.
insert into ops.stream_night by name
select
    'x' as platform, '144' as account, night, 'tracked' as stream, true as delivered, 1 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights;
