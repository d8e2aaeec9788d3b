-- grain: one row per account, day, night, report; comments are counted in core, from the comments themselves
with visits as (
    select
        _account as account,
        try_cast(day as date) as day,
        cast(null as bigint) as followers,
        visitors as reach_1d,
        views as impressions,
        likes as reactions,
        reblogs as shares,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.wordpress_stats_visits
    where not _absent
),

summaries as (
    -- the followers at the moment of the reading: the level at the end of the night
    select
        _account as account,
        try_cast(day as date) as day,
        followers,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.wordpress_stats_summary
    where not _absent
),

reports as (
    select * from visits
    union all by name
    select * from summaries
)

select
    'wordpress' as platform,
    reports.account,
    reports.day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    reports.followers,
    reports.reach_1d,
    reports.impressions,
    reports.reactions,
    reports.shares,
    reports.night,
    reports.observed_at,
    reports.run_id
from reports
left join seed.account as accounts
    on accounts.platform = 'wordpress' and reports.account = accounts.account
