-- grain: one row per stream
select
    'ga4' as platform,
    streams.stream
from (
    -- the others have rows only where somebody did something
    values ('days'), ('origins')
) as streams (stream)
