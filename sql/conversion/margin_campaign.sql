-- grain: one row per platform, campaign: what it brought and left over all its days
-- key: platform, campaign
-- rebuild: whole
with days as (
    select *
    from conversion.margin_daily
    where campaign <> ''
)

select
    platform,
    campaign,
    min(day) as first_day,
    max(day) as last_day,
    count(*) as days,
    -- the days of which revenue and cost are known: the margin is theirs
    count(gross_margin) as days_with_margin,
    cast(sum(visits) as bigint) as visits,
    cast(sum(conversions) as bigint) as conversions,
    cast(sum(conversions) filter (where visits is not null) as bigint) as conversions_with_visits,
    cast(sum(visits) filter (where conversions is not null) as bigint) as visits_with_conversions,
    sum(conversions) filter (where visits is not null)
    / nullif(sum(visits) filter (where conversions is not null), 0) as conversion_rate,
    try_cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(conversions) filter (where revenue is not null) as bigint) as conversions_with_revenue,
    cast(sum(revenue) as double)
    / nullif(sum(conversions) filter (where revenue is not null), 0) as average_basket,
    try_cast(sum(acquisition_cost) as decimal(18, 4)) as acquisition_cost,
    try_cast(sum(revenue) filter (where gross_margin is not null) as decimal(18, 4)) as revenue_with_margin,
    try_cast(
        sum(acquisition_cost) filter (where gross_margin is not null) as decimal(18, 4)
    ) as cost_with_margin,
    try_cast(sum(gross_margin) as decimal(18, 4)) as gross_margin,
    cast(sum(gross_margin) as double)
    / nullif(
        cast(sum(acquisition_cost) filter (where gross_margin is not null) as double), 0
    ) as margin_per_cost,
    bool_and(is_final) as is_final,
    max(observed_at) as observed_at
from days
group by platform, campaign
