-- grain: one row per stream
select
    'wordpress' as platform,
    'stats_visits' as stream
