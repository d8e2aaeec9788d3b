"""Thousands of experiments with a known truth, through the functions that judge the real ones."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.experiments.lifts import fixed_interval, lifts
from pipeline.stats.experiments.power import visits_needed
from pipeline.stats.experiments.verdicts import NOBODY, winners

EXPERIMENTS = 2000
NIGHTS = 28

Counts = NDArray[np.int64]


def played(rates: list[float], visits_a_night: float, seed: int) -> tuple[Counts, Counts]:
    """Visits and conversions until each night, [experiments, nights, arms]."""
    draw = np.random.default_rng(seed)
    visits = draw.poisson(visits_a_night, (EXPERIMENTS, NIGHTS, len(rates)))
    return visits.cumsum(axis=1), draw.binomial(visits, rates).cumsum(axis=1)


@pytest.mark.parametrize(
    ("rate", "visits_a_night"), [(0.04, 50), (0.04, 200), (0.04, 1000), (0.01, 400), (0.002, 2000), (0.3, 60)]
)
def test_of_equal_arms_looked_at_every_night_at_most_one_in_twenty_is_called_a_winner(
    rate: float, visits_a_night: float
) -> None:
    visits, conversions = played([rate, rate], visits_a_night, seed=2026)
    called = winners(visits, conversions, alpha=0.05, tuning=5000) != NOBODY
    assert called.any(axis=1).mean() <= 0.05


def test_of_four_equal_arms_at_most_one_in_twenty_experiments_has_a_winner() -> None:
    visits, conversions = played([0.04] * 4, 300, seed=7)
    called = winners(visits, conversions, alpha=0.05 / 3, tuning=5000) != NOBODY
    assert called.any(axis=1).mean() <= 0.05


def test_a_fixed_interval_looked_at_every_night_would_call_many_more() -> None:
    """The simulation can see what it is there for."""
    visits, conversions = played([0.04, 0.04], 200, seed=2026)
    _, _, p = fixed_interval(lifts(visits, conversions), 0.05)
    assert (p[..., 1] < 0.05).any(axis=1).mean() > 0.15


@pytest.mark.parametrize("rate", [0.01, 0.04, 0.2])
def test_a_lift_of_a_fifth_is_found_in_four_of_five_runs_of_the_size_that_it_needs(rate: float) -> None:
    size = visits_needed(rate, 0.2)
    visits, conversions = played([rate, 1.2 * rate], size / NIGHTS, seed=99)
    called = winners(visits, conversions, alpha=0.05, tuning=5000)
    assert (called[:, -1] == 1).mean() >= 0.8
    assert (called == 0).any(axis=1).mean() <= 0.025


def test_half_of_the_size_finds_it_less_often() -> None:
    visits, conversions = played([0.04, 0.048], visits_needed(0.04, 0.2) / 2 / NIGHTS, seed=99)
    assert (winners(visits, conversions, alpha=0.05, tuning=5000)[:, -1] == 1).mean() < 0.6


def test_the_control_wins_against_worse_arms() -> None:
    visits, conversions = played([0.05, 0.035, 0.03], 1500, seed=4)
    called = winners(visits, conversions, alpha=0.025, tuning=5000)
    assert (called[:, -1] == 0).mean() > 0.95
    assert not (called > 0).any()


def test_no_arm_wins_before_every_arm_has_its_minimum_of_visits() -> None:
    visits, conversions = played([0.04, 0.12], 100, seed=4)
    called = winners(visits, conversions, alpha=0.05, tuning=5000, minimum_visits=1000)
    assert (called[(visits < 1000).any(axis=2)] == NOBODY).all()
    assert (called[:, -1] == 1).mean() > 0.99
