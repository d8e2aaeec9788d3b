"""The forecast of one series: the better model, its bounds, and what it would have been worth before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipeline.stats.forecasting import bounds, paths
from pipeline.stats.forecasting.backtest import Backtest, backtests
from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.paths import ETS, NAIVE, Path
from pipeline.stats.forecasting.series import HORIZON, TRAINING_DAYS, Floats, Series


@dataclass(frozen=True)
class Forecast:
    """What is expected of each of the days after ``newest``, and how good that was before.

    ``bounds``: [days, low 80, high 80, low 95, high 95]. Errors are mean absolute ones in the metric's unit,
    None where no day could be tested.
    """

    model: str
    days: tuple[date, ...]
    value: Floats
    bounds: Floats
    training_since: date
    training_until: date
    origins: int
    error: float | None
    error_naive: float | None
    coverage_80: float | None


@dataclass(frozen=True)
class Chosen:
    """The model that did better, its path from the series' last day on, and its errors.

    ``holidays`` are the factors of the days of the path, 1 where a day is an ordinary one.
    """

    series: Series
    path: Path
    test: Backtest
    naive: Backtest
    factors: Floats


def forecast(series: Series, newest: date, holidays: Holidays, horizon: int = HORIZON) -> Forecast:
    """The ``horizon`` days after ``newest``, which is not before the series' last day."""
    skipped = (newest - series.last).days
    steps = skipped + horizon
    chosen = choose(series, steps, holidays, skipped)
    mean, deviations = chosen.path.mean * chosen.factors, chosen.path.deviations(summed=series.is_level)
    value = mean if series.level is None else series.level + np.cumsum(mean)
    spread = bounds.quantiles(bounds.scores(chosen.test), steps, summed=series.is_level) * deviations[:, None]
    if series.level is None:
        spread = spread * chosen.factors[:, None]
    if series.is_count:
        value, limits = np.maximum(value, 0.0), np.maximum(value[:, None] + spread, 0.0)
    else:
        limits = value[:, None] + spread
    tested = chosen.series
    return Forecast(
        model=chosen.test.model,
        days=tuple(newest + timedelta(days=ahead) for ahead in range(1, horizon + 1)),
        value=value[skipped:],
        bounds=_holding(value, limits)[skipped:],
        training_since=tested.first,
        training_until=tested.last,
        origins=chosen.test.origins,
        error=_known(chosen.test.mean_error(skipped)),
        error_naive=_known(chosen.naive.mean_error(skipped)),
        coverage_80=bounds.coverage(chosen.test, skipped, summed=series.is_level),
    )


def choose(series: Series, steps: int, holidays: Holidays, skipped: int = 0) -> Chosen:
    """The model with the smaller backtested error over the horizon; at a tie, and untested, the seasonal naive."""
    factors = holidays.factors(series)
    plain = factors.taken_out(series).recent(TRAINING_DAYS)
    tests = backtests(plain, steps)
    served = tests[NAIVE]
    path = paths.naive(plain.values, steps)
    if ETS in tests and tests[ETS].mean_error(skipped) < served.mean_error(skipped):
        # In the form that was tested last: another one is not proven.
        smooth = paths.smoothed(plain.values, steps, form=tests[ETS].form)
        if smooth is not None:
            served, path = tests[ETS], smooth
    return Chosen(plain, path, served, tests[NAIVE], factors.ahead(series.last, steps))


def _holding(value: Floats, limits: Floats) -> Floats:
    """The narrower bounds hold the value, the wider ones the narrower."""
    low_80, high_80 = np.minimum(limits[:, 0], value), np.maximum(limits[:, 1], value)
    return np.column_stack([low_80, high_80, np.minimum(limits[:, 2], low_80), np.maximum(limits[:, 3], high_80)])


def _known(number: float) -> float | None:
    return None if np.isnan(number) else number
