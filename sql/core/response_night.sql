-- grain: one row per platform, account, night that read what people wrote
-- key: platform, account, night
-- rebuild: night
with nights as (
    select *
    from core.night
    where night >= cast(getvariable('rebuild_from') as date)
),

read_nights as (
    -- the streams that hold responses, as the platforms call them
    select distinct
        platform,
        account,
        night
    from ops.stream_night
    where
        stream in ('comments', 'post_comments', 'comment_threads', 'mentions', 'replies')
        and delivered
        and night >= cast(getvariable('rebuild_from') as date)
)

select
    nights.platform,
    nights.account,
    nights.night,
    nights.window_since,
    nights.observed_at
from nights
inner join read_nights
    on
        nights.platform = read_nights.platform
        and nights.account = read_nights.account
        and nights.night = read_nights.night
order by nights.night
