-- Five networks over thirteen months in the tables of a real publication: what a year of a large brand looks like.
-- Of facebook two days are unknown; the last 28 days are provisional.
create or replace temp table numbers as select cast(range as integer) as n from range(400);

delete from kpi.account_daily;
insert into kpi.account_daily by name
select
    platform,
    platform || '-1' as account,
    cast(day as date) as day,
    'UTC' as day_timezone,
    case when not (platform = 'facebook' and n in (300, 301)) then 20000 + 7 * n + cast(150 * sin(n / 9.0) as integer) end
        as followers,
    7 as followers_net,
    4.0 + sin(n / 5.0) as follower_growth_speed,
    0.0123 as follower_growth_rate_28d,
    100 + n / 9.0 as growth_index,
    1000 + 300 * (n % 7) as reach_1d,
    1500 + 400 * (n % 7) as impressions,
    case when not (platform = 'facebook' and n in (380, 381)) then 60 + 9 * (n % 7) end as engagements,
    case when n % 3 = 0 then 1 else 0 end as posts_published,
    20 + n % 11 as visits,
    12.5 as gross_margin,
    n < 368 as is_final,
    now() as observed_at
from (values ('facebook'), ('instagram'), ('linkedin'), ('x'), ('youtube')) as networks (platform)
cross join (
    select cast(getvariable('night') as date) - 395 + n as day, n from numbers where n < 396
) as days;

create or replace temp table sample as select * from kpi.post where engagements > 0 and impressions > 0 limit 1;
delete from kpi.post;
insert into kpi.post by name
select
    * exclude (n) replace (
        'instagram' as platform,
        'instagram-1' as account,
        'post-' || n as post_id,
        cast(getvariable('night') as date) - n as published_day,
        cast(cast(getvariable('night') as date) - n as timestamp) + interval 18 hours as published_local,
        ['vent', 'mer'] as hashtags,
        null as deleted_at,
        1000 + n as impressions,
        20 + (n * 37) % 90 as engagements,
        (20 + (n * 37) % 90) / (1000 + n) as engagement_rate_by_impressions,
        (n * 13) % 100 as percentile
    )
from sample cross join (select n from numbers where n < 80);

create table if not exists kpi.forecast (
    platform varchar, account varchar, site varchar, metric varchar, day date, days_ahead bigint, value double,
    low_80 double, high_80 double, low_95 double, high_95 double, model varchar, training_until date,
    backtest_origins bigint, backtest_error double, backtest_error_naive double, coverage_80 double
);
delete from kpi.forecast;
insert into kpi.forecast by name
select
    platform, platform || '-1' as account, 'followers' as metric, cast(getvariable('night') as date) + n as day,
    n as days_ahead, 22800 + 7 * n as value, 22800 + 5 * n as low_80, 22800 + 9 * n as high_80,
    22800 + 3 * n as low_95, 22800 + 11 * n as high_95, 'AutoETS' as model, cast(getvariable('night') as date) as training_until,
    12 as backtest_origins, 8.5 as backtest_error, 14.0 as backtest_error_naive, 0.82 as coverage_80
from (values ('facebook'), ('instagram'), ('linkedin'), ('x'), ('youtube')) as networks (platform)
cross join (select n from numbers where n between 1 and 28);

insert into kpi.forecast by name
select
    site, 'visits' as metric, cast(getvariable('night') as date) + n as day, n as days_ahead, 170 + n % 7 as value,
    140 as low_80, 200 as high_80, 120 as low_95, 220 as high_95, 'SeasonalNaive' as model,
    cast(getvariable('night') as date) as training_until, 12 as backtest_origins, 20.0 as backtest_error,
    20.0 as backtest_error_naive, 0.78 as coverage_80
from (select distinct site from kpi.site_daily) cross join (select n from numbers where n between 1 and 28);

delete from kpi.anomaly;
insert into kpi.anomaly by name
select
    'x' as platform, 'x-1' as account, 'engagements' as metric, cast(getvariable('night') as date) - 3 as day,
    700 as value, 90.0 as expected, 60.0 as low, 120.0 as high, 12.0 as score, true as is_anomaly,
    'up' as direction, 'spike' as kind, null as explained_by, true as is_final;

create table if not exists kpi.goal (
    goal varchar, metric varchar, platform varchar, account varchar, site varchar, period_start date, period_end date,
    target double, comparison varchar, current_value double, attained_share double, expected_today double,
    forecast_end double, probability double, needed_per_day double, state varchar, day date
);
delete from kpi.goal;
insert into kpi.goal by name
select
    'Fifty thousand' as goal, 'followers' as metric, 'x' as platform, 'x-1' as account,
    cast(getvariable('night') as date) - 100 as period_start, cast(getvariable('night') as date) + 30 as period_end,
    50000.0 as target, 'at_least' as comparison, 22765.0 as current_value, 0.4553 as attained_share,
    40000.0 as expected_today, 23000.0 as forecast_end, 0.01 as probability, 907.8 as needed_per_day,
    'off_pace' as state, cast(getvariable('night') as date) as day;

