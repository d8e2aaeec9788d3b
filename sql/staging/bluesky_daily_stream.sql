-- grain: one row per stream
select
    'bluesky' as platform,
    'account' as stream
