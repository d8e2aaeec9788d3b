-- grain: one row per stream
select
    'plausible' as platform,
    streams.stream
from (
    -- the others have rows only where somebody came that way
    values ('visits')
) as streams (stream)
