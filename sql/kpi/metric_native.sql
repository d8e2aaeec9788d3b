-- grain: one row per metric, platform and native name, while it has this meaning
-- key: name, platform, native_name, valid_from
-- rebuild: whole
select
    name,
    platform,
    native_name,
    valid_from,
    valid_to,
    documentation
from seed.metric_native
order by name, platform, valid_from
