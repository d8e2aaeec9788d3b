"""Faults in the goals: what would tell people that they have reached, or missed, what they have not."""

from __future__ import annotations

from tests.quality.planted import Planted
from tests.quality.planted_marts import GOAL, doubled, put

FOLLOWERS, MONTHLY, DONE = (
    "goal = 'a thousand'",
    "goal = 'answers' and period_start = '2026-11-01'",
    "goal = 'reactions'",
)
HOLES = "goal = 'visits'"

GOALS = [
    Planted("a row twice", GOAL, doubled(GOAL), "key_unique"),
    *(
        Planted(f"no {column}", GOAL, put(GOAL, f"{column} = null", FOLLOWERS), "rows_can_be_placed")
        for column in ("metric", "target", "state", "comparison", "days_known", "is_final")
    ),
    Planted("more days than have been", GOAL, put(GOAL, "days_known = 60", FOLLOWERS), "rows_can_be_placed"),
    Planted("known in the future", GOAL, put(GOAL, "known_until = day + 1", FOLLOWERS), "rows_can_be_placed"),
    Planted("a period that ends first", GOAL, put(GOAL, "period_end = period_start - 1", DONE), "rows_can_be_placed"),
    Planted("nobody set it", GOAL, put(GOAL, "goal = 'another'", FOLLOWERS), "as_the_settings_have_it"),
    Planted("a target that moved", GOAL, put(GOAL, "target = 1500", FOLLOWERS), "as_the_settings_have_it"),
    Planted("of another account", GOAL, put(GOAL, "account = 'small'", FOLLOWERS), "as_the_settings_have_it"),
    Planted("in another currency", GOAL, put(GOAL, "currency = 'USD'", "currency = 'EUR'"), "as_the_settings_have_it"),
    Planted("another end", GOAL, put(GOAL, "period_end = '2027-12-31'", FOLLOWERS), "as_the_settings_have_it"),
    Planted("a goal is lost", GOAL, f"delete from {GOAL} where {FOLLOWERS}", "every_goal_is_told_of_tonight"),
    Planted("the present month is lost", GOAL, f"delete from {GOAL} where {MONTHLY}", "every_goal_is_told_of_tonight"),
    Planted("as of last week", GOAL, put(GOAL, "day = day - 7", FOLLOWERS), "every_goal_is_told_of_tonight"),
    Planted(
        "followers of the day before",
        GOAL,
        put(GOAL, "current_value = current_value - 5", FOLLOWERS),
        "current_values_are_those_of_the_marts",
    ),
    Planted(
        "a day counted twice", GOAL, put(GOAL, "current_value = 90", DONE), "current_values_are_those_of_the_marts"
    ),
    Planted(
        "visits of another day",
        GOAL,
        put(GOAL, "current_value = 2 * current_value", HOLES),
        "current_values_are_those_of_the_marts",
    ),
    Planted("a mean of ratios", GOAL, put(GOAL, "current_value = 0.05", MONTHLY), "ratios_are_those_of_their_sums"),
    Planted("a part of nothing", GOAL, put(GOAL, "attained_share = 0.9", FOLLOWERS), "ratios_are_those_of_their_sums"),
    Planted("no numerator", GOAL, put(GOAL, "current_numerator = null", MONTHLY), "ratios_are_those_of_their_sums"),
    Planted("attained too early", GOAL, put(GOAL, "state = 'attained'", FOLLOWERS), "states_say_what_is_known"),
    Planted(
        "missed, but not known",
        GOAL,
        put(GOAL, "state = 'missed', judged_by = 'value'", HOLES),
        "states_say_what_is_known",
    ),
    Planted("missed before its end", GOAL, put(GOAL, "state = 'missed'", FOLLOWERS), "states_say_what_is_known"),
    Planted("on its way after its end", GOAL, put(GOAL, "state = 'on_pace'", DONE), "states_say_what_is_known"),
    Planted(
        "off pace where a missing day may have brought it",
        GOAL,
        put(GOAL, "state = 'off_pace', judged_by = 'pace', expected_today = 2 * current_value", HOLES),
        "states_say_what_is_known",
    ),
    Planted(
        "on pace where a missing day may have taken it",
        GOAL,
        put(GOAL, "state = 'on_pace', judged_by = 'pace', expected_today = current_value", "goal = 'margin'"),
        "states_say_what_is_known",
    ),
    Planted("on pace behind its line", GOAL, put(GOAL, "state = 'on_pace'", FOLLOWERS), "states_say_what_is_known"),
    Planted("against its forecast", GOAL, put(GOAL, "state = 'off_pace'", MONTHLY), "states_say_what_is_known"),
    Planted("final before its end", GOAL, put(GOAL, "is_final = true", FOLLOWERS), "states_say_what_is_known"),
    Planted("more than the target by now", GOAL, put(GOAL, "expected_today = 11", DONE), "pace_is_reckoned"),
    Planted("expected by a guess", GOAL, put(GOAL, "expected_by = 'guess'", FOLLOWERS), "pace_is_reckoned"),
    Planted("fewer than none a day", GOAL, put(GOAL, "needed_per_day = -1", FOLLOWERS), "pace_is_reckoned"),
    Planted("needed after the end", GOAL, put(GOAL, "needed_per_day = 1", DONE), "pace_is_reckoned"),
    Planted("beyond certain", GOAL, put(GOAL, "probability = 1.2", MONTHLY), "forecasts_say_why_there_is_none"),
    Planted("no probability", GOAL, put(GOAL, "probability = null", MONTHLY), "forecasts_say_why_there_is_none"),
    Planted(
        "no reason",
        GOAL,
        put(GOAL, "reason = null, reason_fr = null", FOLLOWERS),
        "forecasts_say_why_there_is_none",
    ),
    Planted("no reason in French", GOAL, put(GOAL, "reason_fr = null", FOLLOWERS), "forecasts_say_why_there_is_none"),
    Planted(
        "nothing heard for weeks",
        GOAL,
        put(GOAL, "known_until = '2026-10-20', state = 'unknown', judged_by = null", FOLLOWERS),
        "goals_of_today_are_known",
        "warning",
    ),
]
