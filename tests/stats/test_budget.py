"""The split of the next budget: what it earns over sixty nights, and what holds for any history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.budget import COLUMNS, advise, posterior, shares

SEEDS, NIGHTS = 200, 60
TRUE = np.array([1.00, 1.15, 1.30])
BUDGET, COST_OF_VISIT = 400.0, 0.40
CONVERSION_RATE, BASKET_SPREAD = 0.04, 0.5

unhurried = settings(deadline=None, max_examples=40)
Floats = NDArray[np.float64]


def night_of(draw: np.random.Generator, spend: Floats) -> Floats:
    """A night's gross margin per arm: what its visits bought, less what they cost.

    Visits are Poisson around spend / 0.40 €, 4 % of them buy, and a basket is gamma with half its mean
    as standard deviation. Its mean (20, 21.50 and 23 €) makes the arm's true margin per euro. A night
    of an even split so has a standard deviation of 0.6 to 0.7 around margins per euro that lie 0.15 apart.
    """
    orders = draw.binomial(draw.poisson(spend / COST_OF_VISIT), CONVERSION_RATE)
    basket = (1 + TRUE) * COST_OF_VISIT / CONVERSION_RATE
    return draw.gamma(orders / BASKET_SPREAD**2, basket * BASKET_SPREAD**2) - spend


def played(seed: int) -> tuple[float, float]:
    """Sixty nights under advice against the even split's mean: what came, and what the splits earn in the mean."""
    draw = np.random.default_rng(seed)
    spend, margin = np.zeros((NIGHTS, 3)), np.zeros((NIGHTS, 3))
    for night in range(NIGHTS):
        known = posterior(spend[:night], margin[:night])
        spend[night] = BUDGET * shares(known, seed=(seed, night), draws=1000)
        margin[night] = night_of(draw, spend[night])
    even = BUDGET * NIGHTS * TRUE.mean()
    return margin.sum() / even - 1, (spend @ TRUE).sum() / even - 1


def test_over_sixty_nights_advice_beats_the_even_split_and_hardly_ever_loses_to_it() -> None:
    came, true = np.array([played(seed) for seed in range(SEEDS)]).T
    assert np.median(came) >= 0.06
    assert np.quantile(came, 0.1) >= -0.02
    assert np.median(true) >= 0.06
    assert np.quantile(true, 0.1) >= 0
    assert true.max() <= TRUE.max() / TRUE.mean() - 1


def test_the_noise_of_a_night_is_what_it_is_said_to_be() -> None:
    draw = np.random.default_rng(0)
    spend = np.full(3, BUDGET / 3)
    nights = np.array([night_of(draw, spend) for _ in range(20_000)]) / spend
    assert nights.mean(axis=0) == pytest.approx(TRUE, abs=0.015)
    assert nights.std(axis=0) == pytest.approx([0.61, 0.66, 0.70], abs=0.01)


def test_equal_arms_keep_an_even_split_in_the_mean() -> None:
    draw = np.random.default_rng(8)
    found = []
    for seed in range(200):
        spend = np.full((10, 3), 100.0)
        found.append(shares(posterior(spend, draw.normal(100, 40, (10, 3))), seed=seed, draws=500))
    assert np.mean(found, axis=0) == pytest.approx([1 / 3] * 3, abs=0.06)


def test_intervals_hold_the_true_margin_as_often_as_they_say() -> None:
    draw = np.random.default_rng(12)
    held = []
    for _ in range(300):
        spend = np.full((20, 3), BUDGET / 3)
        margin = np.array([night_of(draw, row) for row in spend])
        found = advise(history(spend, margin), ARMS, BUDGET, seed=1)
        held.append((found["margin_low"] < TRUE) & (found["margin_high"] > TRUE))
    assert 0.93 <= np.mean(held) <= 0.98


ARMS = ["facebook", "tiktok", "x"]
FIRST = date(2026, 9, 1)


def history(spend: Any, margin: Any) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"arm": arm, "night": FIRST + timedelta(days=night), "spend": row[nth], "visits": 100, "margin": won[nth]}
            for night, (row, won) in enumerate(zip(spend, margin, strict=True))
            for nth, arm in enumerate(ARMS)
        ],
        columns=["arm", "night", "spend", "visits", "margin"],
    )


money = st.integers(0, 10**7).map(lambda cents: cents / 100) | st.just(float("nan"))
earned = st.integers(-(10**7), 10**8).map(lambda cents: cents / 100) | st.just(float("nan"))
nights = st.lists(
    st.tuples(st.lists(money, min_size=3, max_size=3), st.lists(earned, min_size=3, max_size=3)), max_size=8
)


@unhurried
@given(nights, st.floats(0, 1 / 3), st.integers(0, 2**32), st.integers(1, 10**8).map(lambda cents: cents / 100))
def test_any_history_gives_a_split_that_is_whole_and_above_its_floor(
    drawn: list[tuple[list[float], list[float]]], floor: float, seed: int, budget: float
) -> None:
    told = history([spend for spend, _ in drawn], [margin for _, margin in drawn])
    found = advise(told, ARMS, budget, seed=seed, floor=floor)
    assert list(found.columns) == list(COLUMNS)
    assert found["share"].sum() == pytest.approx(1)
    assert (found["share"] >= floor - 1e-12).all()
    assert found["amount"].sum() == pytest.approx(budget, abs=1e-6)
    assert ((found["amount"] - found["share"] * budget).abs() < 0.0101).all()
    assert (found["margin_low"] <= found["margin_high"]).all() or found["margin_low"].isna().all()
    pd.testing.assert_frame_equal(found, advise(told.iloc[::-1], ARMS, budget, seed=seed, floor=floor))


