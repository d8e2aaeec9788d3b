-- grain: one row per platform, post_id: the conversions that carry the post's id
-- key: platform, post_id
-- rebuild: whole
with conversions as (
    select *
    from core.conversion
    where status = 'confirmed' and post_id is not null
)

select
    conversions.platform,
    conversions.post_id,
    min(posts.published_day) as published_day,
    cast(sum(conversions.count) as bigint) as conversions,
    -- one conversion of unknown value makes the sum unknown
    case
        when count(*) = count(conversions.value_reporting)
            then cast(sum(conversions.value_reporting) as decimal(18, 4))
    end as revenue
from conversions
inner join core.post as posts
    on conversions.platform = posts.platform and conversions.post_id = posts.post_id
group by conversions.platform, conversions.post_id
