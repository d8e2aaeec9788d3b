-- grain: one row per platform, account (an own one, or one of others that is watched), day
-- key: platform, account, day
-- rebuild: day
-- month: day
-- sums: followers, because the share is one of follows: who follows two accounts counts for both
with watched as (
    -- an account that was not told for a week is no longer watched: what it says then begins anew
    select
        *,
        lag(day) over account_days as day_before,
        lag(posts_total) over account_days as posts_before
    from core.public_account_day
    where day >= cast(getvariable('rebuild_from') as date) - 7
    window account_days as (partition by platform, account order by day)
),

told as (
    select
        platform,
        account,
        day,
        day_timezone,
        followers,
        posts_total,
        posts_published,
        engagements,
        observed_at,
        case when day - day_before <= 7 then day - day_before end as days_covered,
        posts_before
    from watched
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

newest_days as (
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
        told.day_timezone,
        told.followers,
        coalesce(
            told.posts_published,
            -- More may have been deleted than were published: then it is unknown how many were.
            case
                when told.days_covered is not null and told.posts_total >= told.posts_before
                    then told.posts_total - told.posts_before
            end
        ) as posts_published,
        told.engagements,
        case when told.posts_published is null then told.days_covered else 1 end as days_covered,
        told.observed_at
    from watched_days
    inner join newest_days
        on watched_days.platform = newest_days.platform and watched_days.day <= newest_days.day
    left join told
        on
            watched_days.platform = told.platform
            and watched_days.account = told.account
            and watched_days.day = told.day
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
        cast(1 as bigint) as days_covered,
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
        cast(others.days_covered as bigint) as days_covered,
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
        count(*) as accounts_compared,
        max(day_timezone) as day_timezone,
        case when count(*) = count(followers) then sum(followers) end as followers_total,
        -- what somebody published in several days stands beside no other's day
        case
            when count(*) = count(posts_published) filter (where days_covered = 1)
                then sum(posts_published)
        end as posts_published_total,
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
    totals.accounts_compared,
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
