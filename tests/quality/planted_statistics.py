"""Faults in the tables of experiments, budget advice, attribution and posts' margins."""

from __future__ import annotations

from tests.quality.planted import Planted
from tests.quality.planted_marts import (
    ADVICE,
    ARM_DAY,
    ARM_MARGIN,
    ATTRIBUTION,
    POST_MARGIN,
    RESULT,
    doubled,
    put,
)

NEW = (ARM_DAY, ARM_MARGIN, RESULT, ADVICE, ATTRIBUTION, POST_MARGIN)

STATISTICS = [
    *(Planted("a row twice", relation, doubled(relation), "key_unique") for relation in NEW),
    *(
        Planted(f"no {column}", relation, put(relation, f"{column} = null", "rowid = 0"), "rows_can_be_placed")
        for relation, column in (
            (ARM_DAY, "action"),
            (ARM_MARGIN, "arm"),
            (RESULT, "verdict"),
            (ADVICE, "share_of_budget"),
            (ATTRIBUTION, "channel"),
            (POST_MARGIN, "published_day"),
        )
    ),
    *(
        Planted(
            "a day to come", relation, put(relation, f"{column} = date '2026-11-20'", "rowid = 0"), "rows_can_be_placed"
        )
        for relation, column in (
            (ARM_DAY, "day"),
            (ARM_MARGIN, "day"),
            (RESULT, "look"),
            (ADVICE, "last_day"),
            (ATTRIBUTION, "occurred_day"),
        )
    ),
    Planted("an arm is gone", ARM_DAY, f"delete from {ARM_DAY} where arm = 'campaign'", "every_arm_has_its_days"),
    Planted("a visit more", ARM_DAY, put(ARM_DAY, "visits = visits + 1"), "sums_are_those_of_the_arms"),
    Planted("a conversion less", ARM_DAY, put(ARM_DAY, "conversions = conversions - 1"), "sums_are_those_of_the_arms"),
    Planted(
        "a day that favours one arm",
        ARM_DAY,
        put(ARM_DAY, "is_counted = false", "arm = 'posts' and day = date '2026-10-20'"),
        "a_day_counts_for_all_arms",
    ),
    Planted(
        "an unknown day that counts",
        ARM_DAY,
        put(ARM_DAY, "conversions = null", "arm = 'posts' and is_counted"),
        "a_day_counts_for_all_arms",
    ),
    Planted("no arm has a margin", ARM_MARGIN, f"delete from {ARM_MARGIN}", "every_arm_has_its_days"),
    Planted("another spend", ARM_MARGIN, put(ARM_MARGIN, "spend = spend + 1"), "sums_are_those_of_the_arms"),
    Planted("a cent more", ARM_MARGIN, put(ARM_MARGIN, "gross_margin = gross_margin + 0.01"), "margin_identity"),
    Planted("a look left out", RESULT, f"delete from {RESULT} where look = date '2026-10-31'", "every_look_was_made"),
    Planted("a look into the future", RESULT, put(RESULT, "visits = visits + 1"), "sums_are_those_of_the_days"),
    Planted("a verdict of taste", RESULT, put(RESULT, "verdict = 'promising'"), "verdicts_are_of_the_four"),
    Planted("a winner without a verdict", RESULT, put(RESULT, "winner = 'posts'"), "verdicts_are_of_the_four"),
    Planted("a rate of its own", RESULT, put(RESULT, "conversion_rate = 0.9"), "rates_and_intervals_hold"),
    Planted(
        "an interval beside its lift", RESULT, put(RESULT, "lift = 0.1, fixed_low = 0.5", "not is_control"),
        "rates_and_intervals_hold",
    ),
    Planted("nobody is best", RESULT, put(RESULT, "probability_best = 0.1"), "one_arm_is_best"),
    Planted("more than the budget", ADVICE, put(ADVICE, "amount = amount + 1"), "parts_are_the_whole"),
    Planted("parts of more than all", ADVICE, put(ADVICE, "share_of_budget = 0.9"), "parts_are_the_whole"),
    Planted(
        "an arm is starved",
        ADVICE,
        put(ADVICE, "share_of_budget = case when arm = 'posts' then 0 else 1 end"),
        "no_arm_below_the_floor",
    ),
    Planted("advice of another night", ADVICE, put(ADVICE, "spend = spend + 1"), "sums_are_those_of_the_nights"),
    Planted("no advice", ADVICE, f"delete from {ADVICE}", "sums_are_those_of_the_nights"),
    Planted("a touch that earns twice", ATTRIBUTION, put(ATTRIBUTION, "weight = weight * 2"), "weights_sum_to_1"),
    Planted(
        "a conversion is lost",
        ATTRIBUTION,
        f"delete from {ATTRIBUTION} where conversion_id = (select min(conversion_id) from {ATTRIBUTION})",
        "gives_the_conversions_back",
    ),
    Planted(
        "a cent is lost",
        ATTRIBUTION,
        put(ATTRIBUTION, "revenue = revenue - 0.01", "revenue > 1"),
        "gives_the_conversions_back",
    ),
    Planted("one model is richer", ATTRIBUTION, put(ATTRIBUTION, "revenue = revenue + 1", "model = 'linear'"),
            "models_agree_on_the_money"),
    Planted("a model is missing", ATTRIBUTION, f"delete from {ATTRIBUTION} where model = 'markov'",
            "a_journey_has_every_model"),
    Planted("a sale too many", POST_MARGIN, put(POST_MARGIN, "conversions = conversions + 1"),
            "conversions_name_the_post"),
    Planted("no post sold anything", POST_MARGIN, f"delete from {POST_MARGIN}", "conversions_name_the_post"),
    Planted("a visit too many", POST_MARGIN, put(POST_MARGIN, "visits = visits + 1"), "visits_name_the_post"),
    Planted("margin is revenue", POST_MARGIN, put(POST_MARGIN, "gross_margin = revenue + 1"), "margin_identity"),
    Planted("a basket of another post", POST_MARGIN, put(POST_MARGIN, "average_basket = 1"), "ratios_are_of_sums"),
]  # fmt: skip
