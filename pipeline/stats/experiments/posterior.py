"""Probability to be best and expected loss of each arm, from the Beta posteriors of its rate.

Each rate has the prior Beta(1, 1), so the posterior Beta(1 + conversions, 1 + visits - conversions).
Stucchio (2015), "Bayesian A/B Testing at VWO", for the expected loss. Both are integrals over one
variable, done by Gauss-Legendre quadrature between quantiles: exact to about ten digits for any number
of arms, and without a seed, since nothing is drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.experiments.lifts import Floats

_NODES = 48
_LEVELS = (1e-13, 1e-9, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1 - 1e-4, 1 - 1e-6, 1 - 1e-9, 1 - 1e-13)


def probability_best(visits: ArrayLike, conversions: ArrayLike) -> tuple[Floats, Floats]:
    """Per arm the probability that its rate is the highest, and the rate it is expected to lose if it is not.

    Shapes [arms]. P(best_i) = integral f_i(x) prod_{j != i} F_j(x) dx and
    loss_i = E max_j rate_j - E rate_i, where E max = 1 - integral prod_j F_j(x) dx over [0, 1].
    ValueError where counts are negative or there are more conversions than visits.
    """
    from scipy.stats import beta

    n, x = np.asarray(visits, dtype=float), np.asarray(conversions, dtype=float)
    if n.ndim != 1 or n.shape != x.shape or (x < 0).any() or (x > n).any():
        raise ValueError("visits and conversions are one number per arm, no conversions below 0 or above the visits")
    rates = beta(1 + x, 1 + n - x)
    edges = np.unique(np.concatenate([[0.0, 1.0], *(rates.ppf(level) for level in _LEVELS)]))
    nodes, sizes = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    at = (edges[:-1, None] + half * (nodes + 1)).ravel()[:, None]
    size = (half * sizes).ravel()
    below, density = rates.cdf(at), rates.pdf(at)
    best = np.array([size @ (density[:, i] * np.delete(below, i, axis=1).prod(axis=1)) for i in range(len(n))])
    highest = 1 - size @ below.prod(axis=1)
    return best / best.sum(), np.maximum(highest - rates.mean(), 0.0)
