-- Three weeks of two accounts on TikTok, of which the small one has no audience: days that come one or two nights
-- late, a level every night, a video a day seen for five nights whose reach is not known on the first, an answer and
-- the brand's own below each; one video was deleted, one lost a like, one comment was taken back.
create temp table tiktok_accounts as
select * from (values ('atelier', 10), ('quay', 1)) as p (account, scale);

insert into ops.ledger by name
select
    'tiktok' as platform, account, night, 'run' as run_id, night - 28 as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights, tiktok_accounts;

insert into ops.stream_night by name
select
    'tiktok' as platform, account, night, stream, not (account = 'quay' and stream = 'audience') as delivered,
    case when account = 'quay' and stream = 'audience' then 0 else 3 end as rows,
    case when account = 'quay' and stream = 'audience' then 'fewer than 100 followers' end as reason,
    night + interval 27 hours as observed_at, night - 1 as newest_day
from nights, tiktok_accounts, (values ('account'), ('days'), ('audience'), ('posts'), ('comments')) as s (stream);

-- On every fifth night the newest day is not there yet: it comes with the next one.
insert into staging.tiktok_account_day by name
select
    'tiktok' as platform, account, night as day, 'UTC' as day_timezone, scale * (90 + i) as followers, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, tiktok_accounts
union all by name
select
    'tiktok' as platform, account, night - 1 as day, 'UTC' as day_timezone, scale * (89 + i) as followers,
    scale as followers_gained, 0 as followers_lost, scale * (20 + i) as reach_1d, scale * 3 as reactions, 2 as comments,
    i % 2 as shares, scale * (30 + i) as video_views, scale * 2 as profile_views,
    night + case when i % 5 = 4 then 1 else 0 end as night, night + interval 51 hours as observed_at, 'run' as run_id
from nights, tiktok_accounts
where night < date '2026-11-02' or i % 5 <> 4;

insert into staging.tiktok_audience_day by name
select
    'tiktok' as platform, 'atelier' as account, night as day, 'UTC' as day_timezone,
    split_part(segment, ':', 1) as dimension, segment, part as followers, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('countries:FR', 550), ('countries:BE', 160), ('genders:Female', 600)) as s (segment, part);

insert into staging.tiktok_post by name
select
    'tiktok' as platform, account, night as day, 'UTC' as day_timezone, account || '_' || i as post_id,
    night + interval 17 hours as published_at, 'video' as type, 'words' as text, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, tiktok_accounts
union all by name
select
    'tiktok' as platform, 'atelier' as account, night - 2 as day, 'UTC' as day_timezone, 'atelier_9' as post_id,
    night - interval 31 hours as published_at, 'video' as type, 'words' as text, true as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i = 11;

insert into staging.tiktok_post_snapshot by name
select
    'tiktok' as platform, account, n.night as day, 'UTC' as day_timezone, account || '_' || n.i as post_id,
    'posts' as stream, case when age > 0 then 60 * age end as reach,
    4 * age + 3 - case when n.i = 14 and age = 4 then 5 else 0 end as reactions, 2 as comments, age as shares,
    age // 2 as saves, 100 * (age + 1) as video_views, n.night + cast(age as integer) as night,
    n.night + cast(age as integer) + interval 27 hours as observed_at, 'run' as run_id
from nights as n, tiktok_accounts, range(5) as a (age)
where n.night + cast(age as integer) <= date '2026-11-02' and not (account = 'atelier' and n.i = 9 and age > 1);

insert into staging.tiktok_response by name
select
    'tiktok' as platform, account, night as day, 'UTC' as day_timezone,
    account || '_comment_' || i || '_' || k as response_id, account || '_' || i as post_id,
    night + interval 19 hours as written_at, 'ab12' as person, k = 2 as is_own, true as is_live, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, tiktok_accounts, (values (1), (2)) as each_ (k)
union all by name
select
    'tiktok' as platform, 'atelier' as account, night - 3 as day, 'UTC' as day_timezone,
    'atelier_comment_' || i - 3 || '_1' as response_id, 'atelier_' || i - 3 as post_id,
    night - interval 53 hours as written_at, 'ab12' as person, false as is_own, false as is_live, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i = 15;
