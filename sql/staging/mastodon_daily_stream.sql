-- grain: one row per stream
select
    'mastodon' as platform,
    'account' as stream
