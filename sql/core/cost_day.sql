-- grain: one row per day, platform, campaign: what was spent to bring visits
-- key: day, platform, campaign
-- rebuild: day
with declared as (
    select
        platform,
        lower(utm_campaign) as campaign,
        min(coalesce(start, date '0001-01-01')) as start,
        max(coalesce("end", date '9999-12-31')) as "end",
        sum(daily_cost) as daily_cost
    from seed.campaign
    where daily_cost is not null
    group by platform, lower(utm_campaign)
),

measured as (
    -- the accounts in which a campaign is advertised, each from its first day there
    select
        traffic_platform as platform,
        campaign,
        platform as source,
        account,
        min(day) as first_day
    from core.spend_day
    group by traffic_platform, campaign, platform, account
),

spent as (
    select
        day,
        traffic_platform as platform,
        campaign,
        -- one part of unknown value makes the sum unknown
        case when count(*) = count(spend_reporting) then sum(spend_reporting) end as spend,
        max(observed_at) as observed_at
    from core.spend_day
    where day >= cast(getvariable('rebuild_from') as date)
    group by day, traffic_platform, campaign
),

noted_parts as (
    select
        costs.day,
        costs.platform,
        costs.campaign,
        costs.amount
        * case when costs.currency = brand.reporting_currency then 1 else rates.rate end as amount
    from seed.cost as costs
    left join seed.brand as brand on true
    left join core.fx_rate as rates on costs.currency = rates.currency and costs.day = rates.day
    where costs.day >= cast(getvariable('rebuild_from') as date)
),

noted as (
    select
        day,
        platform,
        campaign,
        case when count(*) = count(amount) then sum(amount) end as amount
    from noted_parts
    group by day, platform, campaign
),

noted_campaigns as (
    select
        platform,
        campaign,
        min(day) as first_day
    from seed.cost
    group by platform, campaign
),

known_days as (
    -- no row before any site has counted: greatest and least pass over NULL, and days to come would be spent
    select
        min(day) as first_day,
        max(day) as last_day
    from core.visit_day
    having count(*) > 0
),

declared_days as (
    select
        cast(days.day as date) as day,
        declared.platform,
        declared.campaign
    from declared
    cross join known_days
    cross join
        unnest(
            generate_series(
                greatest(known_days.first_day, declared.start, cast(getvariable('rebuild_from') as date)),
                least(known_days.last_day, declared."end"),
                interval 1 day
            )
        ) as days (day)
    where declared.daily_cost <> 0
),

cells as (
    -- money that was spent and brought nobody is a cell too
    select
        day,
        platform,
        campaign
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
    union
    select
        occurred_day,
        platform,
        campaign
    from core.conversion
    where occurred_day >= cast(getvariable('rebuild_from') as date)
    union
    select *
    from declared_days
    union
    select
        day,
        platform,
        campaign
    from spent
    where spend is null or spend <> 0
    union
    select
        noted.day,
        noted.platform,
        noted.campaign
    from noted
    -- costs of days to come are not spent yet
    inner join known_days on noted.day <= known_days.last_day
),

read_days as (
    select distinct
        nights.platform,
        nights.account,
        cast(
            unnest(
                generate_series(
                    greatest(nights.window_since, cast(getvariable('rebuild_from') as date)),
                    nights.night,
                    interval 1 day
                )
            ) as date
        ) as day
    from core.night as nights
    inner join core.account as accounts
        on nights.platform = accounts.platform and nights.account = accounts.account
    where accounts.kind = 'ads' and nights.night >= cast(getvariable('rebuild_from') as date)
),

answered as (
    -- a day without delivery has no row: it cost 0 where every account of the campaign was read
    select
        cells.day,
        cells.platform,
        cells.campaign,
        count(*) = count(read_days.day) as is_known
    from cells
    inner join measured
        on
            cells.platform = measured.platform
            and cells.campaign = measured.campaign
            and cells.day >= measured.first_day
    left join read_days
        on
            measured.source = read_days.platform
            and measured.account = read_days.account
            and cells.day = read_days.day
    group by cells.day, cells.platform, cells.campaign
),

parts as (
    select
        cells.day,
        cells.platform,
        cells.campaign,
        case
            when cells.campaign = '' then (select organic_cost.value from seed.organic_cost)
            -- what was measured is better known than what was declared
            when answered.is_known and spent.day is null then 0
            when answered.is_known then spent.spend
            when answered.day is not null or declared.platform is null then null
            -- outside of its days a campaign of declared cost costs 0
            when cells.day between declared.start and declared."end" then declared.daily_cost
            else 0
        end as main,
        answered.day is not null or declared.platform is not null as has_main,
        case
            when noted_campaigns.platform is not null and noted.day is null then 0
            else noted.amount
        end as extra,
        noted_campaigns.platform is not null as has_extra,
        coalesce(
            (spent.day is not null and spent.spend is distinct from 0)
            or (noted.day is not null and noted.amount is distinct from 0)
            or declared_days.day is not null,
            false
        ) as is_spent,
        spent.observed_at
    from cells
    left join answered
        on
            cells.day = answered.day
            and cells.platform = answered.platform
            and cells.campaign = answered.campaign
    left join spent
        on cells.day = spent.day and cells.platform = spent.platform and cells.campaign = spent.campaign
    left join declared on cells.platform = declared.platform and cells.campaign = declared.campaign
    left join declared_days
        on
            case when answered.day is null then cells.day end = declared_days.day
            and cells.platform = declared_days.platform
            and cells.campaign = declared_days.campaign
    left join noted_campaigns
        on
            cells.platform = noted_campaigns.platform
            and cells.campaign = noted_campaigns.campaign
            and cells.day >= noted_campaigns.first_day
    left join noted
        on cells.day = noted.day and cells.platform = noted.platform and cells.campaign = noted.campaign
)

select
    day,
    platform,
    campaign,
    try_cast(
        case
            when not has_extra then main
            when main is null and not has_main then extra
            else main + extra
        end as decimal(18, 4)
    ) as cost,
    -- money left the account, be it an amount that nobody can tell in the reporting currency
    is_spent,
    observed_at
from parts
order by day
