-- grain: one row per platform, account, post_id, night that told something of a post's lifetime counters
-- key: platform, account, post_id, night
-- rebuild: night as observed
-- What a night tells is read out of the platform's own form once, not in every night that looks back.
select
    platform,
    account,
    post_id,
    stream,
    impressions,
    reach,
    reactions,
    comments,
    shares,
    clicks,
    saves,
    video_views,
    origin,
    night,
    observed_at
from staging.post_snapshot
where night >= cast(getvariable('rebuild_from') as date)
order by night
