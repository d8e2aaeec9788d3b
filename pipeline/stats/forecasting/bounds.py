"""Intervals out of the errors that a model made before, and of what it says itself where these are few.

Split-conformal in kind (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005): the bounds are
quantiles of past errors, each in units of the deviation that the model gave for its step. The errors of one week
ahead, of the second and so on are pooled, each week for itself. Errors of neighbouring origins overlap, so they
are few: they count against a normal distribution that weighs as much as ``PRIOR`` origins.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

import numpy as np

from pipeline.stats.forecasting.backtest import Backtest
from pipeline.stats.forecasting.series import WEEK, Floats

LEVELS: Final = (0.80, 0.95)
PRIOR: Final = 4.0
_PARTS: Final = tuple(part for level in LEVELS for part in ((1 - level) / 2, (1 + level) / 2))
_NORMAL: Final = np.array([NormalDist().inv_cdf(part) for part in _PARTS])


def quantiles(scores: Floats, steps: int) -> Floats:
    """[steps, low 80, high 80, low 95, high 95] in deviations, from scores [origins, steps]."""
    found = np.tile(_NORMAL, (steps, 1))
    spread = 1.0
    for start in range(0, steps, WEEK):
        block = scores[:, start : start + WEEK]
        known = block[np.isfinite(block)]
        origins = int(np.isfinite(block).any(axis=1).sum())
        weight = origins / (origins + PRIOR)
        if origins:
            # Further than any test reaches, the model errs as much too little as it did before.
            spread = (1 - weight) * spread + weight * float(np.sqrt(np.mean(known**2)))
            empirical = np.quantile(known, _PARTS)
        else:
            empirical = _NORMAL
        found[start : start + WEEK] = weight * empirical + (1 - weight) * max(spread, 1.0) * _NORMAL
    return found


def scores(test: Backtest) -> Floats:
    """The errors in units of the deviations that the model gave."""
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.where(test.deviations > 0, test.errors / test.deviations, np.where(test.errors == 0, 0.0, np.nan))
    return told


def coverage(test: Backtest, skipped: int) -> float | None:
    """The share of past days within the 80 % bounds that the other origins would have given; None untested."""
    told = scores(test)
    hits = known = 0
    for origin in range(len(told)):
        own = told[origin, skipped:]
        bounds = quantiles(np.delete(told, origin, axis=0), told.shape[1])[skipped:]
        tested = np.isfinite(own)
        hits += int(((own >= bounds[:, 0]) & (own <= bounds[:, 1]))[tested].sum())
        known += int(tested.sum())
    return hits / known if known else None
