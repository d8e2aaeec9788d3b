-- grain: one row per experiment, arm: its part of the next budget, and what that is expected to bring more
-- key: experiment, arm
-- rebuild: whole
-- computed: budget_advice from conversion.experiment_margin, seed.experiment
select
    cast(experiment as varchar) as experiment,
    cast(arm as varchar) as arm,
    cast(night as date) as last_day,
    try_cast(budget as decimal(18, 4)) as budget,
    cast(share as double) as share_of_budget,
    try_cast(amount as decimal(18, 4)) as amount,
    cast(present_share as double) as present_share,
    cast(nights as bigint) as nights,
    try_cast(spend as decimal(18, 4)) as spend,
    try_cast(margin as decimal(18, 4)) as gross_margin,
    cast(expected_margin_per_euro as double) as expected_margin_per_cost,
    cast(margin_low as double) as margin_per_cost_low,
    cast(margin_high as double) as margin_per_cost_high,
    cast(probability_best as double) as probability_best,
    try_cast(expected_gain as decimal(18, 4)) as expected_gain,
    try_cast(gain_low as decimal(18, 4)) as gain_low,
    try_cast(gain_high as decimal(18, 4)) as gain_high
from temp.budget_advice
