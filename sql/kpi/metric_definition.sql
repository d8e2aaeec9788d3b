-- grain: one row per metric; a metric that means less in one table has a row more, named with the table
-- key: name
-- rebuild: whole
select
    name,
    label_en,
    label_fr,
    description,
    description_fr,
    unit,
    numerator,
    denominator,
    additivity,
    window_days
from seed.metric
order by name
