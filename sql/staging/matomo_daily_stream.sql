-- grain: one row per stream
select
    'matomo' as platform,
    streams.stream
from (
    -- the others have rows only where somebody came that way
    values ('visits'), ('referrer_types')
) as streams (stream)
