-- grain: one row per account, day, night: the followers of the night, and the days that its analytics changed
with told as (
    -- analytics are told per post and UTC day: one row per post, day, metric, night
    select
        _account as account,
        id as post_id,
        cast(try_cast("timestamp" as timestamptz) at time zone 'UTC' as date) as day,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id,
        unnest([
            'impressions',
            'engagements',
            'likes',
            'replies',
            'retweets',
            'quote_tweets',
            'bookmarks',
            'url_clicks'
        ]) as metric,
        unnest([
            try_cast(json_extract_string(metrics, '$.impressions') as bigint),
            try_cast(json_extract_string(metrics, '$.engagements') as bigint),
            try_cast(json_extract_string(metrics, '$.likes') as bigint),
            try_cast(json_extract_string(metrics, '$.replies') as bigint),
            try_cast(json_extract_string(metrics, '$.retweets') as bigint),
            try_cast(json_extract_string(metrics, '$.quote_tweets') as bigint),
            try_cast(json_extract_string(metrics, '$.bookmarks') as bigint),
            try_cast(json_extract_string(metrics, '$.url_clicks') as bigint)
        ]) as value
    from raw.x_analytics
    where not _absent
),

changes as (
    -- a night tells only what changed: what it adds to the day is the difference to what was told before
    select
        account,
        day,
        night,
        metric,
        max(observed_at) over (partition by account, day, night) as observed_at,
        max(run_id) over (partition by account, day, night) as run_id,
        coalesce(value, 0) - coalesce(lag(value) over tellings, 0) as change,
        cast(value is not null as integer) - cast(lag(value) over tellings is not null as integer) as known
    from told
    window tellings as (partition by account, post_id, day, metric order by night)
),

nights as (
    select
        account,
        day,
        night,
        metric,
        max(observed_at) as observed_at,
        max(run_id) as run_id,
        sum(change) as change,
        sum(known) as known
    from changes
    group by account, day, night, metric
),

totals as (
    -- all posts that the day was ever told of, as known after each night
    select
        account,
        day,
        night,
        metric,
        observed_at,
        run_id,
        case
            when sum(known) over (partition by account, day, metric order by night) > 0
                then cast(sum(change) over (partition by account, day, metric order by night) as bigint)
        end as total
    from nights
),

posts as (
    select
        account,
        day,
        night,
        max(total) filter (where metric = 'impressions') as impressions,
        max(total) filter (where metric = 'likes') as reactions,
        max(total) filter (where metric = 'replies') as comments,
        case
            when count(total) filter (where metric = 'retweets') > 0
                then cast(sum(total) filter (where metric in ('retweets', 'quote_tweets')) as bigint)
        end as shares,
        max(total) filter (where metric = 'url_clicks') as clicks,
        max(total) filter (where metric = 'bookmarks') as saves,
        max(total) filter (where metric = 'engagements') as engagements_reported,
        max(observed_at) as observed_at,
        max(run_id) as run_id
    from totals
    group by account, day, night
),

followers as (
    -- the followers at the moment of the reading: the level at the end of the night
    select
        _account as account,
        try_cast(day as date) as day,
        try_cast(json_extract_string(public_metrics, '$.followers_count') as bigint) as followers,
        _night as night,
        _observed_at as observed_at,
        _run_id as run_id
    from raw.x_account
    where not _absent
)

select
    'x' as platform,
    coalesce(followers.account, posts.account) as account,
    coalesce(followers.day, posts.day) as day,
    'UTC' as day_timezone,
    followers.followers,
    posts.impressions,
    posts.reactions,
    posts.comments,
    posts.shares,
    posts.clicks,
    posts.saves,
    posts.engagements_reported,
    coalesce(followers.night, posts.night) as night,
    coalesce(followers.observed_at, posts.observed_at) as observed_at,
    coalesce(followers.run_id, posts.run_id) as run_id
from followers
full join posts
    on followers.account = posts.account and followers.day = posts.day and followers.night = posts.night
