-- grain: one row per platform, account, period_kind, period_start
-- key: platform, account, period_kind, period_start
-- rebuild: period_end
-- month: period_end
-- sums: reach_1d, reach_7d, reach_28d, because sums of windows and the greatest of them
--   bound the people reached
with newest as (
    select max(day) as day
    from kpi.account_daily
),

kinds as (
    select
        kinds.*,
        -- the first period that is built anew
        cast(date_trunc(kinds.period_kind, cast(getvariable('rebuild_from') as date)) as date) as first_start,
        newest.day as newest_day
    from (
        values ('week', 7), ('month', 31), ('quarter', 92)
    ) as kinds (period_kind, longest)
    cross join newest
),

period_days as (
    -- these periods with the one before, and those a year before; weeks begin on Monday
    select
        days.*,
        kinds.period_kind,
        cast(date_trunc(kinds.period_kind, days.day) as date) as period_start,
        -- what a window of days reaches back to
        case
            when days.day - 6 >= date_trunc(kinds.period_kind, days.day) then days.reach_7d
        end as reach_7d_within,
        case
            when days.day - 27 >= date_trunc(kinds.period_kind, days.day) then days.reach_28d
        end as reach_28d_within
    from kpi.account_daily as days
    inner join kinds
        on
            days.day >= date_trunc(kinds.period_kind, kinds.first_start - 1)
            or days.day between kinds.first_start - 366 and kinds.newest_day - 364 + kinds.longest
    where days.day >= cast(getvariable('rebuild_from') as date) - 460
),

bounded_days as (
    select
        *,
        cast(
            case period_kind
                when 'week' then period_start + interval 7 days
                when 'month' then period_start + interval 1 month
                else period_start + interval 3 months
            end as date
        ) - 1 as period_end
    from period_days
),

sums as (
    select
        platform,
        account,
        period_kind,
        period_start,
        period_end,
        arg_max(followers, day) as followers_end,
        cast(sum(followers_gained) as bigint) as followers_gained,
        cast(sum(followers_lost) as bigint) as followers_lost,
        cast(sum(followers_net) as bigint) as followers_net,
        cast(sum(follower_residual) as bigint) as follower_residual,
        cast(sum(follower_residual) filter (where is_level_shift) as bigint) as followers_shifted,
        arg_max(growth_index, day) filter (where followers is not null) as growth_index,
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
        greatest(max(reach_1d), max(reach_7d_within), max(reach_28d_within)) as reach_lower_bound,
        case
            -- a day of which nobody knows the reach may have reached anybody; those to come are not in it yet
            when
                min(day) = period_start
                and count(*) filter (where reach_1d is null and is_final) = 0
                and (
                    min(day) filter (where reach_1d is null) > max(day) filter (where reach_1d is not null)
                    or count(*) filter (where reach_1d is null) = 0
                )
                then cast(sum(reach_1d) as bigint)
        end as reach_of_days,
        -- windows that end with the period, and days before them
        max(reach_7d_within) filter (where day = period_end) as reach_of_last_7,
        max(reach_28d_within) filter (where day = period_end) as reach_of_last_28,
        max(reach_28d_within) filter (where day = period_end - 28) as reach_of_28_before,
        max(reach_28d_within) filter (where day = period_end - 56) as reach_of_28_before_these,
        case
            when count(reach_1d) filter (where day <= period_end - 28) = period_end - period_start - 27
                then coalesce(cast(sum(reach_1d) filter (where day <= period_end - 28) as bigint), 0)
        end as reach_of_days_before_28,
        case
            when count(reach_1d) filter (where day <= period_end - 84) = period_end - period_start - 83
                then coalesce(cast(sum(reach_1d) filter (where day <= period_end - 84) as bigint), 0)
        end as reach_of_days_before_84,
        cast(sum(engagements) filter (where impressions is not null) as bigint) as engagements_for_rate,
        cast(sum(impressions) filter (where engagements is not null) as bigint) as impressions_for_rate,
        cast(sum(engagements) filter (where reach_1d is not null) as bigint) as engagements_with_reach,
        cast(sum(reach_1d) filter (where engagements is not null) as bigint) as reach_person_days,
        cast(sum(clicks) filter (where impressions is not null) as bigint) as clicks_with_impressions,
        cast(sum(impressions) filter (where clicks is not null) as bigint) as impressions_with_clicks,
        cast(sum(streams_expected) as bigint) as streams_expected,
        cast(sum(streams_delivered) as bigint) as streams_delivered,
        -- the earlier of two equal days
        max_by(day, row(engagements, date '9999-12-31' - day)) filter (where engagements is not null)
            as best_day,
        min_by(day, row(engagements, day)) filter (where engagements is not null) as worst_day,
        count(observed_at) as days_covered,
        count(*) as days_known,
        bool_and(is_final) as all_final,
        count(followers_net) as known_followers_net,
        count(engagements) as known_engagements,
        count(impressions) as known_impressions,
        count(posts_published) as known_posts_published,
        count(visits) as known_visits,
        count(conversions) as known_conversions,
        count(gross_margin) as known_gross_margin
    from bounded_days
    group by platform, account, period_kind, period_start, period_end
),

