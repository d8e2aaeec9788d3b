-- Three weeks of a channel that is read as its owner and of a small one that is read with a key alone.
-- Legal oddities are part of it: days that come three days late, one that is left out, likes and comments that are
-- hidden, a day on which more likes were taken back than given, a deleted video, a channel that hides its level.
insert into ops.ledger by name
select
    'youtube' as platform, account, night, 'run' as run_id, night - 28 as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights, (values ('channel'), ('side')) as a (account);

insert into ops.stream_night by name
select
    'youtube' as platform, l.account, l.night, s.stream,
    not (l.account = 'side' and s.stream in ('channel_days', 'video_totals')) as delivered,
    case when l.account = 'side' and s.stream <> 'channel' then 0 else 30 end as rows,
    case
        when l.account = 'side' and s.stream in ('channel_days', 'video_totals')
            then 'an API key shows only what is public'
    end as reason,
    l.observed_at, l.night as newest_day
from ops.ledger as l
inner join (values
    ('channel'), ('posts'), ('comment_threads'), ('channel_days'), ('video_totals'), ('tracked')
) as s (stream) on l.platform = 'youtube';

-- A day of Analytics is first told three nights later and corrected on the next one; one quiet day never comes.
insert into staging.youtube_account_day by name
select
    'youtube' as platform, 'channel' as account, n.night - 3 - cast(a.again as integer) as day,
    'America/Los_Angeles' as day_timezone, 30 as followers_gained, 9 as followers_lost,
    900 + 3 * n.i + a.again as impressions, case when n.i = 12 then -2 else 40 end as reactions, 5 as comments,
    6 as shares, 900 + 3 * n.i + a.again as video_views, n.night, n.night + interval 27 hours as observed_at,
    'run' as run_id
from nights as n, range(2) as a (again)
where n.night - 3 - cast(a.again as integer) <> date '2026-10-21'
union all by name
select
    'youtube' as platform, account, night as day, 'America/Los_Angeles' as day_timezone,
    case account when 'channel' then 12300 + 100 * (i // 6) else 612 + i end as followers, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('channel'), ('side')) as a (account);

insert into staging.youtube_public_account_day by name
select
    'youtube' as platform, account, night as day, 'America/Los_Angeles' as day_timezone,
    case account when 'rival' then 48300 end as followers, night, night + interval 27 hours as observed_at,
    'run' as run_id
from nights, (values ('rival'), ('silent_rival')) as a (account);

-- Who watches them: a channel of others that is told wrongly sets the account aside that asked for it.
insert into raw.youtube_tracked by name
select account as id, 'channel' as _account, night as _night, false as _absent
from staging.youtube_public_account_day;

-- One video a day, seen for five nights; one hides its likes, one takes no comments, one was deleted.
create temp table videos as
select
    n.night as day, 'v' || n.i as post_id, n.i, n.night + interval 18 hours as published_at,
    n.night + cast(a.age as integer) as night, a.age
from nights as n, range(5) as a (age)
where n.night + cast(a.age as integer) <= date '2026-11-02';

insert into staging.youtube_post by name
select
    'youtube' as platform, 'channel' as account, day, 'America/Los_Angeles' as day_timezone, post_id, published_at,
    'video' as type, 'Brise' as text, 'https://www.youtube.com/watch?v=' || post_id as link,
    post_id = 'v14' and age = 3 as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from videos
where age in (0, 3);

insert into staging.youtube_post_snapshot by name
select
    'youtube' as platform, 'channel' as account, day, 'America/Los_Angeles' as day_timezone, post_id,
    'posts' as stream, 100 * (age + 1) as impressions, case when i <> 18 then 10 + age end as reactions,
    case when i <> 16 then 1 + age end as comments, case when age > 1 then age end as shares,
    100 * (age + 1) as video_views, night, night + interval 27 hours as observed_at, 'run' as run_id
from videos;

insert into staging.youtube_response by name
select
    'youtube' as platform, 'channel' as account, day, 'America/Los_Angeles' as day_timezone, 't' || i as response_id,
    post_id, published_at + interval 2 hours as written_at, 'abcdef012345' as person, false as is_own,
    true as is_live, night, night + interval 27 hours as observed_at, 'run' as run_id
from videos
where age = 0;
