-- grain: one row per platform, account, period_kind, period_start
-- key: platform, account, period_kind, period_start
-- rebuild: period_start from 92 days before
-- month: period_start
-- sums: reach_1d, because the sum of the days is the upper bound of the people reached
with kinds as (
    select kinds.period_kind
    from (values ('week'), ('month'), ('quarter')) as kinds (period_kind)
),

period_days as (
    -- a year and a period back, for the comparison with the year before; weeks begin on Monday
    select
        days.platform,
        days.account,
        days.day,
        days.followers,
        days.followers_gained,
        days.followers_lost,
        days.followers_net,
        days.impressions,
        days.reactions,
        days.comments,
        days.shares,
        days.clicks,
        days.saves,
        days.engagements,
        days.posts_published,
        days.visits,
        days.conversions,
        days.gross_margin,
        days.reach_1d,
        days.is_final,
        days.observed_at,
        kinds.period_kind,
        cast(date_trunc(kinds.period_kind, days.day) as date) as period_start
    from kpi.account_daily as days
    cross join kinds
    where days.day >= cast(getvariable('rebuild_from') as date) - 370
),

sums as (
    select
        platform,
        account,
        period_kind,
        period_start,
        cast(
            case period_kind
                when 'week' then period_start + interval 7 days
                when 'month' then period_start + interval 1 month
                else period_start + interval 3 months
            end as date
        ) - 1 as period_end,
        arg_max(followers, day) as followers_end,
        cast(sum(followers_gained) as bigint) as followers_gained,
        cast(sum(followers_lost) as bigint) as followers_lost,
        cast(sum(followers_net) as bigint) as followers_net,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(reactions) as bigint) as reactions,
        cast(sum(comments) as bigint) as comments,
        cast(sum(shares) as bigint) as shares,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(saves) as bigint) as saves,
        cast(sum(engagements) as bigint) as engagements,
        cast(sum(posts_published) as bigint) as posts_published,
        cast(sum(visits) as bigint) as visits,
        cast(sum(conversions) as bigint) as conversions,
        try_cast(sum(gross_margin) as decimal(18, 4)) as gross_margin,
        max(reach_1d) as reach_lower_bound,
        cast(sum(reach_1d) as bigint) as reach_upper_bound,
        cast(sum(engagements) filter (where impressions is not null) as bigint) as engagements_for_rate,
        cast(sum(impressions) filter (where engagements is not null) as bigint) as impressions_for_rate,
        cast(sum(clicks) filter (where impressions is not null) as bigint) as clicks_with_impressions,
        cast(sum(impressions) filter (where clicks is not null) as bigint) as impressions_with_clicks,
        -- the earlier of two equal days
        max_by(day, row(engagements, date '9999-12-31' - day)) filter (where engagements is not null)
            as best_day,
        min_by(day, row(engagements, day)) filter (where engagements is not null) as worst_day,
        count(observed_at) as days_covered,
        count(*) as days_known,
        bool_and(is_final) as all_final
    from period_days
    group by platform, account, period_kind, period_start
),

periods as (
    select
        *,
        cast(period_end - period_start + 1 as bigint) as days_in_period,
        cast(date_trunc(period_kind, period_start - 1) as date) as previous_start,
        cast(
            case period_kind
                when 'week' then period_start - interval 52 weeks
                else period_start - interval 1 year
            end as date
        ) as year_before_start
    from sums
),

complete_periods as (
    -- only whole periods can be compared
    select *
    from periods
    where days_covered = days_in_period
)

select
    periods.platform,
    periods.account,
    periods.period_kind,
    periods.period_start,
    periods.period_end,
    periods.followers_end,
    days_before.followers as followers_start,
    (periods.followers_end - days_before.followers)
    / nullif(days_before.followers, 0) as follower_growth_rate,
    periods.followers_gained,
    periods.followers_lost,
    periods.followers_net,
    periods.impressions,
    periods.reactions,
    periods.comments,
    periods.shares,
    periods.clicks,
    periods.saves,
    periods.engagements,
    periods.posts_published,
    periods.visits,
    periods.conversions,
    periods.gross_margin,
    periods.reach_lower_bound,
    periods.reach_upper_bound,
    periods.engagements_for_rate / nullif(periods.impressions_for_rate, 0) as engagement_rate_by_impressions,
    periods.engagements_for_rate,
    periods.impressions_for_rate,
    periods.clicks_with_impressions / nullif(periods.impressions_with_clicks, 0) as click_through_rate,
    periods.clicks_with_impressions,
    periods.impressions_with_clicks,
    periods.best_day,
    periods.worst_day,
    complete.followers_net - previous.followers_net as followers_net_change,
    complete.engagements - previous.engagements as engagements_change,
    complete.impressions - previous.impressions as impressions_change,
    complete.followers_net - year_before.followers_net as followers_net_change_year,
    complete.engagements - year_before.engagements as engagements_change_year,
    complete.impressions - year_before.impressions as impressions_change_year,
    periods.days_covered,
    periods.days_in_period,
    periods.days_known = periods.days_in_period and periods.all_final as is_final
from periods
left join kpi.account_daily as days_before
    on
        periods.platform = days_before.platform
        and periods.account = days_before.account
        and periods.period_start - 1 = days_before.day
        and days_before.day >= cast(getvariable('rebuild_from') as date) - 1
left join complete_periods as complete
    on
        periods.platform = complete.platform
        and periods.account = complete.account
        and periods.period_kind = complete.period_kind
        and periods.period_start = complete.period_start
left join complete_periods as previous
    on
        periods.platform = previous.platform
        and periods.account = previous.account
        and periods.period_kind = previous.period_kind
        and periods.previous_start = previous.period_start
left join complete_periods as year_before
    on
        periods.platform = year_before.platform
        and periods.account = year_before.account
        and periods.period_kind = year_before.period_kind
        and periods.year_before_start = year_before.period_start
where periods.period_start >= cast(getvariable('rebuild_from') as date)
order by periods.period_start
