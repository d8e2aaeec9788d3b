-- grain: one row per account, day, night (only what changed); the level is that of the night that read it
with series as (
    select
        _account as account,
        -- end_time is the midnight, Pacific, that ends the measured day
        cast(try_cast(end_time as timestamptz) at time zone 'America/Los_Angeles' as date) - 1 as day,
        -- follower_count is what the day brought, and no level
        max(value) filter (where name = 'follower_count') as followers_gained,
        max(value) filter (where name = 'reach') as reach_1d,
        _night as night,
        max(_observed_at) as observed_at,
        max(_run_id) as run_id
    from raw.instagram_series
    where not _absent
    group by all
),

totals as (
    -- reach comes as a series: the same number, and one call for thirty days
    select
        _account as account,
        try_cast(day as date) as day,
        max(value) filter (where name = 'views') as impressions,
        max(value) filter (where name = 'likes') as reactions,
        max(value) filter (where name = 'comments') as comments,
        max(value) filter (where name = 'shares') as shares,
        max(value) filter (where name = 'profile_links_taps') as clicks,
        max(value) filter (where name = 'saves') as saves,
        max(value) filter (where name = 'total_interactions') as engagements_reported,
        _night as night,
        max(_observed_at) as observed_at,
        max(_run_id) as run_id
    from raw.instagram_totals
    where not _absent
    group by all
),

profiles as (
    select
        _account as account,
        try_cast(day as date) as day,
        followers_count as followers,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.instagram_profile
    where not _absent
),

reports as (
    select * from series
    union all by name
    select * from totals
    union all by name
    select * from profiles
)

select
    'instagram' as platform,
    account,
    day,
    'America/Los_Angeles' as day_timezone,
    max(followers) as followers,
    max(followers_gained) as followers_gained,
    max(reach_1d) as reach_1d,
    max(impressions) as impressions,
    max(reactions) as reactions,
    max(comments) as comments,
    max(shares) as shares,
    max(clicks) as clicks,
    max(saves) as saves,
    max(engagements_reported) as engagements_reported,
    night,
    max(observed_at) as observed_at,
    max(run_id) as run_id
from reports
group by account, day, night
