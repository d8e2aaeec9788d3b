-- grain: one row per account, post_id, night; comments are counted in core, from the comments themselves
select
    'wordpress' as platform,
    posts._account as account,
    try_cast(left(posts."date", 10) as date) as day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    cast(posts.id as varchar) as post_id,
    'stats_post' as stream,
    posts.views as impressions,
    posts.like_count as reactions,
    posts._night as night,
    posts._observed_at as observed_at,
    posts._run_id as run_id
from raw.wordpress_stats_post as posts
left join seed.account as accounts
    on accounts.platform = 'wordpress' and posts._account = accounts.account
where not posts._absent
