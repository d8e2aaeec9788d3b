"""Intervals, probabilities and sizes of experiments: known values, and what holds for any counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.experiments import lifts as of_lifts
from pipeline.stats.experiments.cuped import cuped
from pipeline.stats.experiments.lifts import chance_to_win, fixed_interval, holm, lifts
from pipeline.stats.experiments.posterior import probability_best
from pipeline.stats.experiments.power import detectable_lift, power, visits_needed
from pipeline.stats.experiments.ratios import sample_ratio
from pipeline.stats.experiments.sequential import beyond, critical, sequential_interval

# The first example of a property imports a library.
unhurried = settings(deadline=None, max_examples=40)

# 200 of 5,000 visits convert in the control and 245 of 5,000 in the arm.
KNOWN = lifts([5000, 5000], [200, 245])

counts = st.tuples(st.integers(1000, 10**6), st.floats(0.03, 0.9)).map(
    lambda drawn: (drawn[0], int(drawn[0] * drawn[1]))
)
two_arms = st.tuples(counts, counts)


def of(arms: tuple[tuple[int, int], ...]) -> of_lifts.Lifts:
    return lifts([visits for visits, _ in arms], [conversions for _, conversions in arms])


def test_the_known_lift_has_its_known_intervals() -> None:
    assert KNOWN.lift[1] == pytest.approx(0.225, abs=1e-12)
    fixed = [round(float(found[1]), 6) for found in fixed_interval(KNOWN, 0.05)]
    assert fixed == [0.001263, 0.448737, 0.048721]
    sequential = [round(float(found[1]), 6) for found in sequential_interval(KNOWN, 0.05, 5000)]
    assert sequential == [-0.124436, 0.574436, 0.660369]


def test_the_known_lift_has_its_known_chance_to_win() -> None:
    assert round(float(chance_to_win(KNOWN)[1]), 6) == 0.975653


def test_probability_best_of_two_is_the_closed_form_of_two_betas() -> None:
    """Evan Miller (2015), "Formulas for Bayesian A/B Testing", equation 6, summed over whole numbers."""
    from scipy.special import betaln

    alpha, beta = (201, 246), (4801, 4756)
    terms = [
        betaln(alpha[0] + i, beta[0] + beta[1])
        - np.log(beta[1] + i)
        - betaln(1 + i, beta[1])
        - betaln(alpha[0], beta[0])
        for i in range(alpha[1])
    ]
    best, loss = probability_best([5000, 5000], [200, 245])
    assert best[1] == pytest.approx(np.exp(terms).sum(), abs=1e-9)
    assert best[1] == pytest.approx(0.985422, abs=1e-6)
    assert loss[0] - loss[1] == pytest.approx(45 / 5002, abs=1e-9)


def test_a_known_sample_ratio_has_its_known_p() -> None:
    assert round(sample_ratio([5000, 5200], [0.5, 0.5]), 6) == 0.047670
    assert sample_ratio([600, 300, 100], [6, 3, 1]) == pytest.approx(1)
    assert np.isnan(sample_ratio([0, 0], [0.5, 0.5]))


@unhurried
@given(two_arms)
def test_intervals_hold_their_lift_and_the_lasting_one_is_wider(arms: tuple[tuple[int, int], ...]) -> None:
    found = of(arms)
    low, high, p = fixed_interval(found, 0.05)
    lowest, highest, lasting = sequential_interval(found, 0.05, 5000)
    assert lowest[1] < low[1] <= found.lift[1] <= high[1] < highest[1]
    assert 0 <= p[1] <= lasting[1] + 1e-12 <= 1 + 1e-12
    assert (p[1] < 0.05) == (low[1] > 0 or high[1] < 0)
    assert (lasting[1] < 0.05) == (lowest[1] > 0 or highest[1] < 0)
    assert np.isnan([low[0], high[0], p[0], lowest[0], highest[0], lasting[0], found.lift[0]]).all()


@unhurried
@given(two_arms, st.floats(0.001, 0.4), st.floats(0.001, 0.4))
def test_who_tolerates_less_error_has_a_wider_interval(
    arms: tuple[tuple[int, int], ...], one: float, other: float
) -> None:
    strict, loose = sorted([one, other])
    found = of(arms)
    assert fixed_interval(found, strict)[0][1] <= fixed_interval(found, loose)[0][1] + 1e-12
    assert sequential_interval(found, strict, 5000)[0][1] <= sequential_interval(found, loose, 5000)[0][1] + 1e-12


@unhurried
@given(st.lists(counts, min_size=2, max_size=5))
def test_an_arm_is_compared_with_the_control_whoever_stands_beside_it(arms: list[tuple[int, int]]) -> None:
    together = of(tuple(arms))
    for place in range(1, len(arms)):
        alone = of((arms[0], arms[place]))
        assert (together.lift[place], together.variance[place]) == (alone.lift[1], alone.variance[1])


@unhurried
@given(st.lists(st.lists(st.integers(0, 10**5), min_size=6, max_size=6), min_size=1, max_size=4))
def test_looks_and_experiments_done_at_once_are_those_done_one_by_one(rows: list[list[int]]) -> None:
    visits = np.array(rows).reshape(-1, 3, 2)
    conversions = visits // 7
    together = sequential_interval(lifts(visits, conversions), 0.05, 5000)
    for place in np.ndindex(visits.shape[:2]):
        for all_bounds, bounds in zip(
            together, sequential_interval(lifts(visits[place], conversions[place]), 0.05, 5000), strict=True
        ):
            np.testing.assert_array_equal(all_bounds[place], bounds)


@pytest.mark.parametrize(
    ("visits", "conversions"), [([1000, 1000], [19, 500]), ([1000, 1000], [981, 500]), ([0, 9], [0, 3])]
)
def test_few_conversions_give_no_interval_at_all(visits: list[int], conversions: list[int]) -> None:
    found = lifts(visits, conversions)
    assert np.isnan(found.lift).all()
    assert np.isnan(sequential_interval(found, 0.05, 5000)).all()
    assert np.isnan(fixed_interval(found, 0.05)).all()


def test_an_intersection_of_looks_never_widens() -> None:
    draw = np.random.default_rng(3)
    low, high = beyond(draw.normal(-1, 1, (20, 9, 2)), draw.normal(1, 1, (20, 9, 2)))
    assert (np.diff(low, axis=-2) >= 0).all()
    assert (np.diff(high, axis=-2) <= 0).all()


@unhurried
@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.floats(0, 1)).map(lambda d: (d[0], int(d[0] * d[1]))),
        min_size=2,
        max_size=6,
    )
)
def test_probabilities_to_be_best_sum_to_one_and_losses_are_not_negative(arms: list[tuple[int, int]]) -> None:
    best, loss = probability_best([visits for visits, _ in arms], [conversions for _, conversions in arms])
    assert best.sum() == pytest.approx(1)
    assert (best >= 0).all()
    assert (loss >= 0).all()
    assert best[loss.argmin()] > 0
    assert loss.argmin() == np.argmax([(1 + conversions) / (2 + visits) for visits, conversions in arms])


def test_probabilities_of_several_arms_are_those_of_many_draws() -> None:
    visits, conversions = np.array([400, 900, 50_000, 30]), np.array([20, 55, 2_400, 2])
    drawn = np.random.default_rng(11).beta(1 + conversions, 1 + visits - conversions, (400_000, 4))
    best, loss = probability_best(visits, conversions)
    wins = np.bincount(drawn.argmax(axis=1), minlength=4) / len(drawn)
    assert best == pytest.approx(wins, abs=0.004)
    assert loss == pytest.approx((drawn.max(axis=1)[:, None] - drawn).mean(axis=0), abs=2e-4)


@unhurried
@given(st.floats(0.005, 0.5), st.floats(0.03, 0.6), st.sampled_from([None, 5000, 50_000]))
def test_the_size_that_is_asked_for_finds_the_lift_and_one_visit_less_does_not(
    rate: float, lift: float, tuning: float | None
) -> None:
    size = visits_needed(rate, lift, tuning=tuning)
    assert power(rate, lift, (size, size), tuning=tuning) >= 0.8
    fewest = of_lifts.FEWEST / min(rate, 1 - rate * (1 + lift))
    if size > fewest + 3:
        assert power(rate, lift, (size - 2, size - 2), tuning=tuning) < 0.8
        found = detectable_lift(rate, (size, size), tuning=tuning)
        assert found == pytest.approx(lift, rel=0.02)
        assert power(rate, found, (size, size), tuning=tuning) == pytest.approx(0.8, abs=1e-6)


def test_a_lasting_interval_needs_more_visits_than_a_single_look() -> None:
    assert visits_needed(0.04, 0.2, tuning=5000) > 1.5 * visits_needed(0.04, 0.2, tuning=None)
    assert (critical([10, 5000, 10**7], 0.05, 5000) > 1.96).all()


def test_nothing_is_detected_by_nobody() -> None:
    assert np.isnan(detectable_lift(0.04, (0, 100)))
    assert np.isnan(detectable_lift(0.0, (100, 100)))
    assert np.isnan(detectable_lift(0.9, (30, 30)))
    with pytest.raises(ValueError, match="ask for a larger"):
        visits_needed(0.04, 0)
    with pytest.raises(ValueError, match="above 0 and below 1"):
        power(0.6, 1.0, (100, 100))


@unhurried
@given(st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_and_keeps_their_order(p: list[float]) -> None:
    found = holm(p)
    known = ~np.isnan(p)
    assert (np.isnan(found) == ~known).all()
    assert (found[known] >= np.array(p)[known]).all()
    assert (np.diff(found[known][np.argsort(np.array(p)[known])]) >= 0).all()


def test_holm_of_two_p_values() -> None:
    assert holm([0.01, float("nan"), 0.04]).tolist()[::2] == [0.02, 0.04]


def days(slope: float, noise: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draw = np.random.default_rng(5)
    before = draw.normal(0.04, 0.01, (28, 2))
    return slope * before + [0.0, 0.01] + draw.normal(0, noise, (28, 2)), before


def test_cuped_takes_away_what_was_there_before() -> None:
    outcome, before = days(1.0, 0.001)
    found = cuped(outcome, before, alpha=0.05)
    assert found.difference[1] == pytest.approx(0.01, abs=0.001)
    assert found.low[1] < 0.01 < found.high[1]
    assert found.reduction > 0.95
    plain = cuped(outcome, np.full_like(before, 0.04), alpha=0.05)
    assert plain.reduction == 0
    assert plain.high[1] - plain.low[1] > 4 * (found.high[1] - found.low[1])


def test_cuped_is_nothing_without_a_time_before() -> None:
    outcome, before = days(1.0, 0.001)
    before[6:, 1] = np.nan
    found = cuped(outcome, before, alpha=0.05)
    assert np.isnan([*found.difference, *found.low, *found.high, found.reduction]).all()
    still = cuped(np.full((9, 2), 0.04), np.full((9, 2), 0.04), alpha=0.05)
    assert still.difference[1] == 0
    assert np.isnan(still.low).all()


def test_impossible_figures_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        lifts([1, 2], [1])
    with pytest.raises(ValueError, match="one shape"):
        lifts([10], [1])
    with pytest.raises(ValueError, match="negative"):
        lifts([100, 100], [-1, 5])
    with pytest.raises(ValueError, match="above the visits"):
        probability_best([100, 100], [5, 101])
    with pytest.raises(ValueError, match="its share"):
        sample_ratio([1, 2], [0.5])
    with pytest.raises(ValueError, match="negative or missing"):
        sample_ratio([1, float("nan")], [0.5, 0.5])
    with pytest.raises(ValueError, match="one shape"):
        cuped([[1.0]], [[1.0]], alpha=0.05)
