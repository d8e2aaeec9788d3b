-- grain: one row per platform (empty: every site), day of a declared campaign or a public holiday
-- key: platform, day
-- rebuild: whole
with nights as (
    select
        min(first_window_since) as first_day,
        max(newest_night) as last_day
    from core.account
),

networks as (
    select distinct platform
    from core.account
    where kind = 'network'
    union all
    select '' as platform
),

campaigns as (
    -- one that nobody said the end of goes on; one without any day explains nothing
    select
        campaigns.campaign,
        campaigns.platform,
        coalesce(campaigns.start, nights.first_day) as first_day,
        coalesce(campaigns."end", nights.last_day) as last_day,
        coalesce(campaigns."end" - campaigns.start < 14, false) as is_short
    from seed.campaign as campaigns
    cross join nights
    where campaigns.start is not null or campaigns."end" is not null
),

campaign_days as (
    select
        *,
        cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
    from campaigns
),

declared as (
    select
        platform,
        day,
        campaign as name,
        is_short,
        1 as nth
    from campaign_days
    union all
    -- whatever brings visitors brings them to a site
    select
        '' as platform,
        day,
        campaign as name,
        is_short,
        1 as nth
    from campaign_days
    union all
    select
        networks.platform,
        holidays.day,
        holidays.name,
        true as is_short,
        2 as nth
    from seed.holiday as holidays
    cross join networks
)

select
    platform,
    day,
    -- where a campaign runs on a holiday, it is the campaign
    arg_min(name, (nth, name)) as name,
    bool_or(is_short) as is_short
from declared
group by platform, day
