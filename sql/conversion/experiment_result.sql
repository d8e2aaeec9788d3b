-- grain: one row per experiment, action, arm, look: what could be said of an arm after the look's day
-- key: experiment, action, arm, look
-- rebuild: look
-- month: look
-- computed: experiment_result from conversion.experiment_day, seed.experiment, seed.experiment_arm
select
    experiment,
    action,
    arm,
    cast(look as date) as look,
    is_control,
    cast(visits as bigint) as visits,
    cast(conversions as bigint) as conversions,
    cast(rate as double) as conversion_rate,
    try_cast(revenue as decimal(18, 4)) as revenue,
    try_cast(spend as decimal(18, 4)) as spend,
    try_cast(margin as decimal(18, 4)) as gross_margin,
    cast(margin_per_visit as double) as margin_per_visit,
    cast(margin_per_euro as double) as margin_per_cost,
    cast(difference as double) as difference,
    cast(lift as double) as lift,
    cast(fixed_low as double) as fixed_low,
    cast(fixed_high as double) as fixed_high,
    cast(fixed_p as double) as fixed_p,
    cast(fixed_p_holm as double) as fixed_p_holm,
    cast(sequential_low as double) as sequential_low,
    cast(sequential_high as double) as sequential_high,
    cast(sequential_p as double) as sequential_p,
    cast(sequential_alpha as double) as sequential_alpha,
    cast(probability_best as double) as probability_best,
    cast(expected_loss as double) as expected_loss,
    cast(chance_to_win as double) as chance_to_win,
    cast(sample_ratio_visits_p as double) as sample_ratio_visits_p,
    cast(sample_ratio_spend_p as double) as sample_ratio_spend_p,
    cast(detectable_lift as double) as detectable_lift,
    cast(detectable_lift_fixed as double) as detectable_lift_fixed,
    cast(cuped_difference as double) as cuped_difference,
    cast(cuped_low as double) as cuped_low,
    cast(cuped_high as double) as cuped_high,
    cast(cuped_variance_reduction as double) as cuped_variance_reduction,
    cast(verdict as varchar) as verdict,
    cast(winner as varchar) as winner,
    cast(reason as varchar) as reason,
    cast(reason_fr as varchar) as reason_fr,
    cast(design as varchar) as design,
    cast(design_fr as varchar) as design_fr,
    cast(declaration as varchar) as declaration
from temp.experiment_result
order by look