def test_nothing_known_is_an_even_split_and_no_promise() -> None:
    found = advise(history([], []), ARMS, 100.0, seed=1)
    assert found["amount"].tolist() == [33.34, 33.33, 33.33]
    assert found["nights"].tolist() == [0, 0, 0]
    assert found[["expected_margin_per_euro", "probability_best", "expected_gain", "present_share"]].isna().all().all()


def test_a_clearly_better_arm_gets_all_but_the_floors() -> None:
    draw = np.random.default_rng(2)
    margin = draw.normal([100, 100, 300], 5, (20, 3))
    found = advise(history(np.full((20, 3), 100.0), margin), ARMS, 1000.0, seed=1, floor=0.1)
    assert found["amount"].tolist() == [100.0, 100.0, 800.0]
    assert found["expected_margin_per_euro"].tolist() == pytest.approx([1, 1, 3], abs=0.1)
    row = found.iloc[0]
    assert row["present_share"] == pytest.approx(1 / 3)
    assert row["expected_gain"] == pytest.approx(1000 * (0.8 - 1 / 3) * 2, rel=0.05)
    assert 0 < row["gain_low"] < row["expected_gain"] < row["gain_high"]
    assert found["expected_gain"].nunique() == 1


def test_the_gain_is_measured_against_the_present_split() -> None:
    margin = np.random.default_rng(2).normal([100, 100, 300], 5, (20, 3))
    told = history(np.full((20, 3), 100.0), margin)
    same = advise(told, ARMS, 1000.0, seed=1, present={"facebook": 5, "tiktok": 5, "x": 90})
    assert same["present_share"].tolist() == [0.05, 0.05, 0.9]
    assert same.loc[0, "expected_gain"] == pytest.approx(0, abs=1e-6)
    least = advise(told, ARMS, 1000.0, seed=1, present={"facebook": 1.0})
    assert least.loc[0, "expected_gain"] == pytest.approx(1000 * 0.95 * 0 + 1000 * 0.9 * 2, rel=0.05)


def test_an_arm_without_history_is_expected_to_be_like_the_others_and_is_tried() -> None:
    draw = np.random.default_rng(6)
    margin = draw.normal(120, 60, (6, 3))
    spend = np.tile([100.0, 100.0, 0.0], (6, 1))
    found = advise(history(spend, margin), ARMS, 1000.0, seed=1).set_index("arm")
    known = found.loc[["facebook", "tiktok"]]
    assert known["expected_margin_per_euro"].min() <= found.loc["x", "expected_margin_per_euro"]
    assert found.loc["x", "expected_margin_per_euro"] <= known["expected_margin_per_euro"].max()
    width = (found["margin_high"] - found["margin_low"]).to_dict()
    assert width["x"] > 2 * width["facebook"]
    assert float(found["share"]["x"]) > 0.2
    assert found.loc["x", "nights"] == 0


def test_older_nights_count_less_where_the_market_moves() -> None:
    draw = np.random.default_rng(3)
    margin = np.vstack([draw.normal([300, 100, 100], 10, (30, 3)), draw.normal([100, 100, 200], 10, (10, 3))])
    told = history(np.full((40, 3), 100.0), margin)
    assert advise(told, ARMS, 1000.0, seed=1)["share"].idxmax() == 0
    assert advise(told, ARMS, 1000.0, seed=1, half_life_nights=3)["share"].idxmax() == 2


def test_a_night_that_is_not_yet_known_says_nothing() -> None:
    spend, margin = np.full((5, 3), 100.0), np.random.default_rng(1).normal(100, 20, (5, 3))
    later = history(np.vstack([spend, [100, 100, np.nan]]), np.vstack([margin, [np.nan, np.nan, 5]]))
    one = posterior(spend, margin)
    found = advise(later, ARMS, 10.0, seed=1)
    assert found["expected_margin_per_euro"].tolist() == pytest.approx(one.mean.tolist())
    assert found["nights"].tolist() == [5, 5, 5]


def test_what_cannot_be_split_is_refused() -> None:
    told = history([[1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]])
    for change, words in (
        ({"budget": 0.0}, "above 0"),
        ({"budget": float("nan")}, "above 0"),
        ({"arms": []}, "at least one"),
        ({"arms": ["x", "x"]}, "each arm once"),
        ({"floor": 0.4}, "between 0 and 0.333"),
        ({"floor": -0.1}, "between 0 and 0.333"),
        ({"present": {"x": -1.0}}, "present split"),
        ({"present": {"y": 1.0}}, "present split"),
        ({"present": {}}, "present split"),
        ({"history": told.drop(columns="margin")}, "no column margin"),
        ({"history": pd.concat([told, told])}, "one night twice"),
        ({"history": told.assign(spend=-1.0)}, "negative"),
    ):
        with pytest.raises(ValueError, match=words):
            advise(**{"history": told, "arms": ARMS, "budget": 10.0, "seed": 1, **change})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one shape"):
        posterior([1.0], [1.0])
