-- grain: one row per kind, site, subject: what the settings do not explain and a person should look at
-- key: kind, site, subject
-- rebuild: whole
with unmapped_goals as (
    select
        goals.site,
        goals.goal_id as subject,
        min(goals.day) as first_day,
        max(goals.day) as last_day,
        sum(goals.conversions) as count
    from core.visit_goal as goals
    left join seed.goal as actions on goals.site = actions.site and goals.goal_id = actions.goal_id
    where
        actions.goal_id is null
        -- orders and abandoned carts are no goals that somebody could map
        and not starts_with(goals.goal_id, 'ecommerce')
    group by goals.site, goals.goal_id
),

unknown_campaigns as (
    select
        visits.site,
        visits.campaign as subject,
        min(visits.day) as first_day,
        max(visits.day) as last_day,
        sum(visits.visits) as count
    from core.visit_day as visits
    left join seed.campaign as campaigns on visits.campaign = lower(campaigns.utm_campaign)
    where visits.campaign <> '' and campaigns.campaign is null
    group by visits.site, visits.campaign
),

currencies_without_rate as (
    select
        site,
        currency as subject,
        min(occurred_day) as first_day,
        max(occurred_day) as last_day,
        count(*) as count
    from core.conversion
    where value is not null and value_reporting is null
    group by site, currency
)

select
    'unmapped_goal' as kind,
    unmapped_goals.*,
    'goal ' || subject || ' of ' || site || ' is mapped to no action: it counts no conversion' as message
from unmapped_goals
union all by name
select
    'unknown_campaign' as kind,
    unknown_campaigns.*,
    'campaign ' || subject || ' of ' || site || ' is not in the settings: no network gets it' as message
from unknown_campaigns
union all by name
select
    'currency_without_rate' as kind,
    currencies_without_rate.*,
    'sales of ' || site || ' in ' || subject || ' have no exchange rate: their value is unknown' as message
from currencies_without_rate
