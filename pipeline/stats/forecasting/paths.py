"""The models of a daily series with a week: exponential smoothing by statsforecast, and the seasonal naive.

Both are linear, so a forecast is fully told by its mean, by the standard deviation of one day's surprise, and by
what a surprise does to the days after it (Hyndman, Koehler, Ord, Snyder: Forecasting with Exponential Smoothing,
2008, chapter 6). Of sums over days the same three say all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from pipeline.stats.forecasting.series import WEEK, Floats

ETS: Final = "AutoETS"
NAIVE: Final = "SeasonalNaive"
# Additive errors alone: counts have days of 0. A trend is damped: none of these grows for ever.
_FORMS: Final = (("ANZ", None), ("AAZ", True))
Form = tuple[str, bool | None] | None


@dataclass(frozen=True)
class Path:
    """The days ahead as one model sees them: ``mean`` and ``echo`` of each, ``sigma`` of a day's surprise.

    ``echo[k]`` is what is left k days later of a surprise of 1; ``echo[0]`` is 1. ``form``: which of its forms
    a model has taken.
    """

    mean: Floats
    echo: Floats
    sigma: float
    form: Form = None

    def deviations(self, *, summed: bool) -> Floats:
        """Standard deviation of each day ahead, or of the sum of all days until it."""
        echo = np.cumsum(self.echo) if summed else self.echo
        found: Floats = self.sigma * np.sqrt(np.cumsum(echo**2))
        return found


def naive(values: Floats, steps: int) -> Path:
    """Every day as its weekday a week before."""
    weeks = -(-steps // WEEK)
    echo = np.tile(np.eye(1, WEEK)[0], weeks)[:steps]
    surprises = values[WEEK:] - values[:-WEEK]
    sigma = float(np.sqrt(np.mean(surprises**2))) if surprises.size else 0.0
    return Path(np.tile(values[-WEEK:], weeks)[:steps], echo, sigma)


def smoothed(values: Floats, steps: int, fitted_on: int | None = None, form: Form = None) -> Path | None:
    """Exponential smoothing whose parameters come from the first ``fitted_on`` days (all of them by default).

    The later days only move its state. Of all forms that of least AICc, or the given one. None where none fits,
    as with a handful of days.
    """
    from statsforecast.ets import forecast_ets, forward_ets

    model = _fitted(values[:fitted_on].tobytes(), form)
    if model is None:
        return None
    now = forward_ets(model, values)
    mean = forecast_ets(now, steps + 1)["mean"]
    nudged = values.copy()
    # A step of the size of the values: the model is linear, so every size gives the same echo.
    step = max(float(np.abs(values).max()), 1.0)
    nudged[-1] += step
    after = forecast_ets(forward_ets(model, nudged), steps)["mean"]
    echo = np.concatenate([[1.0], (after - mean[:steps])[: steps - 1] / step])
    error, trend, season, damped = model["components"]
    taken = (error + trend + season, damped == "D")
    return Path(np.asarray(mean[:steps], dtype=float), echo, float(np.sqrt(model["sigma2"])), taken)


@lru_cache(maxsize=1024)
def _fitted(values: bytes, wanted: Form) -> dict[str, Any] | None:
    """The model of least AICc. Kept in the process: nights that are played again find the same days again."""
    from statsforecast.models import AutoETS

    days = np.frombuffer(values, dtype=float)
    if np.ptp(days) == 0:
        return None
    found: list[dict[str, Any]] = []
    for form, damped in (wanted,) if wanted else _FORMS:
        try:
            # With as many parameters as days the library divides by 0; what comes of it is left out below.
            with np.errstate(divide="ignore", invalid="ignore"):
                fit = AutoETS(season_length=WEEK, model=form, damped=damped).fit(days).model_
        except (ValueError, NotImplementedError, ArithmeticError):
            continue
        except Exception as error:
            # The library has no class of its own for what does not fit.
            if "no model able" not in str(error) and "out of range" not in str(error):
                raise
            continue
        if np.isfinite(fit["aicc"]) and np.isfinite(fit["sigma2"]) and fit["sigma2"] > 0:
            found.append(fit)
    return min(found, key=lambda fit: float(fit["aicc"]), default=None)
