-- grain: one row per platform, account, day that was read: who was reached up to that evening
-- key: platform, account, day
-- rebuild: day
-- month: day
-- sums: reach, because the segments of one trait are different people, reached in the same window
with days as (
    select
        days.platform,
        days.account,
        days.day,
        days.day_timezone,
        days.is_final,
        nights.observed_at
    from kpi.account_daily as days
    inner join core.night as nights
        on days.platform = nights.platform and days.account = nights.account and days.day = nights.night
    where
        days.day >= cast(getvariable('rebuild_from') as date)
        and nights.night >= cast(getvariable('rebuild_from') as date)
),

told as (
    select
        platform,
        account,
        day,
        dimension,
        segment,
        reach,
        reach_since,
        observed_at
    from core.audience_day
    where
        day >= cast(getvariable('rebuild_from') as date)
        and reach is not null
        -- what was asked for when the month of the day was over is that of the next one
        and reach_since <= day
),

traits as (
    select
        platform,
        account,
        day,
        dimension,
        sum(reach) as reach,
        max(reach_since) as reach_since,
        max(observed_at) as observed_at
    from told
    group by platform, account, day, dimension
),

reached as (
    -- Everybody has an age and a gender, be they unknown, but only the most frequent places are told: the
    -- trait that tells of most people is the nearest to everybody.
    select
        platform,
        account,
        day,
        cast(max(reach) as bigint) as people_reached,
        max(reach_since) as window_since,
        max(observed_at) as observed_at
    from traits
    group by platform, account, day
),

targets as (
    select
        count(*) as target_segments,
        count(distinct dimension) as dimensions,
        max(dimension) as dimension
    from seed.target_segment
),

named as (
    -- women of an age are a part of all women, and of everybody of that age
    select
        platform,
        account,
        day,
        dimension,
        segment,
        reach,
        unnest(
            case
                when dimension = 'age,gender'
                    then [
                        segment,
                        'gender.' || split_part(segment, '.', 1),
                        'age.' || split_part(segment, '.', 2)
                    ]
                else [segment]
            end
        ) as name
    from told
),

aimed as (
    select
        named.platform,
        named.account,
        named.day,
        named.segment,
        named.reach,
        named.name
    from named
    inner join seed.target_segment as targeted
        on named.dimension = targeted.dimension and named.name = targeted.segment
),

aimed_people as (
    -- who is aimed at twice is one group of people
    select distinct
        platform,
        account,
        day,
        segment,
        reach
    from aimed
),

aimed_reach as (
    select
        platform,
        account,
        day,
        cast(sum(reach) as bigint) as target_reach
    from aimed_people
    group by platform, account, day
),

aimed_segments as (
    select
        platform,
        account,
        day,
        count(distinct name) as segments_told
    from aimed
    group by platform, account, day
),

judged as (
    select
        days.platform,
        days.account,
        days.day,
        days.day_timezone,
        reached.window_since,
        case when targets.dimensions = 1 then targets.dimension end as dimension,
        targets.target_segments,
        case
            when reached.people_reached is not null then coalesce(aimed_segments.segments_told, 0)
        end as segments_told,
        aimed_reach.target_reach,
        reached.people_reached,
        case
            when targets.target_segments = 0 then 'no target'
            when reached.people_reached is null then 'nothing told'
            when targets.dimensions > 1 then 'two traits'
            when coalesce(aimed_segments.segments_told, 0) < targets.target_segments then 'part told'
            when reached.people_reached = 0 then 'nobody'
        end as obstacle,
        days.is_final,
        greatest(days.observed_at, reached.observed_at) as observed_at
    from days
    cross join targets
    left join reached
        on days.platform = reached.platform and days.account = reached.account and days.day = reached.day
    left join aimed_reach
        on
            days.platform = aimed_reach.platform
            and days.account = aimed_reach.account
            and days.day = aimed_reach.day
    left join aimed_segments
        on
            days.platform = aimed_segments.platform
            and days.account = aimed_segments.account
            and days.day = aimed_segments.day
),

reasons as (
    select
        sentences.obstacle,
        sentences.reason,
        sentences.reason_fr
    from (
        values
        (
            'no target',
            'No target is set: name its segments as target under [segments] in the settings.',
            'Aucune cible n''est définie : indiquez ses segments, target sous [segments] dans les réglages.'
        ),
        (
            'nothing told',
            'The platform told nothing of the people reached by segment that evening.',
            'La plateforme n''a rien dit, ce soir-là, des personnes touchées par segment.'
        ),
        (
            'two traits',
            'The target names segments of several traits, whose people overlap: keep to one trait.',
            'La cible nomme des segments de plusieurs critères, qui se recoupent : n''en gardez qu''un.'
        ),
        (
            'part told',
            'The platform did not tell every segment of the target that evening.',
            'La plateforme n''a pas donné, ce soir-là, tous les segments de la cible.'
        ),
        (
            'nobody',
            'Nobody was reached since the beginning of the window.',
            'Personne n''a été touché depuis le début de la fenêtre.'
        )
    ) as sentences (obstacle, reason, reason_fr)
)

select
    judged.platform,
    judged.account,
    judged.day,
    judged.day_timezone,
    judged.window_since,
    judged.dimension,
    judged.target_segments,
    judged.segments_told,
    -- of a part of the target, or of people counted twice, there is no number
    case
        when judged.obstacle is null or judged.obstacle = 'nobody' then judged.target_reach
    end as target_reach,
    judged.people_reached,
    case
        when judged.obstacle is null then judged.target_reach / nullif(judged.people_reached, 0)
    end as target_reach_rate,
    reasons.reason,
    reasons.reason_fr,
    judged.is_final,
    judged.observed_at
from judged
left join reasons on judged.obstacle = reasons.obstacle
order by judged.day
