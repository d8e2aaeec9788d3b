-- grain: one row per platform, account, response_id: its newest state
-- key: platform, account, response_id
-- rebuild: day
with observations as (
    select *
    from staging.response
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- nothing is seen before the night of its day
        and night >= cast(getvariable('rebuild_from') as date) - 2
)

select
    platform,
    account,
    response_id,
    post_id,
    parent_id,
    day,
    day_timezone,
    written_at,
    person,
    is_own,
    author,
    is_live,
    coalesce(origin = 'archive', false) as is_archived,
    observed_at
from observations
qualify row_number() over (partition by platform, account, response_id order by night desc) = 1
order by day
