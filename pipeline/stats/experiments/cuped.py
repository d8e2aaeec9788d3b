"""What the days before the start explain of the days after it, taken away from the difference.

Deng, Xu, Kohavi, Walker (2013), "Improving the Sensitivity of Online Controlled Experiments by
Utilizing Pre-Experiment Data" (CUPED): Y - theta (X - mean X) has the mean of Y and a smaller
variance where X, known before the start, goes along with Y. Slices of a budget have no persons that
were seen before; the unit here is the day, X the rate of the same arm on the same weekday of the
weeks before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.experiments.lifts import Floats

# Below a week of pairs a slope is noise.
FEWEST_UNITS = 7


@dataclass(frozen=True)
class Cuped:
    """Per arm [arms] the difference of the adjusted means to the control with its fixed interval.

    ``reduction`` is the share of the variance within the arms that the time before explains, in [0, 1].
    The control's own place is NaN; everything is where too few units have a time before.
    """

    difference: Floats
    low: Floats
    high: Floats
    reduction: float


def cuped(outcome: ArrayLike, before: ArrayLike, *, alpha: float) -> Cuped:
    """Adjusted differences from ``outcome`` and ``before``, both [units, arms], the control first.

    theta is the slope within the arms, cov(X, Y) / var(X) pooled over them, so that what differs
    between arms already before the start is taken away, not learnt from. Pairs with a missing value do
    not count. The interval is that of one planned look (Welch), and no verdict rests on it.
    ValueError for shapes that differ.
    """
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    y, x = np.asarray(outcome, dtype=float), np.asarray(before, dtype=float)
    if y.shape != x.shape or y.ndim != 2 or y.shape[1] < 2:
        raise ValueError(f"outcome {y.shape} and before {x.shape} need one shape: units, and two or more arms")
    nothing = np.full(y.shape[1], np.nan)
    paired = ~(np.isnan(y) | np.isnan(x))
    if (paired.sum(axis=0) < FEWEST_UNITS).any():
        return Cuped(nothing, nothing, nothing, float("nan"))
    y, x = np.where(paired, y, np.nan), np.where(paired, x, np.nan)
    dy, dx = y - np.nanmean(y, axis=0), x - np.nanmean(x, axis=0)
    spread = np.nansum(dx**2)
    theta = np.nansum(dx * dy) / spread if spread > 0 else 0.0
    whole = np.nansum(dy**2)
    reduction = max(0.0, 1 - np.nansum((dy - theta * dx) ** 2) / whole) if whole > 0 else float("nan")
    adjusted = y - theta * (x - np.nanmean(x))
    arms = [DescrStatsW(adjusted[paired[:, arm], arm]) for arm in range(y.shape[1])]
    difference, low, high = nothing.copy(), nothing.copy(), nothing.copy()
    for nth, arm in enumerate(arms[1:], start=1):
        difference[nth] = arm.mean - arms[0].mean
        if arm.var + arms[0].var > 0:
            low[nth], high[nth] = CompareMeans(arm, arms[0]).tconfint_diff(alpha, usevar="unequal")
    return Cuped(difference, low, high, float(reduction))