create table if not exists kpi.posting_time (
    platform varchar, account varchar, weekday integer, hour integer, posts bigint, engagement_rate double,
    engagement_rate_shrunk double, rate_low double, rate_high double, rank bigint
);
delete from kpi.posting_time;
insert into kpi.posting_time by name
select
    'instagram' as platform, 'instagram-1' as account, 1 + n % 7 as weekday, (n * 5) % 24 as hour, 1 + n % 9 as posts,
    0.03 + (n % 10) / 500.0 as engagement_rate_shrunk, 0.02 as rate_low, 0.08 as rate_high
from numbers where n < 60;

create table if not exists kpi.content_type (
    platform varchar, account varchar, type varchar, month date, posts bigint, impressions bigint, engagements bigint,
    engagement_rate_by_impressions double, engagement_rate_shrunk double, rate_low double, rate_high double, rank bigint
);
delete from kpi.content_type;
insert into kpi.content_type by name
select
    'instagram' as platform, 'instagram-1' as account, type, date_trunc('month', cast(getvariable('night') as date)) as month,
    9 as posts, 9000 as impressions, 360 as engagements, 0.04 as engagement_rate_by_impressions,
    0.041 as engagement_rate_shrunk, 0.03 as rate_low, 0.05 as rate_high
from (values ('reel'), ('photo')) as types (type);

create table if not exists kpi.hashtag (
    platform varchar, account varchar, hashtag varchar, week date, posts_published bigint, posts bigint,
    posts_without bigint,
    engagement_rate_with double, engagement_rate_without double, lift double, lift_low double, lift_high double
);
delete from kpi.hashtag;
insert into kpi.hashtag by name
select
    'instagram' as platform, 'instagram-1' as account, 'vent' as hashtag,
    cast(date_trunc('week', cast(getvariable('night') as date)) as date) - 7 as week, 2 as posts_published, 6 as posts,
    0.05 as engagement_rate_with, 0.04 as engagement_rate_without, 0.01 as lift, -0.002 as lift_low, 0.022 as lift_high;

create table if not exists kpi.team_daily (
    member varchar, platform varchar, day date, posts bigint, replies bigint, first_responses bigint,
    response_minutes_median double, response_minutes_p90 double, unanswered_24h bigint
);
delete from kpi.team_daily;
insert into kpi.team_daily by name
select
    'Anne' as member, 'facebook' as platform, cast(getvariable('night') as date) - n as day, 1 as posts, 4 as replies,
    3 as first_responses, 20.0 + n as response_minutes_median, 60.0 as response_minutes_p90, 1 as unanswered_24h
from numbers where n < 5;

create table if not exists kpi.share_of_voice (
    platform varchar, account varchar, day date, is_own boolean, followers bigint, posts_published bigint,
    engagements bigint, posts_published_total bigint, engagements_total bigint, followers_share double
);
delete from kpi.share_of_voice;
insert into kpi.share_of_voice by name
select
    'x' as platform, account, cast(getvariable('night') as date) as day, account = 'x-1' as is_own,
    followers, 3 as posts_published, engagements, 6 as posts_published_total, followers / 100000 as followers_share
from (values ('x-1', 25000, 90), ('autre', 75000, null)) as accounts (account, followers, engagements);

create table if not exists kpi.restatement (
    platform varchar, account varchar, metric varchar, day date, first_value double, last_value double, changes bigint,
    is_final boolean
);
delete from kpi.restatement;
insert into kpi.restatement by name
select
    'facebook' as platform, 'facebook-1' as account, 'impressions' as metric,
    cast(getvariable('night') as date) - 10 as day, 2000.0 as first_value, 1400.0 as last_value, 2 as changes,
    false as is_final;

delete from kpi.target_reach;
insert into kpi.target_reach by name
select
    platform, platform || '-1' as account, cast(getvariable('night') as date) - n as day, 'UTC' as day_timezone,
    date_trunc('month', cast(getvariable('night') as date)) as window_since, 'age' as dimension, 2 as target_segments,
    case when platform = 'instagram' then 2 else 1 end as segments_told,
    case when platform = 'instagram' then 12300 - n end as target_reach, 41000 - n as people_reached,
    case when platform = 'instagram' then (12300 - n) / (41000 - n) end as target_reach_rate,
    case when platform = 'x' then 'The platform did not tell every segment of the target that evening.' end as reason,
    case when platform = 'x' then 'La plateforme n''a pas donné, ce soir-là, tous les segments de la cible.' end as reason_fr,
    false as is_final, now() as observed_at
from (values ('instagram'), ('x')) as networks (platform) cross join (select n from numbers where n < 3) as days;

-- Half a year of the gates: a rule that fails for a week now and then, and two that nobody has mended yet.
insert into quality.result by name
select
    cast(d as date) as night, 2 as gate, t as suite, e as expectation, t as "table", s as severity,
    case when k = 0 then d < getvariable('night') - 9 else date_part('week', d) % k <> 1 end as success,
    case when k = 0 then 3 end as unexpected_count, 'wide' as run_id
from (select unnest(generate_series(getvariable('night') - 200, getvariable('night') - 1, interval 1 day)) as d) as days,
    (values
        ('kpi.account_daily', 'site_results_agree', 'critical', 9),
        ('kpi.site_daily', 'site_fell_silent', 'warning', 5),
        ('staging.facebook_account_day', 'fell_silent_or_jumped', 'warning', 7),
        ('staging.instagram_public_account_day', 'what_came_is_here', 'critical', 0),
        ('conversion.margin_daily', 'loss_without_end', 'warning', 0)
    ) as rules (t, e, s, k);
