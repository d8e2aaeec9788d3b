-- grain: one row per platform, account, day: how each metric was told first and last, how often it changed
-- key: platform, account, day
-- rebuild: day
-- A metric is NULL where nobody ever told it, last_changed_at where it never changed; settled_night is the
-- night that first told the last value.
with observations as (
    select
        *,
        coalesce(origin = 'export', false) as is_exported
    from staging.account_day
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
),

looks as (
    -- a night that did not bring a metric says nothing of it: compared is with the last one that did
    select
        *,
        row_number() over observed as nth,
        lag(followers ignore nulls) over observed as previous_followers,
        lag(followers_gained ignore nulls) over observed as previous_followers_gained,
        lag(followers_lost ignore nulls) over observed as previous_followers_lost,
        lag(reach_1d ignore nulls) over observed as previous_reach_1d,
        lag(reach_7d ignore nulls) over observed as previous_reach_7d,
        lag(reach_28d ignore nulls) over observed as previous_reach_28d,
        lag(impressions ignore nulls) over observed as previous_impressions,
        lag(reactions ignore nulls) over observed as previous_reactions,
        lag(comments ignore nulls) over observed as previous_comments,
        lag(shares ignore nulls) over observed as previous_shares,
        lag(clicks ignore nulls) over observed as previous_clicks,
        lag(saves ignore nulls) over observed as previous_saves,
        lag(engagements_reported ignore nulls) over observed as previous_engagements_reported,
        lag(video_views ignore nulls) over observed as previous_video_views,
        lag(profile_views ignore nulls) over observed as previous_profile_views
    from observations
    window observed as (
        partition by platform, account, day, is_exported
        order by night, observed_at, run_id
    )
),

