"""What is said to be likely comes about as often: goals of simulated accounts and sites, asked along their way."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest

from tests.stats.goals.simulated import POINTS, Told, told

# 99 of 100 honest tellers are within so many standard deviations.
BOUND = 2.576


@pytest.fixture(scope="module")
def asked() -> list[Told]:
    return list(told())


def within(asked: list[Told], low: float, high: float) -> tuple[float, float, int]:
    """(mean probability, share attained, series that these goals are of)."""
    found = [one for one in asked if low <= one.probability <= high]
    series = len({(one.series, one.kind) for one in found})
    return sum(o.probability for o in found) / len(found), sum(o.is_attained for o in found) / len(found), series


def test_goals_of_every_kind_are_asked_at_several_points(asked: list[Told]) -> None:
    assert len(asked) >= 300
    assert min(Counter(one.point for one in asked)[point] for point in POINTS) > 100
    assert min(Counter(one.kind for one in asked)[kind] for kind in ("level", "sum", "ratio")) > 90
    # Both outcomes are common: nothing is gained by always saying the same.
    assert 0.3 < sum(one.is_attained for one in asked) / len(asked) < 0.7


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.4), (0.4, 0.6), (0.6, 0.9)])
def test_as_many_are_attained_as_was_said(asked: list[Told], low: float, high: float) -> None:
    """The goals of one series share its luck: only the series are counted as throws."""
    said, came, series = within(asked, low, high)
    assert series >= 30
    assert abs(came - said) <= BOUND * sqrt(said * (1 - said) / series)


def test_what_is_all_but_certain_comes_and_what_is_all_but_lost_does_not(asked: list[Told]) -> None:
    said, came, _ = within(asked, 0.9, 1)
    assert came >= said - 0.05
    said, came, _ = within(asked, 0, 0.1)
    assert came <= said + 0.05


def test_the_probability_is_better_than_that_of_all_goals_together(asked: list[Told]) -> None:
    """Brier's score: the mean square of what was said less what came, below half of that of the mean outcome."""
    usual = sum(one.is_attained for one in asked) / len(asked)
    score = sum((one.probability - one.is_attained) ** 2 for one in asked) / len(asked)
    assert score < 0.5 * usual * (1 - usual)
