-- Three weeks of the bank's rates: every working day has those of three currencies, told in its own night.
insert into ops.ledger by name
select
    'ecb' as platform, 'eurofxref' as account, night, 'run' as run_id, night - 7 as window_since, night as window_until,
    night + interval 27 hours as observed_at,
    case when night = date '2026-11-02' then 'loaded' else 'passed' end as state
from nights;

insert into ops.stream_night by name
select
    'ecb' as platform, 'eurofxref' as account, night, 'rates' as stream, true as delivered, 15 as rows,
    night + interval 27 hours as observed_at, night as newest_day
from nights;

insert into staging.ecb_rate_day by name
select
    'ecb' as platform, 'eurofxref' as account, currency, night as day,
    cast(level * (1 + 0.001 * (i % 5)) as decimal(18, 8)) as per_euro, false as is_absent, night,
    night + interval 27 hours as observed_at, 'run' as run_id
from nights, (values ('USD', 1.16), ('GBP', 0.875), ('IDR', 19356.27)) as c (currency, level)
where isodow(night) < 6;
