-- grain: one row per campaign, content: the words of a link by which a visit or an order names one post
-- key: campaign, content
-- rebuild: whole
-- A content that is the post's own id names it under any campaign; other words only together with the
-- campaign of the link in the post, and only where no other post has the same.
with own_ids as (
    select
        '' as campaign,
        post_id as content,
        min(platform) as platform,
        min(post_id) as post_id
    from core.post
    group by post_id
),

landing_links as (
    select
        landing_campaign as campaign,
        landing_content as content,
        min(platform) as platform,
        min(post_id) as post_id
    from core.post
    where landing_campaign is not null and landing_content is not null
    group by landing_campaign, landing_content
    having count(distinct platform || ':' || post_id) = 1
)

select * from own_ids
union all
select landing_links.*
from landing_links
anti join own_ids on landing_links.content = own_ids.content
