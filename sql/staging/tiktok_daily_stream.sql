-- grain: one row per stream
select
    'tiktok' as platform,
    'days' as stream
