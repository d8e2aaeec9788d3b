-- Three weeks of two pages on LinkedIn: a level every night, days that are counted two days later, a post a day seen
-- for five nights whose counters begin two nights after it, a comment and its answer below each; one post was deleted,
-- one lost a like, one day was never counted for the page's views.
create temp table linkedin_pages as
select * from (values ('guild', 10), ('loft', 1)) as p (account, scale);

insert into ops.ledger by name
select
    'linkedin' as platform, account, night, 'run' as run_id, night - 28 as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights, linkedin_pages;

insert into ops.stream_night by name
select
    'linkedin' as platform, account, night, stream, true as delivered, 3 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights, linkedin_pages, (values
    ('followers'), ('follower_gains'), ('share_stats'), ('page_stats'), ('demographics'), ('posts'), ('post_stats'),
    ('comments')
) as s (stream);

insert into staging.linkedin_account_day by name
select
    'linkedin' as platform, account, night as day, 'UTC' as day_timezone, scale * (300 + i) as followers, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, linkedin_pages
union all by name
select
    'linkedin' as platform, account, night - 2 as day, 'UTC' as day_timezone, scale as followers_gained,
    scale * (20 + i) as reach_1d, scale * (30 + i) as impressions, scale * (i % 3) as reactions, 1 as comments,
    0 as shares, scale * 2 as clicks, case when i <> 6 then scale * 4 end as profile_views, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, linkedin_pages;

insert into raw.linkedin_followers by name
select account as _account, night as _night, false as _absent, night as day, scale * (300 + i) as "firstDegreeSize"
from nights, linkedin_pages;

insert into staging.linkedin_audience_day by name
select
    'linkedin' as platform, account, night as day, 'UTC' as day_timezone,
    split_part(segment, ':', 1) as dimension, segment, scale * part as followers, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, linkedin_pages, (values
    ('GeoCountry:urn:li:geo:1', 200), ('GeoCountry:urn:li:geo:2', 60), ('StaffCountRange:SIZE_1', 90)
) as s (segment, part);

insert into staging.linkedin_post by name
select
    'linkedin' as platform, account, night as day, 'UTC' as day_timezone, account || '_' || i as post_id,
    night + interval 9 hours as published_at, 'image' as type, 'words' as text, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, linkedin_pages
union all by name
select
    'linkedin' as platform, 'guild' as account, night - 2 as day, 'UTC' as day_timezone, 'guild_9' as post_id,
    night - interval 39 hours as published_at, 'image' as type, 'words' as text, true as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights
where i = 11;

insert into staging.linkedin_post_snapshot by name
select
    'linkedin' as platform, account, n.night as day, 'UTC' as day_timezone, account || '_' || n.i as post_id,
    'post_stats' as stream, 100 * age as impressions, 60 * age as reach,
    4 * age - case when n.i = 14 and age = 4 then 5 else 0 end as reactions, age as shares, 2 * age as clicks,
    n.night + cast(age as integer) as night, n.night + cast(age as integer) + interval 27 hours as observed_at,
    'run' as run_id
from nights as n, linkedin_pages, range(2, 6) as a (age)
where n.night + cast(age as integer) <= date '2026-11-02';

insert into staging.linkedin_response by name
select
    'linkedin' as platform, account, night as day, 'UTC' as day_timezone,
    account || '_comment_' || i || '_' || k as response_id, account || '_' || i as post_id,
    night + interval 12 hours as written_at, 'ab12' as person, k = 2 as is_own, true as is_live, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, linkedin_pages, (values (1), (2)) as each_ (k);
