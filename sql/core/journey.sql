-- grain: one row per source, account, native_id, touch: the way to a conversion as the source itself tells it
-- key: source, account, native_id, touch
-- rebuild: day
with newest as (
    -- all touches of one night: what an older night told besides is no longer said
    select *
    from staging.journey
    where
        day >= cast(getvariable('rebuild_from') as date)
        -- a shop is read some hours after midnight: an order may be a day ahead of its night
        and night >= cast(getvariable('rebuild_from') as date) - 2
    qualify rank() over (partition by platform, account, native_id order by night desc) = 1
),

campaigns as (
    select
        lower(utm_campaign) as utm_campaign,
        min(platform) as platform
    from seed.campaign
    group by lower(utm_campaign)
)

select
    newest.platform as source,
    newest.account,
    newest.native_id,
    newest.touch,
    newest.day,
    newest.touched_at,
    coalesce(campaigns.platform, aliases.platform, 'unattributed') as platform,
    coalesce(lower(newest.utm_campaign), '') as campaign,
    newest.is_direct,
    newest.referrer_host,
    newest.utm_content,
    newest.observed_at
from newest
left join campaigns on lower(newest.utm_campaign) = campaigns.utm_campaign
left join seed.network_alias as aliases on lower(newest.utm_source) = aliases.alias
order by newest.day
