-- grain: one row per stream
select
    'matomo' as platform,
    streams.stream
from (
    values ('visits'), ('referrer_types'), ('socials'), ('campaigns'), ('goals'), ('ecommerce')
) as streams (stream)
