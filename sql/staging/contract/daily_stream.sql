-- grain: one row per platform, stream that brings a value for every day (so that its newest day can be late)
select
    cast(null as varchar) as platform,
    cast(null as varchar) as stream
where false
