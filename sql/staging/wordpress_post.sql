-- grain: one row per account, post_id, night
select
    'wordpress' as platform,
    posts._account as account,
    -- the site's own date, by which the site also filters
    try_cast(left(posts."date", 10) as date) as day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    cast(posts.id as varchar) as post_id,
    try_cast(posts.date_gmt as timestamp) as published_at,
    posts.type,
    json_extract_string(posts.title, '$.rendered') as text,
    posts.link,
    cast(posts.author as varchar) as author,
    posts._absent as is_absent,
    posts._night as night,
    posts._observed_at as observed_at,
    posts._run_id as run_id
from raw.wordpress_posts as posts
left join seed.account as accounts
    on accounts.platform = 'wordpress' and posts._account = accounts.account
