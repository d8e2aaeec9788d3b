"""A series is what people did: without what platforms did to it, and without days that nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.forecasting.backtest import backtests
from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.horizon import forecast
from pipeline.stats.forecasting.paths import NAIVE
from pipeline.stats.forecasting.series import HORIZON, Gap, Series, of_counts, of_levels

FIRST = date(2026, 1, 5)
Floats = NDArray[np.float64]


def growth(days: int) -> Floats:
    """A level of 40,000 that wins about twenty a day."""
    return 40_000 + np.cumsum(np.random.default_rng(5).poisson(25, days) - 5.0)


def last_day(days: int) -> date:
    return FIRST + timedelta(days=days - 1)


def series(found: Series | Gap) -> Series:
    assert isinstance(found, Series)
    return found


@pytest.mark.parametrize("announced", [True, False])
def test_a_purge_of_12_percent_is_not_extrapolated(announced: bool) -> None:
    levels, shifts = growth(120), np.zeros(120)
    purge = round(0.12 * levels[90])
    levels[90:] -= purge
    shifts[90] = -purge if announced else 0
    found = series(of_levels(FIRST, levels, shifts, last_day(120)))
    told = forecast(found, last_day(120), Holidays())
    assert found.level == levels[-1]
    assert found.values.min() > -30
    # Twenty a day, as before the purge and after it.
    assert told.value[-1] - levels[-1] == pytest.approx(20 * HORIZON, rel=0.2)
    assert told.error is not None
    assert told.error < purge / 20


def test_a_level_unknown_for_nine_days_moves_evenly_between_its_neighbours() -> None:
    levels = growth(60)
    gone = levels.copy()
    gone[30:39] = np.nan
    found = series(of_levels(FIRST, gone, np.zeros(60), last_day(60)))
    assert found.values[29:39] == pytest.approx(np.full(10, (levels[39] - levels[29]) / 10))
    assert not found.known[29:39].any()
    assert found.known[:29].all()


def test_an_unknown_day_is_filled_from_its_weekday_and_tests_nothing() -> None:
    values = np.tile([7.0, 6, 5, 4, 3, 2, 1], 8)
    values[[38, 39]] = np.nan
    found = series(of_counts(FIRST, values, last_day(56)))
    assert found.values[[38, 39]].tolist() == [4, 3]
    errors = backtests(found, HORIZON)[NAIVE].errors
    assert np.isnan(errors[-3, 38 - 35]), "the fourth day after the origin of the 35th"
    assert errors[-3, 38 - 36] == 0


@pytest.mark.parametrize(
    ("values", "newest", "reason"),
    [
        (np.full(50, np.nan), last_day(50), "unknown"),
        (np.arange(27.0), last_day(27), "short"),
        (np.arange(60.0), last_day(60) + timedelta(days=15), "silent"),
        (np.where(np.arange(90) % 5 < 2, np.arange(90.0), np.nan), last_day(90), "holes"),
    ],
)
def test_what_allows_no_forecast_says_why(values: Floats, newest: date, reason: str) -> None:
    found = of_counts(FIRST, values, newest)
    assert isinstance(found, Gap)
    assert found.reason == reason
    assert found.known_days == np.isfinite(values).sum()


def test_twenty_eight_days_are_enough() -> None:
    told = forecast(series(of_counts(FIRST, np.arange(28.0), last_day(28))), last_day(28), Holidays())
    assert len(told.days) == len(told.value) == HORIZON
    assert told.origins == 2


def test_days_that_are_not_settled_are_foretold_too_and_the_forecast_begins_after_the_newest_night() -> None:
    values = np.tile([7.0, 6, 5, 4, 3, 2, 1], 8)
    found = series(of_counts(FIRST, values[:-3], last_day(56)))
    told = forecast(found, last_day(56), Holidays())
    assert told.days[0] == last_day(56) + timedelta(days=1)
    assert told.training_until == last_day(53)
    assert told.value.tolist() == np.tile([7.0, 6, 5, 4, 3, 2, 1], 4).tolist()
