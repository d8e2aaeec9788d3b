-- grain: one row per account, response_id, night
select
    'wordpress' as platform,
    comments._account as account,
    try_cast(left(comments."date", 10) as date) as day,
    coalesce(accounts.time_zone, 'UTC') as day_timezone,
    cast(comments.id as varchar) as response_id,
    cast(comments.post as varchar) as post_id,
    cast(nullif(comments.parent, 0) as varchar) as parent_id,
    try_cast(comments.date_gmt as timestamp) as written_at,
    comments.person,
    comments.own as is_own,
    cast(comments.own_author as varchar) as author,
    not comments._absent and coalesce(comments.status, 'approved') = 'approved' as is_live,
    comments._night as night,
    comments._observed_at as observed_at,
    comments._run_id as run_id
from raw.wordpress_comments as comments
left join seed.account as accounts
    on accounts.platform = 'wordpress' and comments._account = accounts.account
