"""The models are the library's, and what a path says of its errors is what the library and the algebra say."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray
from statsforecast.ets import ets_f
from statsforecast.models import AutoETS, SeasonalNaive

from pipeline.stats.forecasting import paths

Floats = NDArray[np.float64]
STEPS = 35


def weekly(days: int = 120, trend: float = 0.0) -> Floats:
    draw = np.random.default_rng(11)
    found: Floats = (
        200 + trend * np.arange(days) + 40 * np.sin(2 * np.pi * np.arange(days) / 7) + draw.normal(0, 12, days)
    )
    return found


def test_the_naive_is_that_of_the_library() -> None:
    values = weekly(45)
    theirs = SeasonalNaive(season_length=7).forecast(values, h=STEPS)["mean"]
    assert paths.naive(values, STEPS).mean == pytest.approx(theirs)


@pytest.mark.parametrize("form", [("ANN", False), ("ANA", False)])
def test_mean_and_deviations_are_those_of_the_library(form: tuple[str, bool]) -> None:
    values = weekly(trend=0.5)
    ours = paths.smoothed(values, STEPS, form=form)
    theirs = AutoETS(season_length=7, model=form[0], damped=form[1]).fit(values).predict(STEPS, level=[80])
    assert ours is not None
    assert ours.form == form
    assert ours.mean == pytest.approx(theirs["mean"])
    upper = (theirs["hi-80"] - theirs["mean"]) / NormalDist().inv_cdf(0.9)
    assert ours.deviations(summed=False) == pytest.approx(upper, rel=2e-4)


def test_a_surprise_echoes_as_the_book_says() -> None:
    """The same book, table 6.2: α + β(φ + … + φʲ), and γ more each week, after j days of ETS(A,Ad,A)."""
    values = weekly(trend=0.5)
    ours, model = paths.smoothed(values, 15, form=("AAA", True)), ets_f(values, 7, "AAA", damped=True)
    assert ours is not None
    alpha, beta, gamma, phi = model["par"][:4]
    wanted = [alpha + beta * sum(phi**k for k in range(1, j + 1)) + gamma * (j % 7 == 0) for j in range(1, 15)]
    # The library begins to damp a day later than the book.
    assert ours.echo == pytest.approx([1, *wanted], rel=0.03)
    assert ours.mean == pytest.approx(AutoETS(7, "AAA", damped=True).fit(values).predict(15)["mean"])


def test_the_deviation_of_a_sum_is_that_of_simple_smoothing() -> None:
    """Hyndman and others: the sum of h days of ETS(A,N,N) has the variance σ² Σ (1 + jα)², j from 0 to h − 1."""
    values = weekly(60) + np.cumsum(np.random.default_rng(2).normal(0, 8, 60))
    model, ours = ets_f(values, 7, "ANN"), paths.smoothed(values, 10, form=("ANN", False))
    assert ours is not None
    alpha, sigma = model["par"][0], np.sqrt(model["sigma2"])
    wanted = [sigma * np.sqrt(sum((1 + j * alpha) ** 2 for j in range(h))) for h in range(1, 11)]
    assert ours.deviations(summed=True) == pytest.approx(wanted)


def test_a_sum_of_seasonal_naive_days_knows_that_the_same_day_errs_again() -> None:
    path = paths.naive(weekly(), 14)
    assert path.deviations(summed=False)[[0, 6, 7, 13]] == pytest.approx(path.sigma * np.sqrt([1, 1, 2, 2]))
    # Seven surprises twice and seven once.
    assert path.deviations(summed=True)[13] == pytest.approx(path.sigma * np.sqrt(7 * 4 + 7))


def test_of_all_forms_that_of_least_aicc_is_taken() -> None:
    seasonal, flat = weekly(), np.random.default_rng(3).normal(100, 5, 120)
    for values in (seasonal, flat):
        taken = paths.smoothed(values, 1)
        fits = [AutoETS(7, "ANZ").fit(values).model_, AutoETS(7, "AAZ", damped=True).fit(values).model_]
        best = min(fits, key=lambda fit: float(fit["aicc"]))["components"]
        assert taken is not None
        assert taken.form == (best[:3], best[3] == "D")


def test_parameters_of_earlier_days_move_on_with_the_later_ones() -> None:
    values = weekly()
    early, late = paths.smoothed(values, STEPS, fitted_on=70), paths.smoothed(values, STEPS)
    higher = paths.smoothed(np.concatenate([values[:100], values[100:] + 300]), STEPS, fitted_on=70)
    assert early is not None
    assert late is not None
    assert higher is not None
    assert early.mean == pytest.approx(late.mean, rel=0.15)
    assert early.sigma != late.sigma
    assert higher.mean.mean() > early.mean.mean()


def test_remembered_or_not_the_numbers_are_the_same() -> None:
    values = weekly()
    paths._fitted.cache_clear()
    fresh = paths.smoothed(values, STEPS)
    remembered = paths.smoothed(values, STEPS)
    assert paths._fitted.cache_info().hits == 1
    paths._fitted.cache_clear()
    again = paths.smoothed(values, STEPS)
    assert fresh is not None
    assert remembered is not None
    assert again is not None
    assert fresh.mean.tolist() == remembered.mean.tolist() == again.mean.tolist()
    assert fresh.echo.tolist() == remembered.echo.tolist() == again.echo.tolist()


@pytest.mark.parametrize("values", [np.arange(3.0), np.zeros(100), np.full(100, 7.0)])
def test_what_has_nothing_to_smooth_is_left_to_the_naive(values: Floats) -> None:
    assert paths.smoothed(values, STEPS) is None
