-- grain: one row per stream
-- What the platform counts itself is two days old by design; the followers are of the night.
select
    'linkedin' as platform,
    'followers' as stream
