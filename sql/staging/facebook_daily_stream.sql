-- grain: one row per stream
select
    'facebook' as platform,
    'page_insights' as stream
