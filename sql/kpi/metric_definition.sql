-- grain: one row per metric and its name on each platform, while it has this meaning
-- key: name, platform, native_name, valid_from
-- rebuild: whole
select
    name,
    platform,
    native_name,
    label_en,
    label_fr,
    description,
    unit,
    numerator,
    denominator,
    additivity,
    window_days,
    valid_from,
    valid_to,
    documentation
from seed.metric
order by name
