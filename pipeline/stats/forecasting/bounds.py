"""Intervals out of the errors that a model made before, and of what it says itself where these are few.

Split-conformal in kind (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005): the bounds are
quantiles of past errors, each in units of the deviation that the model gave for its step. The errors of one week
ahead, of the second and so on are pooled, each week for itself. Errors of neighbouring origins overlap, so they
are few: they count against a normal distribution that weighs as much as ``PRIOR`` origins.
"""

from __future__ import annotations

from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np

from pipeline.stats.forecasting.backtest import Backtest
from pipeline.stats.forecasting.series import WEEK, Floats

LEVELS: Final = (0.80, 0.95)
PRIOR: Final = 4.0
_PARTS: Final = tuple(part for level in LEVELS for part in ((1 - level) / 2, (1 + level) / 2))
_SHARES: Final = np.array(_PARTS)
_NORMAL: Final = np.array([NormalDist().inv_cdf(part) for part in _PARTS])


def quantiles(scores: Floats, steps: int, *, summed: bool) -> Floats:
    """[steps, low 80, high 80, low 95, high 95] in deviations, from scores [origins, steps].

    ``summed``: the errors of a step are those of all days until it.
    """
    found = np.tile(_NORMAL, (steps, 1))
    spread = 1.0
    for start in range(0, steps, WEEK):
        block = scores[:, start : start + WEEK]
        known = block[np.isfinite(block)]
        origins = float(np.isfinite(block).any(axis=1).sum())
        if summed:
            origins *= WEEK / (start + WEEK)
        weight = origins / (origins + PRIOR)
        if origins:
            # Further than any test reaches, the model errs as much too little as it did before.
            spread = (1 - weight) * spread + weight * float(np.sqrt(np.mean(known**2)))
            empirical = _parts(known) * (_wider(origins) if summed else 1.0)
        else:
            empirical = _NORMAL
        found[start : start + WEEK] = weight * empirical + (1 - weight) * max(spread, 1.0) * _NORMAL
    return found


def _parts(known: Floats) -> Floats:
    """``np.quantile`` of the four parts, in a tenth of its time: a backtest asks for hundreds."""
    ranked = np.sort(known)
    places = _SHARES * (len(ranked) - 1)
    below = places.astype(int)
    above = np.minimum(below + 1, len(ranked) - 1)
    found: Floats = ranked[below] + (places - below) * (ranked[above] - ranked[below])
    return found


@cache
def _wider(origins: float) -> Floats:
    """What Student's distribution is wider than the normal one, for each of the four bounds."""
    from scipy.stats import t

    found: Floats = t.ppf(_PARTS, max(origins, 2.0)) / _NORMAL
    return found


def scores(test: Backtest) -> Floats:
    """The errors in units of the deviations that the model gave."""
    with np.errstate(divide="ignore", invalid="ignore"):
        told: Floats = test.errors / test.deviations
    # Where nothing ever moved the model is sure, and was right.
    return np.where((test.deviations == 0) & (test.errors == 0), 0.0, np.where(np.isfinite(told), told, np.nan))


def coverage(test: Backtest, skipped: int, *, summed: bool) -> float | None:
    """The share of past days within the 80 % bounds that the other origins would have given; None untested."""
    told = scores(test)
    hits = known = 0
    for origin in range(len(told)):
        own = told[origin, skipped:]
        bounds = quantiles(np.delete(told, origin, axis=0), told.shape[1], summed=summed)[skipped:]
        tested = np.isfinite(own)
        hits += int(((own >= bounds[:, 0]) & (own <= bounds[:, 1]))[tested].sum())
        known += int(tested.sum())
    return hits / known if known else None
