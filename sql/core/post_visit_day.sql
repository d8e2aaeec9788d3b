-- grain: one row per day, platform, post_id: visits that a post's link brought, and what they cost
-- key: day, platform, post_id
-- rebuild: day
with visits as (
    select
        post_platform as platform,
        post_id,
        day,
        platform as sent_by,
        campaign,
        count(*) as visits,
        max(observed_at) as observed_at
    from core.visit
    where post_id is not null and day >= cast(getvariable('rebuild_from') as date)
    group by post_platform, post_id, day, platform, campaign
),

origins as (
    select
        day,
        platform,
        campaign,
        sum(visits) as visits
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
    group by day, platform, campaign
)

select
    visits.day,
    visits.platform,
    visits.post_id,
    cast(sum(visits.visits) as bigint) as visits,
    -- a visit costs what the visits of its day and campaign cost: the campaign's cost, shared by its visits
    sum(cast(costs.cost as double) * visits.visits / nullif(origins.visits, 0)) as cost,
    count(*) = count(costs.cost) as is_cost_known,
    max(visits.observed_at) as observed_at
from visits
left join core.cost_day as costs
    on
        visits.day = costs.day
        and visits.sent_by = costs.platform
        and visits.campaign = costs.campaign
        and costs.day >= cast(getvariable('rebuild_from') as date)
left join origins
    on
        visits.day = origins.day
        and visits.sent_by = origins.platform
        and visits.campaign = origins.campaign
group by visits.day, visits.platform, visits.post_id
order by visits.day
