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
),

spend_without_rate as (
    select
        account as site,
        currency as subject,
        min(day) as first_day,
        max(day) as last_day,
        count(*) as count
    from core.spend_day
    where spend is not null and spend_reporting is null
    group by account, currency
),

costs_without_rate as (
    select
        cast(null as varchar) as site,
        costs.currency as subject,
        min(costs.day) as first_day,
        max(costs.day) as last_day,
        count(*) as count
    from seed.cost as costs
    inner join seed.brand as brand on costs.currency <> brand.reporting_currency
    left join core.fx_rate as rates on costs.currency = rates.currency and costs.day = rates.day
    where rates.rate is null
    group by costs.currency
),

unknown_advertising as (
    select
        account as site,
        campaign as subject,
        min(day) as first_day,
        max(day) as last_day,
        count(*) as count
    from core.spend_day
    where not is_configured
    group by account, campaign
),

mapped_platforms as (
    select distinct platform
    from seed.team_author
),

unknown_authors as (
    -- whoever maps somebody wants to know who is missing; who it is stays on the platform
    select
        posts.platform as site,
        posts.account as subject,
        min(posts.published_day) as first_day,
        max(posts.published_day) as last_day,
        count(*) as count
    from core.post as posts
    inner join mapped_platforms as mapped on posts.platform = mapped.platform
    left join core.team_author as members
        on
            posts.platform = members.platform
            and posts.account = members.account
            and posts.author = members.author
    where posts.author is not null and members.member is null
    group by posts.platform, posts.account
),

uncounted_costs as (
    select
        cast(null as varchar) as site,
        'line ' || line as subject,
        cast(null as date) as first_day,
        cast(null as date) as last_day,
        count(*) as count,
        min(message) as message
    from seed.cost_fault
    group by line
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
union all by name
select
    'currency_without_rate' as kind,
    spend_without_rate.*,
    'advertising of ' || site || ' in ' || subject || ' has no exchange rate: its cost is unknown' as message
from spend_without_rate
union all by name
select
    'currency_without_rate' as kind,
    costs_without_rate.* replace ('costs' as site),
    'noted costs in ' || subject || ' have no exchange rate: they are unknown' as message
from costs_without_rate
union all by name
select
    'unknown_campaign' as kind,
    unknown_advertising.*,
    'campaign ' || subject || ' of the advertising account ' || site
    || ' is not in the settings: its cost stands beside no visits' as message
from unknown_advertising
union all by name
select
    'cost_not_counted' as kind,
    uncounted_costs.* replace ('costs' as site)
from uncounted_costs
union all by name
select
    'unknown_author' as kind,
    unknown_authors.*,
    count || ' posts of ' || site || ':' || subject || ' are by authors who are no member of the team'
        as message
from unknown_authors
