-- grain: one row per stream
select
    'x' as platform,
    'account' as stream
