-- grain: one row per stream
select
    'instagram' as platform,
    unnest(['profile', 'series', 'totals']) as stream
