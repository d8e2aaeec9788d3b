-- grain: one row per conversion, journey, touch: the visits that led to it, oldest first
-- key: site, source, account, native_id, action, journey, touch
-- rebuild: occurred_day from 1 days before
-- A visit counts when it began at most 30 days before the one in which it happened. An order may be paid
-- later: its visit is the one that placed it, at most 30 days before it counts and not after it. By clocks
-- that differ it may be of the day after.
with conversions as (
    select *
    from core.conversion
    where
        occurred_day >= cast(getvariable('rebuild_from') as date)
        and status = 'confirmed'
        and count > 0
),

several_shops as (
    select site
    from core.account
    where kind = 'shop' and site is not null
    group by site
    having count(*) > 1
),

visits as (
    select *
    from core.visit
    -- the look-back, before a visit that is up to 30 days older than the day on which its order counts
    where day >= cast(getvariable('rebuild_from') as date) - 61
),

reported as (
    select
        site,
        source,
        account,
        visitor,
        visited_at,
        unnest(orders) as native_id
    from visits
    where len(orders) > 0
),

ordering as (
    -- a page that is loaded again reports its order again
    select *
    from reported
    qualify row_number() over (partition by site, native_id order by visited_at) = 1
),

reaching as (
    select
        site,
        source,
        account,
        visitor,
        visited_at,
        visit_id,
        day,
        referrer_type,
        label,
        unnest(goals) as goal_id
    from visits
    where len(goals) > 0 and day >= cast(getvariable('rebuild_from') as date)
),

logged as (
    -- the visit in which it happened: of an order the site's log knows the shop's id
    select
        conversions.site,
        conversions.source,
        conversions.account,
        conversions.native_id,
        conversions.action,
        conversions.occurred_day,
        1 as journey,
        ordering.source as log_source,
        ordering.account as log_account,
        ordering.visitor,
        ordering.visited_at,
        ordering.visited_at as converted_at
    from conversions
    inner join ordering
        on
            conversions.site = ordering.site
            and conversions.native_id = ordering.native_id
            and conversions.action = 'sale'
            -- of several shops that number their orders alike the log does not say whose an order is
            and conversions.site not in (select several_shops.site from several_shops)
            -- clocks differ by minutes; what began later shows an old order again
            and ordering.visited_at
            between conversions.occurred_at - interval 30 days and conversions.occurred_at + interval 1 hour
    union all
    -- goals are counted by what sent the visit: as many visits as were counted are theirs
    select
        conversions.site,
        conversions.source,
        conversions.account,
        conversions.native_id,
        conversions.action,
        conversions.occurred_day,
        row_number() over (
            partition by
                conversions.site,
                conversions.source,
                conversions.account,
                conversions.native_id,
                conversions.action
            order by reaching.visited_at, reaching.visit_id
        ) as journey,
        reaching.source as log_source,
        reaching.account as log_account,
        reaching.visitor,
        reaching.visited_at,
        reaching.visited_at as converted_at
    from conversions
    inner join reaching
        on
            conversions.site = reaching.site
            and conversions.source = reaching.source
            and conversions.account = reaching.account
            and conversions.native_id
            = concat_ws(':', reaching.goal_id, reaching.day, reaching.referrer_type, reaching.label)
    qualify journey <= conversions.count
),

walked as (
    select
        logged.site,
        logged.source,
        logged.account,
        logged.native_id,
        logged.action,
        logged.occurred_day,
        logged.journey,
        visits.visited_at as touched_at,
        logged.converted_at,
        visits.platform,
        visits.campaign,
        case
            when visits.platform = 'unattributed' then visits.referrer_type
            else visits.platform
        end as channel,
        visits.referrer_type = 'direct' as is_direct,
        visits.utm_content,
        visits.visit_id as touch_id
    from logged
    inner join visits
        on
            logged.log_source = visits.source
            and logged.log_account = visits.account
            and logged.visitor = visits.visitor
            and visits.visited_at between logged.converted_at - interval 30 days and logged.visited_at
),

told as (
    -- what the shop itself knows of the way, where the site's log does not know it better
    select
        conversions.site,
        conversions.source,
        conversions.account,
        conversions.native_id,
        conversions.action,
        conversions.occurred_day,
        1 as journey,
        journeys.touched_at,
        conversions.occurred_at as converted_at,
        journeys.platform,
        journeys.campaign,
        case
            when journeys.platform <> 'unattributed' then journeys.platform
            when journeys.is_direct then 'direct'
            when journeys.campaign <> '' then 'campaign'
            else 'website'
        end as channel,
        journeys.is_direct,
        journeys.utm_content,
        cast(journeys.touch as varchar) as touch_id
    from conversions
    inner join core.journey as journeys
        on
            conversions.source = journeys.source
            and conversions.account = journeys.account
            and conversions.native_id = journeys.native_id
    anti join logged
        on
            conversions.site = logged.site
            and conversions.native_id = logged.native_id
            and conversions.action = logged.action
    where
        -- the way began before the day on which the order counts
        journeys.day >= cast(getvariable('rebuild_from') as date) - 31
        and journeys.touched_at between conversions.occurred_at - interval 30 days and conversions.occurred_at
),

touches as (
    select * from walked
    union all by name
    select * from told
)

select
    site,
    source,
    account,
    native_id,
    action,
    occurred_day,
    cast(journey as bigint) as journey,
    row_number() over (
        partition by site, source, account, native_id, action, journey
        order by touched_at, touch_id
    ) as touch,
    touched_at,
    converted_at,
    platform,
    campaign,
    channel,
    is_direct,
    utm_content
from touches
order by occurred_day
