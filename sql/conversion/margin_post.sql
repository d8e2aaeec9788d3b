-- grain: one row per platform, post_id: what the visits by a post's link brought, cost and left
-- key: platform, post_id
-- rebuild: whole
with known_posts as (
    -- of two accounts that number their posts alike a link does not say whose post it means
    select
        platform,
        post_id,
        min(published_day) as published_day
    from core.post
    group by platform, post_id
    having count(distinct account) = 1
),

conversions as (
    select
        post_platform as platform,
        post_id,
        cast(sum(count) as bigint) as conversions,
        -- one conversion of unknown value makes the sum unknown
        case when count(*) = count(value_reporting) then sum(value_reporting) end as revenue,
        max(observed_at) as observed_at
    from core.conversion
    where status = 'confirmed' and post_id is not null
    group by post_platform, post_id
),

visits as (
    select
        platform,
        post_id,
        sum(visits) as visits,
        case when bool_and(is_cost_known) then sum(cost) end as acquisition_cost,
        max(observed_at) as observed_at
    from core.post_visit_day
    group by platform, post_id
),

sums as (
    select
        known_posts.platform,
        known_posts.post_id,
        known_posts.published_day,
        cast(visits.visits as bigint) as visits,
        -- visits that a log tells one by one, and no order names the post: a true 0
        case
            when visits.visits is not null then coalesce(conversions.conversions, 0)
            else conversions.conversions
        end as conversions,
        case
            when visits.visits is not null and conversions.conversions is null then 0
            else conversions.revenue
        end as revenue,
        try_cast(visits.acquisition_cost as decimal(18, 4)) as acquisition_cost,
        greatest(visits.observed_at, conversions.observed_at) as observed_at
    from known_posts
    left join visits on known_posts.platform = visits.platform and known_posts.post_id = visits.post_id
    left join conversions
        on known_posts.platform = conversions.platform and known_posts.post_id = conversions.post_id
    where visits.post_id is not null or conversions.post_id is not null
)

select
    platform,
    post_id,
    published_day,
    visits,
    conversions,
    conversions / nullif(visits, 0) as conversion_rate,
    try_cast(revenue as decimal(18, 4)) as revenue,
    cast(revenue as double) / nullif(conversions, 0) as average_basket,
    acquisition_cost,
    try_cast(revenue - acquisition_cost as decimal(18, 4)) as gross_margin,
    observed_at
from sums