periods as (
    select
        sums.*,
        cast(period_end - period_start + 1 as bigint) as days_in_period,
        cast(date_trunc(period_kind, period_start - 1) as date) as previous_start,
        -- 52 weeks are the same weekdays, a day or two from the same dates, whichever numbers the weeks have
        cast(
            case period_kind
                when 'week' then period_start - interval 52 weeks
                else period_start - interval 1 year
            end as date
        ) as year_before_start,
        coalesce(brand.complete_share, 1) * (period_end - period_start + 1) as enough_days,
        least(
            reach_of_days,
            case when period_kind = 'week' then reach_of_last_7 end,
            case when period_kind = 'month' then reach_of_last_28 + reach_of_days_before_28 end,
            case
                when period_kind = 'quarter'
                    then
                        reach_of_last_28
                        + reach_of_28_before
                        + reach_of_28_before_these
                        + reach_of_days_before_84
            end
        ) as reach_highest
    from sums
    left join seed.brand as brand on true
),

comparable as (
    -- what is known of enough days to stand beside another period; a mean a day needs every one of them
    select
        platform,
        account,
        period_kind,
        period_start,
        case when known_followers_net = days_in_period then followers_net / days_in_period end as speed,
        case when known_followers_net >= enough_days then followers_net end as followers_net,
        case when known_engagements >= enough_days then engagements end as engagements,
        case when known_impressions >= enough_days then impressions end as impressions,
        case when known_posts_published >= enough_days then posts_published end as posts_published,
        case when known_visits >= enough_days then visits end as visits,
        case when known_conversions >= enough_days then conversions end as conversions,
        case when known_gross_margin >= enough_days then gross_margin end as gross_margin
    from periods
)

select
    periods.platform,
    periods.account,
    periods.period_kind,
    periods.period_start,
    periods.period_end,
    periods.followers_end,
    days_before.followers as followers_start,
    (periods.followers_end - days_before.followers - coalesce(periods.followers_shifted, 0))
    / nullif(days_before.followers, 0) as follower_growth_rate,
    periods.followers_gained,
    periods.followers_lost,
    periods.followers_net,
    periods.follower_residual,
    periods.followers_shifted,
    complete.speed as follower_growth_speed,
    complete.speed - previous.speed as follower_growth_acceleration,
    periods.growth_index,
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
    -- a platform's windows are estimates of their own: they cannot say less than the best of them
    case
        when periods.reach_highest is not null then greatest(periods.reach_highest, periods.reach_lower_bound)
    end as reach_upper_bound,
    periods.engagements_with_reach / nullif(periods.reach_person_days, 0) as engagement_rate_by_reach,
    periods.engagements_with_reach,
    periods.reach_person_days,
    periods.engagements_for_rate / nullif(periods.impressions_for_rate, 0) as engagement_rate_by_impressions,
    periods.engagements_for_rate,
    periods.impressions_for_rate,
    periods.engagements / nullif(days_before.followers, 0) as engagement_rate_by_followers,
    periods.clicks_with_impressions / nullif(periods.impressions_with_clicks, 0) as click_through_rate,
    periods.clicks_with_impressions,
    periods.impressions_with_clicks,
    periods.best_day,
    periods.worst_day,
    complete.followers_net - previous.followers_net as followers_net_change,
    complete.engagements - previous.engagements as engagements_change,
    complete.impressions - previous.impressions as impressions_change,
    complete.posts_published - previous.posts_published as posts_published_change,
    complete.visits - previous.visits as visits_change,
    complete.conversions - previous.conversions as conversions_change,
    try_cast(complete.gross_margin - previous.gross_margin as decimal(18, 4)) as gross_margin_change,
    complete.followers_net - year_before.followers_net as followers_net_change_year,
    complete.engagements - year_before.engagements as engagements_change_year,
    complete.impressions - year_before.impressions as impressions_change_year,
    complete.posts_published - year_before.posts_published as posts_published_change_year,
    complete.visits - year_before.visits as visits_change_year,
    complete.conversions - year_before.conversions as conversions_change_year,
    try_cast(complete.gross_margin - year_before.gross_margin as decimal(18, 4)) as gross_margin_change_year,
    periods.streams_delivered / nullif(periods.streams_expected, 0) as completeness,
    periods.streams_delivered,
    periods.streams_expected,
    periods.days_covered,
    periods.days_in_period,
    periods.days_known = periods.days_in_period and periods.all_final as is_final
from periods
left join kpi.account_daily as days_before
    on
        periods.platform = days_before.platform
        and periods.account = days_before.account
        and periods.period_start - 1 = days_before.day
        and days_before.day >= cast(getvariable('rebuild_from') as date) - 93
left join comparable as complete
    on
        periods.platform = complete.platform
        and periods.account = complete.account
        and periods.period_kind = complete.period_kind
        and periods.period_start = complete.period_start
left join comparable as previous
    on
        periods.platform = previous.platform
        and periods.account = previous.account
        and periods.period_kind = previous.period_kind
        and periods.previous_start = previous.period_start
left join comparable as year_before
    on
        periods.platform = year_before.platform
        and periods.account = year_before.account
        and periods.period_kind = year_before.period_kind
        and periods.year_before_start = year_before.period_start
where periods.period_end >= cast(getvariable('rebuild_from') as date)
order by periods.period_end
