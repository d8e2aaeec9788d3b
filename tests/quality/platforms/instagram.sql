-- Three weeks of two accounts on Instagram: the big one with its audience, a post a day seen for five nights, a story
-- a day that is over on the next one, two comments below each post; a small one without new followers or audience.
-- One reel lost a like, one picture was deleted, one post hides nothing but has no insights; a day came late.
insert into ops.ledger by name
select
    'instagram' as platform, account, night, 'run' as run_id, night - 28 as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights, (values ('marin'), ('tiny')) as a (account);

insert into ops.stream_night by name
select
    'instagram' as platform, account, night, stream,
    not (account = 'tiny' and stream = 'demographics') as delivered,
    case when account = 'tiny' and stream in ('demographics', 'comments', 'stories') then 0 else 3 end as rows,
    case when account = 'tiny' and stream = 'demographics' then 'fewer than 100' end as reason,
    night + interval 27 hours as observed_at, night - 1 as newest_day
from
    nights,
    (values ('marin'), ('tiny')) as a (account),
    (values ('profile'), ('series'), ('totals'), ('media'), ('stories'), ('comments'), ('demographics')) as s (stream);

insert into staging.instagram_account_day by name
select
    'instagram' as platform, account, night as day, 'America/Los_Angeles' as day_timezone,
    case when account = 'marin' then 6000 + 9 * i else 80 end as followers, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('marin'), ('tiny')) as a (account)
union all by name
select
    'instagram' as platform, account, night - 1 as day, 'America/Los_Angeles' as day_timezone,
    case when account = 'marin' then 14 end as followers_gained, size * (50 + i) as reach_1d,
    size * (90 + 2 * i) as impressions, size * 4 as reactions, size as comments, 1 as shares, size as clicks,
    0 as saves, size * 7 as engagements_reported,
    -- 2026-10-30 came one night late
    case when night = date '2026-10-31' then night + 1 else night end as night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('marin', 10), ('tiny', 1)) as a (account, size)
union all by name
select
    'instagram' as platform, 'marin' as account, night - 2 as day, 'America/Los_Angeles' as day_timezone,
    10 * (90 + 2 * i) + 3 as impressions, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i > 1 and night <> date '2026-11-01';

insert into raw.instagram_series by name
select
    account as _account, night as _night, false as _absent, 'reach' as name,
    (day + 1)::varchar || case when day < date '2026-11-01' then 'T07:00:00+0000' else 'T08:00:00+0000' end as end_time
from staging.instagram_account_day
where reach_1d is not null;

insert into raw.instagram_profile by name
select
    account as _account, night as _night, false as _absent, day::varchar as day, followers as followers_count
from staging.instagram_account_day
where followers is not null;

insert into staging.instagram_post by name
select
    'instagram' as platform, account, night as day, 'America/Los_Angeles' as day_timezone,
    account || '_' || i as post_id, night + interval 18 hours as published_at,
    case i % 3 when 0 then 'image' when 1 then 'reel' else 'carousel_album' end as type, 'words' as text,
    false as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('marin'), ('tiny')) as a (account)
union all by name
select
    'instagram' as platform, 'marin' as account, night as day, 'America/Los_Angeles' as day_timezone,
    'story_' || i as post_id, night + interval 20 hours as published_at, 'story' as type, false as is_absent,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from nights
union all by name
select
    'instagram' as platform, 'marin' as account, night - 1 as day, 'America/Los_Angeles' as day_timezone,
    'story_' || (i - 1) as post_id, night - interval 4 hours as published_at, 'story' as type, true as is_absent,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i > 0
union all by name
select
    'instagram' as platform, 'marin' as account, night - 2 as day, 'America/Los_Angeles' as day_timezone,
    'marin_9' as post_id, night - interval 30 hours as published_at, 'image' as type, 'words' as text,
    true as is_absent, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i = 11;

insert into staging.instagram_post_snapshot by name
select
    'instagram' as platform, account, n.night as day, 'America/Los_Angeles' as day_timezone,
    account || '_' || n.i as post_id, 'media' as stream,
    case when n.i <> 18 then 100 * (age + 1) end as impressions, case when n.i <> 18 then 70 * (age + 1) end as reach,
    10 + 4 * age - case when n.i = 16 and age = 4 then 5 else 0 end as reactions, 2 as comments,
    case when n.i <> 18 then age end as shares, case when n.i <> 18 then age end as saves,
    case when n.i % 3 = 1 then 100 * (age + 1) end as video_views,
    n.night + cast(age as integer) as night, n.night + cast(age as integer) + interval 27 hours as observed_at,
    'run' as run_id
from nights as n, (values ('marin'), ('tiny')) as a (account), range(5) as o (age)
where n.night + cast(age as integer) <= date '2026-11-02'
union all by name
select
    'instagram' as platform, 'marin' as account, night as day, 'America/Los_Angeles' as day_timezone,
    'story_' || i as post_id, 'stories' as stream, 300 as impressions, 280 as reach, 0 as reactions, 1 as shares,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;

insert into staging.instagram_response by name
select
    'instagram' as platform, 'marin' as account, night as day, 'America/Los_Angeles' as day_timezone,
    'said_' || i || '_' || k as response_id, 'marin_' || i as post_id, night + interval 21 hours as written_at,
    case when k = 1 then '0123456789abcdef01234567' end as person, k = 2 as is_own, true as is_live, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values (1), (2)) as each_ (k);

insert into staging.instagram_audience_day by name
select
    'instagram' as platform, 'marin' as account, night as day, 'America/Los_Angeles' as day_timezone, dimension, segment,
    size + i as followers,
    -- on the first evening of a month nothing is told of it yet
    case when day(night) > 1 then (day(night) - 1) * size // 10 end as reach,
    case when day(night) > 1 then date_trunc('month', night) end as reach_since,
    night, night + interval 27 hours as observed_at, 'run' as run_id
from
    nights,
    (values
        ('age,gender', 'F.25-34', 2000), ('age,gender', 'M.25-34', 1500), ('country', 'country.FR', 4000),
        ('city', 'city.Paris', 500)
    ) as s (dimension, segment, size);

insert into staging.instagram_public_account_day by name
select
    'instagram' as platform, 'voilerie.autre' as account, night as day, 'America/Los_Angeles' as day_timezone,
    9000 + 7 * i as followers, night, night + interval 27 hours as observed_at, 'run' as run_id
from nights;

-- Who watches them: somebody who is told wrongly sets the account aside that asked.
insert into raw.instagram_tracked by name
select 'marin' as _account, night as _night, false as _absent, night::varchar as day, 'voilerie.autre' as username
from nights;

-- The first account watches somebody else.
insert into ops.stream_night by name
select
    'instagram' as platform, 'marin' as account, night, 'tracked' as stream, true as delivered, 1 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights;
