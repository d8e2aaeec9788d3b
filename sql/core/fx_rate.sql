-- grain: one row per currency, day: what one unit is worth in the reporting currency
-- key: currency, day
-- rebuild: whole
-- No source of rates yet: a currency that is not the reporting one has no rate, and never 1.
select
    cast(null as varchar) as currency,
    cast(null as date) as day,
    cast(null as decimal(18, 8)) as rate
where false
