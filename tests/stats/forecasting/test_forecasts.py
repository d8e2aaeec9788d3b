"""Forecasts learn from the past alone, respect what cannot be, and are the same wherever they are made."""

from __future__ import annotations

from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.stats.forecasting.backtest import backtests
from pipeline.stats.forecasting.bounds import quantiles
from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.horizon import Forecast, forecast
from pipeline.stats.forecasting.many import MANY, forecasts
from pipeline.stats.forecasting.paths import ETS, NAIVE
from pipeline.stats.forecasting.series import HORIZON, Series, of_counts

FIRST = date(2026, 1, 5)
Floats = NDArray[np.float64]


def counted(values: Floats) -> Series:
    found = of_counts(FIRST, values, FIRST + timedelta(days=len(values) - 1))
    assert isinstance(found, Series)
    return found


def busy(days: int, seed: int = 1, mean: float = 60) -> Floats:
    weekday = np.array([1.2, 1.1, 1, 1, 0.9, 0.5, 0.4])
    return np.random.default_rng(seed).poisson(mean * weekday[np.arange(days) % 7]).astype(float)


def test_no_backtest_knows_what_came_after_its_origin() -> None:
    values = busy(126)
    bent = values.copy()
    bent[-7:] = 900
    for model in (ETS, NAIVE):
        plain, other = (backtests(counted(each), HORIZON)[model].errors for each in (values, bent))
        # The last origin is a week before the end: what all origins foretold is the same, what came is not.
        came = values[-7:] - bent[-7:]
        for back in range(1, 5):
            step = 7 * back - 7
            assert plain[-back, step : step + 7] - other[-back, step : step + 7] == pytest.approx(came)
            assert plain[-back, :step] == pytest.approx(other[-back, :step])


def test_the_one_that_erred_less_is_served() -> None:
    noisy, weekly = counted(busy(150)), counted(np.tile([9.0, 8, 7, 6, 5, 4, 3], 20))
    assert forecast(noisy, noisy.last, Holidays()).model == ETS
    exact = forecast(weekly, weekly.last, Holidays())
    assert exact.model == NAIVE
    assert exact.error == 0
    assert exact.coverage_80 == 1
    assert (exact.bounds == exact.value[:, None]).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 10**7)), min_size=28, max_size=70).filter(
        lambda days: sum(day is not None for day in days) >= 28
    )
)
def test_whatever_was_counted_the_bounds_hold_the_value_and_nothing_is_below_zero(days: list[int | None]) -> None:
    values = np.array([np.nan if day is None else float(day) for day in days])
    newest = FIRST + timedelta(days=len(days) - 1)
    found = of_counts(FIRST, values, newest)
    if not isinstance(found, Series):
        return
    told = forecast(found, newest, Holidays())
    low_80, high_80, low_95, high_95 = told.bounds.T
    assert np.isfinite(told.bounds).all()
    assert (low_95 >= 0).all()
    assert ((low_95 <= low_80) & (low_80 <= told.value) & (told.value <= high_80) & (high_80 <= high_95)).all()
    assert told.days == tuple(newest + timedelta(days=ahead) for ahead in range(1, HORIZON + 1))
    assert (told.error is None) is (told.error_naive is None)
    assert told.error is None or told.error_naive is None or told.error <= told.error_naive


@pytest.mark.parametrize("shape", [(1.2, 1.1, 1, 1, 0.9, 0.5, 0.4), (0.3, 0.3, 0.3, 0.3, 0.3, 2.5, 3)])
def test_the_shape_of_the_week_goes_on(shape: tuple[float, ...]) -> None:
    chance = np.random.default_rng(4)
    values = chance.poisson(200 * np.array(shape)[np.arange(182) % 7]).astype(float)
    told = forecast(counted(values), FIRST + timedelta(days=181), Holidays())
    assert told.model == ETS
    weeks = told.value.reshape(4, 7)
    for week in weeks:
        assert week / week.mean() == pytest.approx(np.array(shape) / np.mean(shape), rel=0.1)


def test_few_tests_leave_the_bounds_to_the_model_and_never_make_it_surer() -> None:
    flattering = np.full((2, 28), 0.01)
    normal = quantiles(np.empty((0, 28)), 28, summed=False)
    assert normal[0] == pytest.approx([-1.2816, 1.2816, -1.96, 1.96], abs=1e-3)
    assert (quantiles(flattering, 28, summed=False)[:, 1] > 0.8).all()
    many = quantiles(np.random.default_rng(1).normal(0, 3, (400, 28)), 28, summed=False)
    assert many[:, 1] == pytest.approx(np.full(28, 3 * 1.2816), rel=0.1)


def holiday_days(every: int, days: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(20, days + HORIZON, every)]


def test_a_holiday_that_empties_the_site_is_expected_to_do_so_again() -> None:
    values, days = busy(380, mean=300), holiday_days(31, 380)
    for day in days:
        place = (day - FIRST).days
        if place < 380:
            values[place] = round(values[place] * 0.3)
    found = counted(values)
    aware, blind = (forecast(found, found.last, holidays) for holidays in (Holidays(days), Holidays()))
    places = [place for place, day in enumerate(aware.days) if day in days]
    usual = np.array([300 * [1.2, 1.1, 1, 1, 0.9, 0.5, 0.4][(aware.days[place] - FIRST).days % 7] for place in places])
    assert len(places) > 0
    assert aware.value[places] == pytest.approx(0.3 * usual, rel=0.2)
    assert (blind.value[places] > 2 * aware.value[places]).all()


def test_holidays_that_do_nothing_or_are_too_few_change_nothing() -> None:
    values = busy(380)
    found = counted(values)
    plain = forecast(found, found.last, Holidays())
    for days in (holiday_days(31, 380), [FIRST + timedelta(days=n) for n in (300, 330, 360, 390)]):
        told: Forecast = forecast(found, found.last, Holidays(days))
        assert told.value.tolist() == plain.value.tolist()
        assert told.bounds.tolist() == plain.bounds.tolist()


def enough() -> list[Series]:
    return [counted(busy(30, seed)) for seed in range(MANY)]


def said(cores: int) -> list[list[float]]:
    every = enough()
    return [
        [*told.value.tolist(), *told.bounds.ravel().tolist()]
        for told in forecasts(every, every[0].last, Holidays(), cores)
    ]


def test_on_many_cores_the_forecasts_are_those_of_one() -> None:
    assert said(cores=2) == said(cores=1)


def say(answers: SimpleQueue[list[list[float]]]) -> None:
    answers.put(said(cores=2))


def test_a_worker_that_may_have_no_children_forecasts_by_itself() -> None:
    """As a worker of Celery is: a process of a daemon's would be refused."""
    context = get_context("spawn")
    answers: SimpleQueue[list[list[float]]] = context.SimpleQueue()
    worker = context.Process(target=say, args=(answers,), daemon=True)
    worker.start()
    answer = answers.get()
    worker.join()
    assert answer == said(cores=1)
