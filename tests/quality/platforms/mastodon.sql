-- Three weeks of an account on Mastodon: a level every night, a post a day seen for five nights, two answers below
-- each, one post deleted, one withdrawn favourite; somebody else to compare.
insert into ops.ledger by name
select
    'mastodon' as platform, 'atelier' as account, night, 'run' as run_id, night - 28 as window_since,
    night as window_until, night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    'mastodon' as platform, 'atelier' as account, night, stream, true as delivered, 3 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights, (values ('account'), ('posts'), ('comments'), ('tracked')) as s (stream);

insert into staging.mastodon_account_day by name
select
    'mastodon' as platform, 'atelier' as account, night as day, 'UTC' as day_timezone, 2000 + 5 * i as followers,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;

insert into staging.mastodon_public_account_day by name
select
    'mastodon' as platform, 'voilerie@autre.example' as account, night as day, 'UTC' as day_timezone,
    5000 + 7 * i as followers, 900 + 2 * i as posts_total, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;

-- Who watches them: somebody who is told wrongly sets the account aside that asked.
insert into raw.mastodon_tracked by name
select 'atelier' as _account, night as _night, false as _absent, night::varchar as day, 'voilerie@autre.example' as acct
from nights;

insert into staging.mastodon_post by name
select
    'mastodon' as platform, 'atelier' as account, night as day, 'UTC' as day_timezone, 'toot_' || i as post_id,
    night + interval 9 hours as published_at, 'image' as type, 'words' as text, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
union all by name
select
    'mastodon' as platform, 'atelier' as account, night - 2 as day, 'UTC' as day_timezone, 'toot_9' as post_id,
    night - interval 39 hours as published_at, 'image' as type, 'words' as text, true as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i = 11;

insert into staging.mastodon_post_snapshot by name
select
    'mastodon' as platform, 'atelier' as account, n.night as day, 'UTC' as day_timezone, 'toot_' || n.i as post_id,
    'posts' as stream, 10 + 4 * age - case when n.i = 17 and age = 3 then 5 else 0 end as reactions, 1 + age as comments,
    2 + age as shares, n.night + cast(age as integer) as night, n.night + cast(age as integer) + interval 27 hours as observed_at,
    'run' as run_id
from nights as n, range(5) as a (age)
where n.night + cast(age as integer) <= date '2026-11-02';

insert into staging.mastodon_response by name
select
    'mastodon' as platform, 'atelier' as account, night as day, 'UTC' as day_timezone,
    'answer_' || i || '_' || k as response_id, 'toot_' || i as post_id, night + interval 12 hours as written_at,
    'ab12' as person, k = 2 as is_own, true as is_live, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values (1), (2)) as each_ (k);
