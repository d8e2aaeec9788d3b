-- grain: one row per platform, account, post_id, night: every export is stored, also unchanged counters
-- Exports of one night may each bring other counters; of those that several bring the last counts.
select
    platform,
    account,
    max(try_cast(day as date)) as day,
    coalesce(max(time_zone), 'UTC') as day_timezone,
    post_id,
    'posts' as stream,
    arg_max(impressions, row(_observed_at, _run_id)) as impressions,
    arg_max(reach, row(_observed_at, _run_id)) as reach,
    arg_max(reactions, row(_observed_at, _run_id)) as reactions,
    arg_max(comments, row(_observed_at, _run_id)) as comments,
    arg_max(shares, row(_observed_at, _run_id)) as shares,
    arg_max(clicks, row(_observed_at, _run_id)) as clicks,
    arg_max(saves, row(_observed_at, _run_id)) as saves,
    arg_max(video_views, row(_observed_at, _run_id)) as video_views,
    'export' as origin,
    max(_account) as unit,
    _night as night,
    max(_observed_at) as observed_at,
    max(_run_id) as run_id
from raw.files_posts
where not _absent
group by platform, account, post_id, _night
