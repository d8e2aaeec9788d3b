"""How likely it is that the days to come bring so much together."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.stats.forecasting.backtest import Backtest
from pipeline.stats.forecasting.bounds import PRIOR
from pipeline.stats.forecasting.horizon import Chosen
from pipeline.stats.forecasting.paths import Path, naive
from pipeline.stats.forecasting.series import WEEK, Floats

# A model that was so much surer than now, as of weeks that repeated, is no measure of its errors.
_SURER: Final = 0.3
# So few origins that two of them say nothing of the tails.
_FEWEST: Final = 3.0


def chance(chosen: Chosen, since: int, until: int, more: float, guessed: int = 0) -> float:
    """Probability that the days ahead from ``since`` to before ``until`` bring ``more`` than the path says.

    The sum of these days errs by the deviation that the model gives it, times what its sums erred more or less
    than it said before; with few of them Student's distribution has the wider tails. Each of the days that are
    ``guessed`` from their weekday a week before adds the surprise of such a guess.
    """
    from scipy.stats import t

    spread, origins = _spread(chosen.test, until, chosen.path.deviations(summed=True))
    guess = naive(chosen.series.values, 1).sigma if guessed else 0.0
    deviation = float(np.hypot(_deviation(chosen.path, since, until) * spread, guess * np.sqrt(guessed)))
    if deviation == 0:
        return 1.0 if more <= 0 else 0.0
    return float(t.sf(more / deviation, max(origins + PRIOR, _FEWEST)))


def _deviation(path: Path, since: int, until: int) -> float:
    """Standard deviation of the sum: a surprise of any day echoes in those of them that come after it."""
    left = [float(path.echo[max(since - day, 0) : until - day].sum()) for day in range(until)]
    return path.sigma * float(np.sqrt(np.sum(np.square(left))))


def _spread(test: Backtest, until: int, present: Floats) -> tuple[float, float]:
    """(root mean square of the past errors of sums in units of their deviations, origins that tell of it).

    That of the week ahead in which the last day lies, weighed against 1 as the bounds are; further than any test
    reaches it stays as it was last.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        told = test.summed / np.maximum(test.summed_deviations, _SURER * present)
    told = np.where((test.summed == 0) & (test.summed_deviations == 0), 0.0, told)
    square, origins = 1.0, 0.0
    for start in range(0, until, WEEK):
        block = told[:, start : min(start + WEEK, until)]
        known = block[np.isfinite(block)]
        # Sums of many days overlap from origin to origin: so many of them are different ones.
        origins = float(np.isfinite(block).any(axis=1).sum()) * WEEK / (start + WEEK)
        weight = origins / (origins + PRIOR)
        square = (1 - weight) * square + (weight * float(np.mean(known**2)) if known.size else 0.0)
    return float(np.sqrt(square)), origins
