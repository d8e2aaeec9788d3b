"""Whether the arms received what was planned for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

# Below this an experiment is broken rather than unlucky (Fabijan et al. 2019, "Diagnosing Sample Ratio
# Mismatch in Online Controlled Experiments").
BROKEN = 0.001


def sample_ratio(observed: ArrayLike, planned: Sequence[float]) -> float:
    """p of the chi-square test of ``observed`` counts against ``planned`` shares; NaN where nothing came.

    Visits are counts. Money is not: it is tested in whole units of its currency, so that 5,000 and
    5,200 euros of a budget cut in halves are judged as 5,000 and 5,200 visits are. ValueError for other
    lengths and for negative or missing figures.
    """
    from scipy.stats import chisquare

    counts, shares = np.asarray(observed, dtype=float), np.asarray(planned, dtype=float)
    if counts.ndim != 1 or counts.shape != shares.shape or not (shares > 0).all():
        raise ValueError(f"{counts.shape} arms and {shares.shape} planned shares: give each arm its share above 0")
    if not (counts >= 0).all():
        raise ValueError("what an arm received is negative or missing: hand over sums of 0 or more")
    if counts.sum() == 0:
        return float("nan")
    return float(chisquare(counts, counts.sum() * shares / shares.sum()).pvalue)
