"""An interval that may be looked at every night: all looks together miss the truth with at most alpha.

Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), "Time-uniform central limit theory and asymptotic
confidence sequences", Annals of Statistics 52(6), arXiv 2103.06476: the sequence and the choice of rho,
applied to the variance of the lift as GrowthBook documents its sequential testing
(docs.growthbook.io/statistics/sequential).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.experiments.lifts import Floats, Lifts


def _rho_squared(alpha: float, tuning: float) -> float:
    """The mixture's variance that makes the sequence tightest at ``tuning`` visits of both arms together."""
    inner = -2 * np.log(alpha)
    return float((inner + np.log(inner + 1)) / tuning)


def critical(visits: ArrayLike, alpha: float, tuning: float) -> Floats:
    """How many standard errors the interval reaches to each side after so many visits of both arms.

    sqrt(2 (N rho^2 + 1) / (N rho^2) log(sqrt(N rho^2 + 1) / alpha)); always more than the 1.96 of one look.
    """
    size = np.asarray(visits, dtype=float) * _rho_squared(alpha, tuning)
    return np.asarray(np.sqrt(2 * (size + 1) / size * np.log(np.sqrt(size + 1) / alpha)), dtype=float)


def sequential_interval(found: Lifts, alpha: float, tuning: float) -> tuple[Floats, Floats, Floats]:
    """Low, high and p of the lift, valid at every look and at any stopping. Shapes as the lifts.

    p is the smallest level whose sequence with the same rho excludes 0: one over the mixture
    martingale (N rho^2 + 1)^-1/2 exp(z^2 N rho^2 / (2 (N rho^2 + 1))), at most 1. It is below
    ``alpha`` exactly where the interval excludes 0. Use ``alpha`` divided by the number of comparisons
    (Bonferroni) where several arms or actions are judged together.
    """
    radius = np.sqrt(found.variance) * critical(found.visits, alpha, tuning)
    size = found.visits * _rho_squared(alpha, tuning)
    evidence = found.lift**2 / found.variance * size / (2 * (size + 1)) - np.log(size + 1) / 2
    return found.lift - radius, found.lift + radius, np.exp(-np.maximum(evidence, 0.0))


def beyond(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The intersection of all intervals until each look; looks are the last axis but one, [..., looks, arms].

    A sequence that holds for all looks holds for their intersection: what was shown once stays shown.
    """
    lowest = np.maximum.accumulate(np.where(np.isnan(low), -np.inf, low), axis=-2)
    highest = np.minimum.accumulate(np.where(np.isnan(high), np.inf, high), axis=-2)
    return lowest, highest
