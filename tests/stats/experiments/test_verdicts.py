"""Running, winner, no difference or invalid, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.stats.experiments.declaration import Experiment, FirstSeen
from pipeline.stats.experiments.looks import results
from tests.stats.experiments.playing import END, SPRING, START, even, last, rows


def test_a_winner_stays_a_winner_and_its_reason_names_it() -> None:
    daily = rows(SPRING, even(lift=1.0))
    found = results([SPRING], daily, [START + timedelta(days=day) for day in range(28)])
    said = found[found["is_control"]]["verdict"].tolist()
    first = said.index("winner")
    assert said == ["running"] * first + ["winner"] * (28 - first)
    assert 3 <= first < 20
    row = last(found)
    assert (row["winner"], row["sequential_low"] > 0) == ("tiktok", True)
    assert row["reason"].startswith("tiktok is better than facebook")


def test_what_is_significant_at_a_single_look_only_is_no_winner() -> None:
    found = last(results([SPRING], rows(SPRING, even(lift=0.2)), [END]))
    assert found["fixed_p"] < 0.05 < found["sequential_p"]
    assert found["verdict"] == "no difference"


def test_over_without_a_difference_says_what_could_have_been_detected() -> None:
    found = results([SPRING], rows(SPRING, even()), [END - timedelta(days=1), END])
    assert found["verdict"].tolist() == ["running"] * 2 + ["no difference"] * 2
    assert 0.2 < last(found)["detectable_lift_fixed"] < last(found)["detectable_lift"] < 0.8


def test_over_with_too_few_visits_is_invalid() -> None:
    found = last(results([SPRING], rows(SPRING, even(), days=3), [END]))
    assert (found["verdict"], found["reason"]) == ("invalid", "over with 750 visits in an arm, its minimum is 1000")


def test_m10_an_arm_without_spend_is_invalid() -> None:
    daily = rows(SPRING, even())
    daily.loc[daily["arm"] == "tiktok", "spend"] = 0.0
    found = last(results([SPRING], daily, [START]))
    assert (found["verdict"], found["reason"]) == ("invalid", "tiktok has no spend")
    assert np.isnan(found["margin_per_euro"])


def test_spend_that_no_platform_has_told_yet_is_waited_for_until_the_end() -> None:
    daily = rows(SPRING, even(spend=np.nan))
    found = results([SPRING], daily, [START, END])
    assert found["verdict"].tolist() == ["running"] * 2 + ["invalid"] * 2
    assert found[["spend", "margin", "margin_per_euro", "sample_ratio_spend_p"]].isna().all().all()
    by_visits = replace(SPRING, split="visits")
    assert last(results([by_visits], daily, [END]))["verdict"] == "no difference"


@pytest.mark.parametrize(("split", "figure"), [("spend", "spend"), ("visits", "visits")])
def test_m10_arms_that_did_not_receive_what_was_planned_are_invalid(split: Any, figure: str) -> None:
    daily = rows(SPRING, even(lift=1.0))
    daily.loc[daily["arm"] == "tiktok", figure] *= 1.2
    found = last(results([replace(SPRING, split=split)], daily, [END]))
    assert found["verdict"] == "invalid"
    assert f"the split of the {split} over the arms is not the planned one" in found["reason"]
    assert found[f"sample_ratio_{figure}_p"] < 0.001
    planned = replace(SPRING, split=split, shares=(1, 1.2))
    assert last(results([planned], daily, [END]))["verdict"] == "winner"


def test_visits_of_slices_of_a_budget_may_differ() -> None:
    daily = rows(SPRING, even())
    daily.loc[daily["arm"] == "tiktok", ["visits", "conversions"]] *= 2
    found = last(results([SPRING], daily, [END]))
    assert found["sample_ratio_visits_p"] < 0.001
    assert found["verdict"] == "no difference"


def test_m10_ended_early_is_invalid_unless_it_had_a_winner() -> None:
    stopped = replace(SPRING, ended=date(2026, 9, 20))
    looks = [date(2026, 9, 19), date(2026, 9, 20), END]
    found = results([stopped], rows(SPRING, even()), looks)
    assert found["verdict"].tolist()[::2] == ["running", "invalid", "invalid"]
    assert last(found)["reason"] == "ended early on 2026-09-20 without a winner, planned was 2026-09-28"
    assert last(found)["visits"] == 5000
    assert last(results([stopped], rows(SPRING, even(lift=1.0)), looks))["verdict"] == "winner"


def test_m10_two_experiments_on_one_campaign_are_both_invalid_while_they_overlap() -> None:
    other = Experiment(
        "autumn", ("mail", "short films"), "sale", date(2026, 9, 10), END, campaigns={"short films": ("tiktok",)}
    )
    daily = pd.concat(
        [rows(SPRING, even()), rows(other, {"mail": even()["facebook"], "short films": even()["facebook"]})]
    )
    found = results([SPRING, other], daily, [date(2026, 9, 9), date(2026, 9, 10)])
    said = {(row.experiment, row.look): (row.verdict, row.reason) for row in found.itertuples()}
    assert said[("spring", date(2026, 9, 9))][0] == "running"
    for name, beside in (("spring", "autumn"), ("autumn", "spring")):
        reason = f"tiktok is also in the experiment {beside} on the same days"
        assert said[(name, date(2026, 9, 10))] == ("invalid", reason)
    later = replace(other, start=date(2026, 9, 29), planned_end=date(2026, 10, 20))
    assert last(results([later, SPRING], daily, [END]))["verdict"] == "no difference"


def test_m10_a_changed_declaration_is_invalid_under_its_old_name() -> None:
    declared = {("spring", "sale"): FirstSeen(SPRING.fingerprint)}
    daily = rows(SPRING, even())
    same = replace(SPRING, shares=(2, 2), ended=END)
    assert last(results([same], daily, [END], declared))["verdict"] == "no difference"
    for changed in (
        replace(SPRING, planned_end=date(2026, 10, 5)),
        replace(SPRING, alpha=0.1),
        replace(SPRING, minimum_visits=2),
    ):
        found = last(results([changed], daily, [START], declared))
        assert found["verdict"] == "invalid"
        assert "needs a new name" in found["reason"]


def test_m10_more_conversions_than_visits_are_invalid_and_have_no_figures() -> None:
    daily = rows(SPRING, even(lift=30.0))
    found = last(results([SPRING], daily, [START]))
    assert (found["verdict"], found["reason"]) == ("invalid", "tiktok has more conversions than visits")
    assert np.isnan([found["lift"], found["probability_best"], found["sequential_low"]]).all()


def test_an_experiment_nobody_visited_is_running_and_knows_nothing() -> None:
    found = results([SPRING], rows(SPRING, even()).iloc[:0], [START])
    assert found["verdict"].tolist() == ["running"] * 2
    assert found["visits"].tolist() == [0, 0]
    assert found[["rate", "lift", "detectable_lift", "sample_ratio_visits_p", "revenue"]].isna().all().all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"arms": ("facebook",)}, "at least one other arm"),
        ({"arms": ("facebook", "facebook")}, "an arm twice"),
        ({"planned_end": date(2026, 8, 31)}, "ends before it starts"),
        ({"ended": date(2026, 8, 31)}, "ended before it started"),
        ({"alpha": 0.0}, "alpha 0.0"),
        ({"minimum_visits": 0}, "minimum_visits 0"),
        ({"tuning": 0}, "tuning 0"),
        ({"split": "luck"}, "split 'luck'"),
        ({"shares": (1.0,)}, "one above 0 for each arm"),
        ({"shares": (1.0, 0.0)}, "one above 0 for each arm"),
        ({"campaigns": {"x": ("y",)}}, "not among its arms"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=f"'spring' .*{words}"):
        replace(SPRING, **change)
