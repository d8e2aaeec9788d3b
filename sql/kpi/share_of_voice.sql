-- grain: one row per platform, account (an own one, or one of others that is watched), day
-- key: platform, account, day
-- rebuild: day from 7 days before
-- month: day
-- sums: followers, because the share is one of follows: who follows two accounts counts for both
with watched as (
    -- an account that was not told for a week is no longer watched
    select
        *,
        lag(day) over account_days as day_before,
        lag(posts_total) over account_days as posts_before
    from core.public_account_day
    where day >= cast(getvariable('rebuild_from') as date) - 7
    window account_days as (partition by platform, account order by day)
),

own as (
    select
        platform,
        account,
        day,
        day_timezone,
        followers,
        posts_published,
        -- what everybody sees: clicks and saves are nobody else's business
        cast(list_sum([reactions, comments, shares]) as bigint) as engagements,
        is_final,
        observed_at
    from kpi.account_daily
    where day >= cast(getvariable('rebuild_from') as date)
),

watched_days as (
    select distinct
        platform,
        account,
        day + cast(unnest(range(0, 7)) as integer) as day
    from watched
),

newest_nights as (
    select
        platform,
        max(day) as day
    from own
    group by platform
),

others as (
    select
        watched_days.platform,
        watched_days.account,
        watched_days.day,
        watched.day_timezone,
        watched.followers,
        coalesce(
            watched.posts_published,
            -- More may have been deleted than were published: then it is unknown how many were.
            case
                when watched.day_before = watched.day - 1 and watched.posts_total >= watched.posts_before
                    then watched.posts_total - watched.posts_before
            end
        ) as posts_published,
        watched.engagements,
        watched.day - watched.day_before as days_covered,
        watched.observed_at
    from watched_days
    inner join newest_nights
        on watched_days.platform = newest_nights.platform and watched_days.day <= newest_nights.day
    left join watched
        on
            watched_days.platform = watched.platform
            and watched_days.account = watched.account
            and watched_days.day = watched.day
    where watched_days.day >= cast(getvariable('rebuild_from') as date)
),

together as (
    select
        platform,
        account,
        day,
        day_timezone,
        true as is_own,
        followers,
        posts_published,
        engagements,
        cast(null as bigint) as days_covered,
        is_final,
        observed_at
    from own
    union all by name
    select
        others.platform,
        others.account,
        others.day,
        others.day_timezone,
        false as is_own,
        others.followers,
        others.posts_published,
        others.engagements,
        others.days_covered,
        others.observed_at
    from others
    left join own
        on others.platform = own.platform and others.account = own.account and others.day = own.day
    -- an account of the brand that it watches too is told as its own
    where own.account is null
),

totals as (
    -- A total is one of all accounts: a part of it would make everybody's share too large.
    select
        platform,
        day,
        count(*) as accounts,
        max(day_timezone) as day_timezone,
        case when count(*) = count(followers) then sum(followers) end as followers_total,
        case when count(*) = count(posts_published) then sum(posts_published) end as posts_published_total,
        case when count(*) = count(engagements) then sum(engagements) end as engagements_total,
        bool_and(is_final) as is_final
    from together
    group by platform, day
    -- where nobody else is watched there is nothing to compare
    having bool_or(not is_own) and bool_or(is_own)
)

select
    together.platform,
    together.account,
    together.day,
    coalesce(together.day_timezone, totals.day_timezone) as day_timezone,
    together.is_own,
    together.followers,
    together.posts_published,
    together.engagements,
    together.days_covered,
    totals.accounts,
    cast(totals.followers_total as bigint) as followers_total,
    cast(totals.posts_published_total as bigint) as posts_published_total,
    cast(totals.engagements_total as bigint) as engagements_total,
    together.followers / nullif(totals.followers_total, 0) as followers_share,
    together.posts_published / nullif(totals.posts_published_total, 0) as posts_share,
    together.engagements / nullif(totals.engagements_total, 0) as engagements_share,
    totals.is_final,
    together.observed_at
from together
inner join totals on together.platform = totals.platform and together.day = totals.day
order by together.day
