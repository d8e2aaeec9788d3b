"""The table of experiments: its rows, its figures, and figures that it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from pipeline.stats.experiments.declaration import Experiment
from pipeline.stats.experiments.looks import COLUMNS, results
from tests.stats.experiments.playing import END, SPRING, START, even, last, rows


def test_one_look_at_the_known_figures_is_the_known_row() -> None:
    known = {
        "facebook": {"visits": 5000, "conversions": 200, "revenue": 6000, "spend": 2000},
        "tiktok": {"visits": 5000, "conversions": 245, "revenue": 7350, "spend": 2000},
    }
    found = results([SPRING], rows(SPRING, known, days=1), [START])
    assert list(found.columns) == list(COLUMNS)
    control, arm = found.to_dict("records")
    assert (control["arm"], control["is_control"], arm["arm"], arm["is_control"]) == ("facebook", True, "tiktok", False)
    assert {name: round(arm[name], 6) for name in ("lift", "fixed_low", "fixed_high", "fixed_p", "fixed_p_holm")} == {
        "lift": 0.225,
        "fixed_low": 0.001263,
        "fixed_high": 0.448737,
        "fixed_p": 0.048721,
        "fixed_p_holm": 0.048721,
    }
    assert [round(arm[name], 6) for name in ("sequential_low", "sequential_high", "sequential_p")] == [
        -0.124436,
        0.574436,
        0.660369,
    ]
    assert (round(arm["chance_to_win"], 6), round(arm["probability_best"], 6)) == (0.975653, 0.985422)
    assert (arm["margin"], arm["margin_per_visit"], arm["margin_per_euro"]) == (5350, 1.07, 2.675)
    assert arm["difference"] == pytest.approx(0.009)
    assert (arm["verdict"], arm["winner"]) == ("running", None)
    assert control["rate"] == 0.04
    assert np.isnan([control[name] for name in ("lift", "fixed_low", "sequential_p", "detectable_lift")]).all()
    assert "not randomised persons" in arm["design"]


def test_a_look_knows_everything_until_its_day_and_nothing_after_it() -> None:
    daily = rows(SPRING, even())
    looks = [START - timedelta(days=1), START, START + timedelta(days=9), END, END + timedelta(days=5)]
    found = results([SPRING], daily, looks)
    assert found[found["is_control"]].set_index("look")["visits"].to_dict() == {
        START: 250,
        START + timedelta(days=9): 2500,
        END: 7000,
        END + timedelta(days=5): 7000,
    }
    only = results([SPRING], daily, looks[2:3])
    pd.testing.assert_frame_equal(only, found[found["look"] == looks[2]].reset_index(drop=True))


def test_days_after_the_end_do_not_count() -> None:
    daily = rows(SPRING, even(), days=60)
    assert last(results([SPRING], daily, [END + timedelta(days=20)]))["visits"] == 7000


def test_arms_and_actions_of_one_name_are_corrected_together() -> None:
    three = Experiment("three", ("facebook", "tiktok", "x"), "sale", START, END)
    quotes = replace(three, action="quote_request")
    figures = {**even(lift=0.3), "x": {**even()["facebook"], "conversions": 12}}
    daily = pd.concat([rows(three, figures), rows(quotes, figures)])
    both = results([three, quotes], daily, [END])
    alone = results([three], daily, [END])
    assert both["sequential_alpha"].unique().tolist() == [0.0125]
    assert alone["sequential_alpha"].unique().tolist() == [0.025]
    assert (both["fixed_p_holm"].dropna() > both["fixed_p"].dropna()).any()
    wide, narrow = both.iloc[1], alone.iloc[1]
    assert wide["sequential_low"] < narrow["sequential_low"]
    assert wide["fixed_low"] == narrow["fixed_low"]
    assert wide["fixed_p_holm"] > narrow["fixed_p_holm"] > narrow["fixed_p"]
    assert alone["probability_best"].sum() == pytest.approx(1)


def test_days_before_the_start_serve_cuped_alone() -> None:
    draw = np.random.default_rng(1)
    before = rows(SPRING, even(), since=START - timedelta(days=28))
    during = rows(SPRING, even(lift=0.5))
    weekday = draw.integers(0, 12, 28)
    for frame in (before, during):
        frame["conversions"] += np.tile(weekday, 2)
    found = last(results([SPRING], pd.concat([before, during]), [END]))
    without = last(results([SPRING], during, [END]))
    assert found["cuped_variance_reduction"] > 0.99
    assert found["cuped_difference"] == pytest.approx(5 / 250)
    assert np.isnan(without["cuped_difference"])
    assert (found["visits"], found["lift"], found["verdict"]) == (
        without["visits"],
        without["lift"],
        without["verdict"],
    )


def test_no_experiments_or_no_looks_give_no_rows() -> None:
    assert list(results([], rows(SPRING, even()), [END]).columns) == list(COLUMNS)
    assert results([SPRING], rows(SPRING, even()), []).empty


def test_daily_figures_that_contradict_themselves_are_refused() -> None:
    daily = rows(SPRING, even())
    with pytest.raises(ValueError, match="no column arm"):
        results([SPRING], daily.drop(columns="arm"), [END])
    with pytest.raises(ValueError, match="one day twice"):
        results([SPRING], pd.concat([daily, daily.iloc[:1]]), [END])
    with pytest.raises(ValueError, match="negative"):
        results([SPRING], daily.assign(visits=-1), [END])
    with pytest.raises(ValueError, match="declared twice"):
        results([SPRING, SPRING], daily, [END])
    refunded = last(results([SPRING], daily.assign(spend=-1.0), [END]))
    assert (refunded["verdict"], refunded["reason"]) == ("invalid", "the spend of an arm is negative")
