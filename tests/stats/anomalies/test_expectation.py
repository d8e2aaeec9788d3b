"""What is expected of a day comes from the days before it alone; how it is asked for changes nothing."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.anomaly import AFTER, BEFORE, THRESHOLD, Expected, expect

Floats = NDArray[np.float64]
DAYS = 60
# Of each kind: with a week of its own, from nearly nothing to many, with days of which nothing is known.
SERIES = st.tuples(st.integers(0, 2**32 - 1), st.sampled_from((0.3, 5.0, 400.0, 1e6)), st.sampled_from((0.0, 0.1, 0.5)))


def world(seed: int, size: float, absent: float) -> Floats:
    """Counts of ``BEFORE + DAYS + AFTER`` days."""
    draw = np.random.default_rng(seed)
    days = np.arange(BEFORE + DAYS + AFTER)
    week = draw.uniform(0.3, 1.7, 7)[days % 7]
    counts = draw.poisson(size * week * draw.gamma(4, 0.25, len(days))).astype(float)
    counts[draw.random(len(days)) < absent] = np.nan
    return counts


def told(values: Floats, *, net: bool = False) -> Expected:
    rows = np.atleast_2d(values)
    every = np.ones(rows.shape, dtype=np.bool_)
    return expect(rows, every, every, np.ones(rows.shape) if net else None)


@settings(max_examples=60, deadline=None)
@given(SERIES, st.integers(0, DAYS - 1), st.integers(0, 2**32 - 1), st.booleans())
def test_what_a_day_and_all_days_after_it_bring_changes_nothing_that_was_expected_of_it(
    series: tuple[int, float, float], day: int, seed: int, net: bool
) -> None:
    counts = world(*series)
    other = counts.copy()
    other[BEFORE + day :] = np.random.default_rng(seed).uniform(0, 1e6, len(counts) - BEFORE - day)
    one, two = told(counts, net=net), told(other, net=net)
    for name in ("expected", "low", "high", "training_days"):
        np.testing.assert_array_equal(getattr(one, name)[:, : day + 1], getattr(two, name)[:, : day + 1])


def test_the_days_after_do_learn_from_it() -> None:
    """Without this the property above would hold of what learns nothing at all."""
    counts = world(1, 400.0, 0.0)
    other = counts.copy()
    other[BEFORE + 10] = 0
    one, two = told(counts), told(other)
    assert one.expected[0, 10] == two.expected[0, 10]
    assert one.expected[0, 11] != two.expected[0, 11]
    assert (one.high[0, 12:40] != two.high[0, 12:40]).any()


@settings(max_examples=20, deadline=None)
@given(st.lists(SERIES, min_size=2, max_size=5), st.integers(1, DAYS - 1))
def test_a_series_among_others_and_days_asked_later_get_the_same(
    series: list[tuple[int, float, float]], later: int
) -> None:
    rows = np.stack([world(*each) for each in series])
    together = told(rows)
    for place, alone in enumerate(rows):
        for name in (field.name for field in fields(Expected)):
            wanted = getattr(together, name)[place]
            np.testing.assert_array_equal(getattr(told(alone), name)[0], wanted)
            np.testing.assert_array_equal(getattr(told(alone[later:]), name)[0], wanted[later:])


@settings(max_examples=40, deadline=None)
@given(SERIES, st.booleans())
def test_a_value_beyond_its_bounds_is_one_whose_score_is_beyond_the_threshold(
    series: tuple[int, float, float], net: bool
) -> None:
    counts = world(*series)
    found = told(counts, net=net)
    tested = counts[BEFORE : BEFORE + DAYS]
    known = ~np.isnan(found.score[0]) & ~np.isnan(tested)
    # What lies on the bound itself may be rounded to either side.
    clear = known & (np.abs(np.abs(found.score[0]) - THRESHOLD) > 1e-3)
    beyond = (tested > found.high[0]) | (tested < found.low[0])
    np.testing.assert_array_equal(beyond[clear], np.abs(found.score[0])[clear] > THRESHOLD)


def test_days_that_are_not_ordinary_teach_nothing() -> None:
    """A campaign of a week leaves the expectation of the weeks after it as if it had not been known."""
    counts = world(3, 400.0, 0.0)
    counts[BEFORE + 5 : BEFORE + 12] *= 6
    unknown = counts.copy()
    unknown[BEFORE + 5 : BEFORE + 12] = np.nan
    ordinary = np.ones((1, len(counts)), dtype=np.bool_)
    ordinary[0, BEFORE + 5 : BEFORE + 12] = False
    every = np.ones_like(ordinary)
    found = expect(counts[None], ordinary, every)
    np.testing.assert_array_equal(found.high, told(unknown).high)
    assert not np.array_equal(found.high, told(counts).high)
    assert not np.isnan(found.score[0, 5:12]).any(), "they are tested all the same"


@pytest.mark.parametrize("size", [0.0, 7.0, 120.0])
def test_a_series_that_never_changes_is_expected_to_stay_and_only_chance_gives_it_room(size: float) -> None:
    found = told(np.full(BEFORE + DAYS + AFTER, size))
    assert found.expected[0] == pytest.approx(np.full(DAYS, size), abs=1e-3)
    assert (found.low[0] < found.expected[0]).all()
    assert (found.expected[0] < found.high[0]).all()
    assert found.score[0] == pytest.approx(np.zeros(DAYS), abs=1e-3)
