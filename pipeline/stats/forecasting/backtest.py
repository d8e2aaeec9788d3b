"""What the models would have said on earlier days, and how far off that was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.stats.forecasting import paths
from pipeline.stats.forecasting.paths import ETS, NAIVE, Form, Path
from pipeline.stats.forecasting.series import WEEK, Floats, Series

MOST_ORIGINS: Final = 15
FEWEST_TRAINED: Final = 14
# Weeks after which the parameters are looked for anew; in between only the state moves on.
REFIT_EVERY: Final = 8


@dataclass(frozen=True)
class Backtest:
    """Errors of one model, [origins, steps ahead], actual − forecast; NaN beyond the newest day or where unknown.

    ``errors`` are of the metric itself: of a level, the errors of the level. ``summed`` are those of the
    sum of all days until the step. ``deviations`` and ``summed_deviations`` are what the model itself said.
    """

    model: str
    form: Form
    errors: Floats
    deviations: Floats
    summed: Floats
    summed_deviations: Floats

    def mean_error(self, skipped: int) -> float:
        """Mean absolute error of the steps after the first ``skipped``; NaN where nothing was tested."""
        tested = np.abs(self.errors[:, skipped:])
        return float(np.nanmean(tested)) if np.isfinite(tested).any() else float("nan")

    @property
    def origins(self) -> int:
        """The days that it started from of which any step is known."""
        return int(np.isfinite(self.errors).any(axis=1).sum())


def backtests(series: Series, steps: int) -> dict[str, Backtest]:
    """Each model's errors from an origin a week on, oldest first; parameters never know what comes after.

    Exponential smoothing is left out where it fits at none of them.
    """
    origins = [len(series.values) - WEEK * back for back in range(MOST_ORIGINS, 0, -1)]
    origins = [origin for origin in origins if origin >= FEWEST_TRAINED]
    naive = [paths.naive(series.values[:origin], steps) for origin in origins]
    smooth = [
        paths.smoothed(series.values[:origin], steps, origins[place - place % REFIT_EVERY])
        for place, origin in enumerate(origins)
    ]
    found = {NAIVE: _backtest(NAIVE, series, origins, naive)}
    known = [path for path in smooth if path is not None]
    if origins and len(known) == len(smooth):
        found[ETS] = _backtest(ETS, series, origins, known)
    return found


def _backtest(model: str, series: Series, origins: list[int], told: list[Path]) -> Backtest:
    rows = [_errors(series, origin, path) for origin, path in zip(origins, told, strict=True)]
    steps = len(told[0].mean) if told else 0
    if not rows:
        nothing = np.empty((0, steps))
        return Backtest(model, None, nothing, nothing, nothing, nothing)
    daily, summed = (np.array(part) for part in zip(*rows, strict=True))
    deviations = np.array([path.deviations(summed=False) for path in told])
    summed_deviations = np.array([path.deviations(summed=True) for path in told])
    if series.is_level:
        return Backtest(model, told[-1].form, summed, summed_deviations, summed, summed_deviations)
    return Backtest(model, told[-1].form, daily, deviations, summed, summed_deviations)


def _errors(series: Series, origin: int, path: Path) -> tuple[Floats, Floats]:
    """Errors of the days and of the sums until them; a day that was filled in tests nothing."""
    steps = len(path.mean)
    actual = np.full(steps, np.nan)
    came = series.values[origin : origin + steps]
    actual[: len(came)] = came
    summed = np.cumsum(actual - path.mean)
    known = np.zeros(steps, dtype=bool)
    known[: len(came)] = series.known[origin : origin + steps]
    return np.where(known, actual - path.mean, np.nan), np.where(known, summed, np.nan)
