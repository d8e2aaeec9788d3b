-- grain: one row per site, day
-- key: site, day
-- rebuild: day
-- month: day
with days as (
    select *
    from core.site_day
    where day >= cast(getvariable('rebuild_from') as date)
),

referrers as (
    select
        site,
        day,
        sum(visits) filter (where platform <> 'unattributed') as visits_from_networks,
        max(observed_at) as observed_at
    from core.visit_day
    where day >= cast(getvariable('rebuild_from') as date)
    group by site, day
),

first_days as (
    select
        site,
        min(day) as day
    from core.site_day
    where visits > 0
    group by site
),

bases as (
    select
        first_days.site,
        coalesce(brand.growth_base, first_days.day) as day
    from first_days
    left join seed.brand as brand on true
),

base_visits as (
    select
        bases.site,
        bases.day,
        site_day.visits
    from bases
    inner join core.site_day as site_day on bases.site = site_day.site and bases.day = site_day.day
),

facts as (
    select
        days.*,
        case
            -- the site named every referrer: without a network among them it is a true 0
            when days.visits is not null then cast(coalesce(referrers.visits_from_networks, 0) as bigint)
        end as visits_from_networks,
        case when days.day >= base_visits.day then base_visits.visits end as base_visits,
        coalesce(days.day <= accounts.final_until, false) as is_final,
        greatest(days.observed_at, referrers.observed_at) as newest_observed_at
    from days
    left join referrers on days.site = referrers.site and days.day = referrers.day
    left join base_visits on days.site = base_visits.site
    left join core.account as accounts
        on days.platform = accounts.platform and days.account = accounts.account
)

select
    site,
    day,
    day_timezone,
    visits,
    visitors,
    actions as page_views,
    bounces,
    bounces / nullif(visits, 0) as bounce_rate,
    visits - bounces as engaged_visits,
    visit_seconds,
    visit_seconds / nullif(visits, 0) as seconds_per_visit,
    visits_from_networks,
    visits_from_networks / nullif(visits, 0) as network_share,
    100 * visits / nullif(base_visits, 0) as site_growth_index,
    is_final,
    newest_observed_at as observed_at
from facts
order by day
