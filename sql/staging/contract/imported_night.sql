-- grain: one row per source, unit, night: whose numbers a file that a person imported brought
select
    -- what the ledger calls the file: the source that read it, and the unit that it became
    cast(null as varchar) as source,
    cast(null as varchar) as unit,
    -- whose numbers they are
    cast(null as varchar) as platform,
    cast(null as varchar) as account,
    cast(null as date) as since,
    cast(null as bigint) as records,
    cast(null as date) as night,
    cast(null as timestamp) as observed_at,
    cast(null as varchar) as run_id
where false
