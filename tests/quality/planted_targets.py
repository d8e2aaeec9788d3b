"""Faults in whom of the target was reached: what would tell people that they reach whom they do not."""

from __future__ import annotations

from tests.quality.planted import Planted
from tests.quality.planted_marts import doubled, put

TARGET = "kpi.target_reach"
TOLD = "account = 'page' and day = date '2026-10-30'"
UNTOLD = "account = 'small' and day = date '2026-10-30'"

TARGETS = [
    Planted("a row twice", TARGET, doubled(TARGET), "key_unique"),
    *(
        Planted(f"no {column}", TARGET, put(TARGET, f"{column} = null", TOLD), "rows_can_be_placed")
        for column in ("day_timezone", "target_segments", "is_final", "observed_at")
    ),
    Planted("a day to come", TARGET, put(TARGET, "day = date '2026-11-20'", TOLD), "rows_can_be_placed"),
    Planted("a window to come", TARGET, put(TARGET, "window_since = day + 1", TOLD), "rows_can_be_placed"),
    Planted("an evening lost", TARGET, f"delete from {TARGET} where {TOLD}", "every_evening_is_there"),
    Planted("an evening without a word lost", TARGET, f"delete from {TARGET} where {UNTOLD}", "every_evening_is_there"),
    Planted(
        "people of one trait and of another",
        TARGET,
        put(TARGET, "people_reached = 2 * people_reached", TOLD),
        "every_evening_is_there",
    ),
    Planted(
        "a share of others",
        TARGET,
        put(TARGET, "target_reach_rate = 1 - target_reach_rate", TOLD),
        "rate_is_its_quotient",
    ),
    Planted(
        "twice as many of the target as were reached",
        TARGET,
        put(TARGET, "target_reach = 2 * people_reached, target_reach_rate = 2", TOLD),
        "rate_is_its_quotient",
    ),
    Planted("an unknown rate is 0", TARGET, put(TARGET, "target_reach_rate = 0", UNTOLD), "rate_is_its_quotient"),
    Planted(
        "no rate, and no word", TARGET, put(TARGET, "reason = null, reason_fr = null", UNTOLD), "no_rate_has_a_reason"
    ),
    Planted("told in English alone", TARGET, put(TARGET, "reason_fr = null", UNTOLD), "no_rate_has_a_reason"),
    Planted(
        "an excuse for a rate",
        TARGET,
        put(TARGET, "reason = 'none', reason_fr = 'aucune'", TOLD),
        "no_rate_has_a_reason",
    ),
    Planted("minus one person", TARGET, put(TARGET, "target_reach = -1", TOLD), "counts_are_counts"),
    Planted("more segments than were asked for", TARGET, put(TARGET, "segments_told = 3", TOLD), "counts_are_counts"),
    Planted("segments of an untold evening", TARGET, put(TARGET, "segments_told = 0", UNTOLD), "counts_are_counts"),
    Planted("a window of nobody", TARGET, put(TARGET, "window_since = day", UNTOLD), "counts_are_counts"),
    Planted("half of the target", TARGET, put(TARGET, "segments_told = 1", TOLD), "a_part_of_the_target_is_no_target"),
    Planted(
        "a target of two traits", TARGET, put(TARGET, "dimension = null", TOLD), "a_part_of_the_target_is_no_target"
    ),
    Planted(
        "a target that is unknown",
        TARGET,
        put(TARGET, "target_reach = null", TOLD),
        "a_part_of_the_target_is_no_target",
    ),
    Planted(
        "a month that shrinks",
        TARGET,
        put(TARGET, "people_reached = people_reached // 2", TOLD),
        "a_window_only_grows",
        "warning",
    ),
]
