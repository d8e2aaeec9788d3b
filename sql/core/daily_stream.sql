-- grain: one row per platform, stream that brings a value for every day
-- key: platform, stream
-- rebuild: whole
select
    platform,
    stream
from staging.daily_stream
