"""Engagement rates of groups of posts: how sure they are, how two differ, what is left when luck is taken out.

The rate of a group is the ratio of its sums, R = sum(e) / sum(b): interactions by impressions, reach or followers.
Posts are the units that vary, not impressions: a post of a million impressions is one success, not a million.
Every post has a rate of its own, r = e / b, with one variance s^2 within a group, so that

    var(R) = s^2 sum(b^2) / sum(b)^2 = s^2 / n,   n = sum(b)^2 / sum(b^2)

where n is the effective number of posts (Kish 1965, "Survey Sampling", 11.2C): that of the posts where all are of
one size, near 1 where one post has nearly all impressions. s^2 is estimated without bias by
sum(b (r - R)^2) / (sum(b) - sum(b^2) / sum(b)), and its degrees of freedom are those of the quadratic form
(Satterthwaite 1946, "An approximate distribution of estimates of variance components").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

FEWEST = 5
CONFIDENCE = 0.95
_NODES = 32
# Rows that are worked on at once: some arrays of as many rows by nodes.
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Sums:
    """What is added up of the posts of each group; one shape for all.

    ``posts`` counts them; ``base``, ``base_2`` and ``base_3`` are sum(b), sum(b^2), sum(b^3); ``quotients``
    is sum(e^2 / b). Posts of unknown interactions, or of a base that is unknown or 0, are not among them.
    """

    posts: Floats
    engagements: Floats
    base: Floats
    base_2: Floats
    base_3: Floats
    quotients: Floats

    @classmethod
    def of(cls, *columns: ArrayLike) -> Sums:
        """From six columns in the order of the fields. ValueError where a group holds no post or a negative sum."""
        arrays = [np.asarray(column, dtype=np.float64) for column in columns]
        found = cls(*arrays)
        if len({array.shape for array in arrays}) != 1:
            raise ValueError("the sums are of different lengths: give each group all six")
        if not ((found.posts >= 1) & (found.base > 0)).all():
            raise ValueError("a group without posts has no rate: leave it out")
        return found

    @property
    def rate(self) -> Floats:
        return np.asarray(self.engagements / self.base)

    @property
    def effective_posts(self) -> Floats:
        return np.asarray(self.base**2 / self.base_2)

    @property
    def squares(self) -> Floats:
        """sum(b (r - R)^2)."""
        return np.maximum(self.quotients - self.engagements**2 / self.base, 0.0)

    @property
    def trace(self) -> Floats:
        """What ``squares`` is, on the average, where s^2 is 1."""
        return np.maximum(self.base - self.base_2 / self.base, 0.0)

    @property
    def trace_2(self) -> Floats:
        """Half of the variance of ``squares`` where s^2 is 1."""
        return np.maximum(self.base_2 - 2 * self.base_3 / self.base + (self.base_2 / self.base) ** 2, 0.0)


def difference(one: Sums, other: Sums) -> tuple[Floats, Floats, Floats]:
    """Rate of ``one`` minus that of ``other`` and its 95 % interval, as (difference, low, high).

    Each side has a variance of its own: Welch's interval (Welch 1947) over ratio estimators. The interval is
    NaN where a side has fewer than ``FEWEST`` posts, or where no post differs from any other.
    """
    from scipy.stats import t

    found = one.rate - other.rate
    with np.errstate(divide="ignore", invalid="ignore"):
        variances = [side.squares / side.trace / side.effective_posts for side in (one, other)]
        degrees = [side.trace**2 / side.trace_2 for side in (one, other)]
        variance = variances[0] + variances[1]
        freedom = variance**2 / sum(v**2 / d for v, d in zip(variances, degrees, strict=True))
    known = (one.posts >= FEWEST) & (other.posts >= FEWEST) & (variance > 0)
    # One post may have nearly all impressions: then hardly one degree is left.
    radius = t.isf((1 - CONFIDENCE) / 2, np.where(known, np.maximum(freedom, 1.0), 1.0)) * np.sqrt(variance)
    radius = np.where(known, radius, np.nan)
    return found, found - radius, found + radius


@dataclass(frozen=True)
class Shrunk:
    """``rate`` = mean + ``weight`` x (own rate - mean), its 95 % interval; NaN where too little is known."""

    rate: Floats
    low: Floats
    high: Floats
    weight: Floats


def shrunk(cells: Sums, family: ArrayLike, block: ArrayLike) -> Shrunk:
    """Each cell's rate, drawn toward the ratio of the sums of its ``block`` by how few posts it has.

    The hierarchical normal model: R_j ~ N(theta_j, s^2 / n_j), theta_j ~ N(mean, tau^2). The weight of a
    cell's own rate is n_j / (n_j + k), where k = s^2 / tau^2 says as how many posts the mean counts. Cells of
    one ``family`` (numbers in ascending order, as the rows are) share s^2 and tau^2; those of one ``block``
    within it share the mean. tau^2 is not guessed as one figure, which is 0 as often as not and then
    makes all intervals too short: its likelihood, the means integrated out, is weighed with the prior that
    makes the weight of a cell of average size uniform on (0, 1), over ``_NODES`` points (Daniels 1999, "A prior
    for the variance in hierarchical models"; Gelman et al. 2013, "Bayesian Data Analysis", 5.4). The
    variance of the interval is that of the estimate for a given tau^2, the error of the mean in it, and
    what the different tau^2 add; its quantile is Student's, with the degrees of freedom of s^2.

    NaN where the posts of a family leave fewer degrees of freedom than ``FEWEST`` posts of one cell would, or do
    not differ at all.
    """
    families, blocks = np.asarray(family, dtype=np.int64), np.asarray(block, dtype=np.int64)
    if (np.diff(families) < 0).any():
        raise ValueError("the cells must stand in the order of their families")
    if not families.size:
        return Shrunk(*[np.empty(0)] * 4)
    parts = [_of_families(_cut(cells, rows), families[rows], blocks[rows]) for rows in _slices(families)]
    return Shrunk(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _slices(families: Places) -> Iterator[slice]:
    """Rows that are worked on at once: whole families, as many as fit."""
    ends = np.flatnonzero(np.diff(families, append=families[-1:] + 1)) + 1
    start = 0
    for end, following in zip(ends, [*ends[1:], ends[-1] + _AT_ONCE + 1], strict=True):
        if following - start > _AT_ONCE:
            yield slice(start, int(end))
            start = int(end)


def _cut(cells: Sums, rows: slice) -> Sums:
    names = ("posts", "engagements", "base", "base_2", "base_3", "quotients")
    return Sums(*(getattr(cells, name)[rows] for name in names))


def _of_families(cells: Sums, families: Places, blocks: Places) -> tuple[Floats, Floats, Floats, Floats]:
    from scipy.stats import t

    family = np.unique(families, return_inverse=True)[1]
    block = np.unique(np.column_stack([families, blocks]), axis=0, return_inverse=True)[1].ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = _total(cells.squares, family) / _total(cells.trace, family)
        freedom = _total(cells.trace, family) ** 2 / _total(cells.trace_2, family)
    known = (freedom >= FEWEST - 1 - 1e-9) & (spread > 0)
    spread = np.where(known, spread, 1.0)
    mean = _total(cells.engagements, block) / _total(cells.base, block)
    share = cells.base / _total(cells.base, block)

    # Columns are the nodes: tau^2 for each row's family.
    points, masses = _nodes()
    usual = _total(cells.effective_posts, family) / _total(np.ones_like(cells.base), family)
    tau_2 = (spread / usual)[:, None] * (points / (1 - points))
    own = (spread / cells.effective_posts)[:, None]
    total = own + tau_2
    probability = _posterior(cells.rate, total, family, block) * masses
    probability /= probability.sum(axis=1, keepdims=True)

    weights = tau_2 / total
    rest, part = 1 - weights, share[:, None]
    of_means = _total(part**2 * total, block) - part**2 * total
    errors = (weights + rest * part) ** 2 * own + (rest * (1 - part)) ** 2 * tau_2 + rest**2 * of_means
    weight = (probability * weights).sum(axis=1)
    away = cells.rate - mean
    variance = (probability * (errors + ((weights - weight[:, None]) * away[:, None]) ** 2)).sum(axis=1)
    radius = t.isf((1 - CONFIDENCE) / 2, np.where(known, freedom, 1.0)) * np.sqrt(variance)
    rate = mean + weight * away
    # No post takes more back than it was given.
    found = (rate, np.maximum(rate - radius, 0.0), rate + radius, weight)
    return tuple(np.where(known, column, np.nan) for column in found)  # type: ignore[return-value]


def _nodes() -> tuple[Floats, Floats]:
    """Gauss-Legendre points and masses on (0, 1)."""
    points, masses = np.polynomial.legendre.leggauss(_NODES)
    return (points + 1) / 2, masses / 2


def _posterior(rate: Floats, total: Floats, family: Places, block: Places) -> Floats:
    """The likelihood of each node for each row's family, the largest one 1, the means of the blocks integrated out."""
    precision = 1 / total
    summed = _total(precision, block)
    middle = _total(precision * rate[:, None], block) / summed
    # The block's own term is shared out over its rows.
    rows = _total(np.ones_like(precision), block)
    terms = np.log(precision) - np.log(summed) / rows - precision * (rate[:, None] - middle) ** 2
    logs = _total(terms, family) / 2
    return np.asarray(np.exp(logs - logs.max(axis=1, keepdims=True)))


def _total(values: Floats, places: Places) -> Floats:
    """For each row, the sum over the rows of its place; places are numbered without gaps."""
    if (np.diff(places) >= 0).all():
        sums = np.add.reduceat(values, np.flatnonzero(np.diff(places, prepend=-1)), axis=0)
        return np.asarray(sums[places])
    sums = np.zeros((places.max() + 1, *values.shape[1:]))
    np.add.at(sums, places, values)
    return np.asarray(sums[places])
