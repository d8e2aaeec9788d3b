-- grain: one row per platform, account, stream, day: what each night brought, and why something is missing
-- key: platform, account, stream, day
-- rebuild: day
-- month: day
with recorded as (
    select *
    from ops.stream_night
    where night >= cast(getvariable('rebuild_from') as date)
),

read_nights as (
    select
        platform,
        account,
        night
    from ops.ledger
    where night >= cast(getvariable('rebuild_from') as date)
),

expected_streams as (
    -- a night that was read and says nothing of a stream has not brought it
    select
        read_nights.platform,
        read_nights.account,
        streams.stream,
        read_nights.night
    from read_nights
    inner join seed.stream as streams on read_nights.platform = streams.platform
    where not streams.optional
),

cells as (
    select
        platform,
        account,
        stream,
        night
    from recorded
    union
    select
        platform,
        account,
        stream,
        night
    from expected_streams
)

select
    cells.platform,
    cells.account,
    cells.stream,
    cells.night as day,
    -- an optional stream is missed only where it was asked for
    (
        not coalesce(streams.optional, false)
        or coalesce(recorded.delivered, false)
        or recorded.reason is not null
    ) as expected,
    coalesce(recorded.delivered, false) as delivered,
    recorded.rows,
    recorded.observed_at,
    case
        when daily_streams.stream is not null
            then coalesce(recorded.delivered, false) and recorded.newest_day < cells.night - 1
    end as late,
    recorded.newest_day,
    recorded.reason
from cells
left join recorded
    on
        cells.platform = recorded.platform
        and cells.account = recorded.account
        and cells.stream = recorded.stream
        and cells.night = recorded.night
left join seed.stream as streams
    on cells.platform = streams.platform and cells.stream = streams.stream
left join core.daily_stream as daily_streams
    on cells.platform = daily_streams.platform and cells.stream = daily_streams.stream
order by cells.night
