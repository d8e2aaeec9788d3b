-- grain: one row per stream; the days of Analytics always come late, which is no fault
select
    'youtube' as platform,
    'channel' as stream
