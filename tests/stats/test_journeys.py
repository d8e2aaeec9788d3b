"""Touches before they are weighed: the look-back, and touches that contradict each other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipeline.stats import attribution
from pipeline.stats.journeys import within_lookback
from tests.stats.journeys_of import FIRST, KNOWN, Path, touches


def test_what_is_older_than_the_look_back_is_left_out_to_the_second() -> None:
    frame = touches([Path(("A", "B", "C"), 1), Path(("A", "B"), None)])
    end = frame["converted_at"].max()
    edge = end - pd.Timedelta(days=30)
    frame.loc[:2, "touched_at"] = [edge - pd.Timedelta(seconds=1), edge, end]
    kept = within_lookback(frame)
    assert kept["touch"].tolist() == [2, 3, 1, 2]
    assert attribution.weights(kept)["linear"].tolist() == [0.5, 0.5]
    assert within_lookback(frame, 31)["touch"].tolist() == [1, 2, 3, 1, 2]


def test_a_journey_that_does_not_convert_is_looked_back_at_from_its_last_touch() -> None:
    frame = touches([Path(("A", "B"), None)])
    frame.loc[0, "touched_at"] = FIRST - pd.Timedelta(days=31)
    assert within_lookback(frame)["touch"].tolist() == [2]


def test_m10_a_conversion_before_its_visit_is_not_credited_to_it() -> None:
    frame = touches([Path(("A", "B"), 1)])
    frame.loc[1, "touched_at"] = frame["converted_at"].max() + pd.Timedelta(seconds=1)
    assert within_lookback(frame)["channel"].tolist() == ["A"]


@pytest.mark.parametrize(
    ("column", "given_value", "words"),
    [
        ("journey", None, "no journey"),
        ("channel", None, "no channel"),
        ("touch", 1, "twice"),
        ("converted", [True, False], "both converted and not"),
        ("converted_at", pd.NaT, "no 'converted_at'"),
        ("touched_at", pd.NaT, "'touched_at' of a touch is NULL"),
        ("value", [1.0, 2.0], "differs within a journey"),
        ("value", -1.0, "negative"),
        ("value", float("inf"), "endless"),
    ],
)
def test_touches_that_contradict_each_other_are_refused(column: str, given_value: Any, words: str) -> None:
    frame = touches([Path(("A", "B"), 1)]).assign(**{column: given_value})
    with pytest.raises(ValueError, match=words):
        attribution.weights(frame, value="value")


def test_missing_columns_and_impossible_settings_are_refused() -> None:
    frame = touches(KNOWN)
    with pytest.raises(ValueError, match="no column channel, is_direct"):
        attribution.weights(frame.drop(columns=["channel", "is_direct"]))
    with pytest.raises(ValueError, match="no column worth"):
        attribution.weights(frame, value="worth")
    for days in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="half-life"):
            attribution.weights(frame, half_life_days=days)
        with pytest.raises(ValueError, match="look-back"):
            within_lookback(frame, days)