histories as (
    select
        platform,
        account,
        day,
        is_exported,
        case
            when count(followers) > 0
                then struct_pack(
                    first_value := arg_min(followers, nth),
                    last_value := arg_max(followers, nth),
                    changes := count(*) filter (where followers <> previous_followers),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where followers is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where followers <> previous_followers
                    ),
                    settled_night := coalesce(
                        max(night) filter (where followers <> previous_followers),
                        min(night) filter (where followers is not null)
                    )
                )
        end as followers,
        case
            when count(followers_gained) > 0
                then struct_pack(
                    first_value := arg_min(followers_gained, nth),
                    last_value := arg_max(followers_gained, nth),
                    changes := count(*) filter (
                        where followers_gained <> previous_followers_gained
                    ),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where followers_gained is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where followers_gained <> previous_followers_gained
                    ),
                    settled_night := coalesce(
                        max(night) filter (where followers_gained <> previous_followers_gained),
                        min(night) filter (where followers_gained is not null)
                    )
                )
        end as followers_gained,
        case
            when count(followers_lost) > 0
                then struct_pack(
                    first_value := arg_min(followers_lost, nth),
                    last_value := arg_max(followers_lost, nth),
                    changes := count(*) filter (where followers_lost <> previous_followers_lost),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where followers_lost is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where followers_lost <> previous_followers_lost
                    ),
                    settled_night := coalesce(
                        max(night) filter (where followers_lost <> previous_followers_lost),
                        min(night) filter (where followers_lost is not null)
                    )
                )
        end as followers_lost,
        case
            when count(reach_1d) > 0
                then struct_pack(
                    first_value := arg_min(reach_1d, nth),
                    last_value := arg_max(reach_1d, nth),
                    changes := count(*) filter (where reach_1d <> previous_reach_1d),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where reach_1d is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where reach_1d <> previous_reach_1d
                    ),
                    settled_night := coalesce(
                        max(night) filter (where reach_1d <> previous_reach_1d),
                        min(night) filter (where reach_1d is not null)
                    )
                )
        end as reach_1d,
        case
            when count(reach_7d) > 0
                then struct_pack(
                    first_value := arg_min(reach_7d, nth),
                    last_value := arg_max(reach_7d, nth),
                    changes := count(*) filter (where reach_7d <> previous_reach_7d),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where reach_7d is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where reach_7d <> previous_reach_7d
                    ),
                    settled_night := coalesce(
                        max(night) filter (where reach_7d <> previous_reach_7d),
                        min(night) filter (where reach_7d is not null)
                    )
                )
        end as reach_7d,
        case
            when count(reach_28d) > 0
                then struct_pack(
                    first_value := arg_min(reach_28d, nth),
                    last_value := arg_max(reach_28d, nth),
                    changes := count(*) filter (where reach_28d <> previous_reach_28d),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where reach_28d is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where reach_28d <> previous_reach_28d
                    ),
                    settled_night := coalesce(
                        max(night) filter (where reach_28d <> previous_reach_28d),
                        min(night) filter (where reach_28d is not null)
                    )
                )
        end as reach_28d,
        case
            when count(impressions) > 0
                then struct_pack(
                    first_value := arg_min(impressions, nth),
                    last_value := arg_max(impressions, nth),
                    changes := count(*) filter (where impressions <> previous_impressions),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where impressions is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where impressions <> previous_impressions
                    ),
                    settled_night := coalesce(
                        max(night) filter (where impressions <> previous_impressions),
                        min(night) filter (where impressions is not null)
                    )
                )
        end as impressions,
        case
            when count(reactions) > 0
                then struct_pack(
                    first_value := arg_min(reactions, nth),
                    last_value := arg_max(reactions, nth),
                    changes := count(*) filter (where reactions <> previous_reactions),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where reactions is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where reactions <> previous_reactions
                    ),
                    settled_night := coalesce(
                        max(night) filter (where reactions <> previous_reactions),
                        min(night) filter (where reactions is not null)
                    )
                )
        end as reactions,
        case
            when count(comments) > 0
                then struct_pack(
                    first_value := arg_min(comments, nth),
                    last_value := arg_max(comments, nth),
                    changes := count(*) filter (where comments <> previous_comments),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where comments is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where comments <> previous_comments
                    ),
                    settled_night := coalesce(
                        max(night) filter (where comments <> previous_comments),
                        min(night) filter (where comments is not null)
                    )
                )
        end as comments,
        case
            when count(shares) > 0
                then struct_pack(
                    first_value := arg_min(shares, nth),
                    last_value := arg_max(shares, nth),
                    changes := count(*) filter (where shares <> previous_shares),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where shares is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where shares <> previous_shares
                    ),
                    settled_night := coalesce(
                        max(night) filter (where shares <> previous_shares),
                        min(night) filter (where shares is not null)
                    )
                )
        end as shares,
        case
            when count(clicks) > 0
                then struct_pack(
                    first_value := arg_min(clicks, nth),
                    last_value := arg_max(clicks, nth),
                    changes := count(*) filter (where clicks <> previous_clicks),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where clicks is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where clicks <> previous_clicks
                    ),
                    settled_night := coalesce(
                        max(night) filter (where clicks <> previous_clicks),
                        min(night) filter (where clicks is not null)
                    )
                )
        end as clicks,
        case
            when count(saves) > 0
                then struct_pack(
                    first_value := arg_min(saves, nth),
                    last_value := arg_max(saves, nth),
                    changes := count(*) filter (where saves <> previous_saves),
                    first_observed_at := arg_min(observed_at, nth) filter (where saves is not null),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where saves <> previous_saves
                    ),
                    settled_night := coalesce(
                        max(night) filter (where saves <> previous_saves),
                        min(night) filter (where saves is not null)
                    )
                )
        end as saves,
        case
            when count(engagements_reported) > 0
                then struct_pack(
                    first_value := arg_min(engagements_reported, nth),
                    last_value := arg_max(engagements_reported, nth),
                    changes := count(*) filter (
                        where engagements_reported <> previous_engagements_reported
                    ),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where engagements_reported is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where engagements_reported <> previous_engagements_reported
                    ),
                    settled_night := coalesce(
                        max(night) filter (where engagements_reported <> previous_engagements_reported),
                        min(night) filter (where engagements_reported is not null)
                    )
                )
        end as engagements_reported,
        case
            when count(video_views) > 0
                then struct_pack(
                    first_value := arg_min(video_views, nth),
                    last_value := arg_max(video_views, nth),
                    changes := count(*) filter (where video_views <> previous_video_views),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where video_views is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where video_views <> previous_video_views
                    ),
                    settled_night := coalesce(
                        max(night) filter (where video_views <> previous_video_views),
                        min(night) filter (where video_views is not null)
                    )
                )
        end as video_views,
        case
            when count(profile_views) > 0
                then struct_pack(
                    first_value := arg_min(profile_views, nth),
                    last_value := arg_max(profile_views, nth),
                    changes := count(*) filter (where profile_views <> previous_profile_views),
                    first_observed_at := arg_min(observed_at, nth) filter (
                        where profile_views is not null
                    ),
                    last_changed_at := arg_max(observed_at, nth) filter (
                        where profile_views <> previous_profile_views
                    ),
                    settled_night := coalesce(
                        max(night) filter (where profile_views <> previous_profile_views),
                        min(night) filter (where profile_views is not null)
                    )
                )
        end as profile_views
    from looks
    group by platform, account, day, is_exported
),

reported as (
    select *
    from histories
    where not is_exported
),

exported as (
    -- what people exported counts only where no API says anything of that metric
    select *
    from histories
    where is_exported
)

select
    coalesce(reported.platform, exported.platform) as platform,
    coalesce(reported.account, exported.account) as account,
    coalesce(reported.day, exported.day) as day,
    coalesce(reported.followers, exported.followers) as followers,
    coalesce(reported.followers_gained, exported.followers_gained) as followers_gained,
    coalesce(reported.followers_lost, exported.followers_lost) as followers_lost,
    coalesce(reported.reach_1d, exported.reach_1d) as reach_1d,
    coalesce(reported.reach_7d, exported.reach_7d) as reach_7d,
    coalesce(reported.reach_28d, exported.reach_28d) as reach_28d,
    coalesce(reported.impressions, exported.impressions) as impressions,
    coalesce(reported.reactions, exported.reactions) as reactions,
    coalesce(reported.comments, exported.comments) as comments,
    coalesce(reported.shares, exported.shares) as shares,
    coalesce(reported.clicks, exported.clicks) as clicks,
    coalesce(reported.saves, exported.saves) as saves,
    coalesce(reported.engagements_reported, exported.engagements_reported) as engagements_reported,
    coalesce(reported.video_views, exported.video_views) as video_views,
    coalesce(reported.profile_views, exported.profile_views) as profile_views
from reported
full join exported
    on
        reported.platform = exported.platform
        and reported.account = exported.account
        and reported.day = exported.day
order by day
