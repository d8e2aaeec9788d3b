"""Chance that is the same on every machine, in every order, for every process: a keyed hash.

No generator with a state: a number depends only on the seed and on the words it is asked for, so the
world can be asked for any day first.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import exp, floor, sqrt
from statistics import NormalDist
from typing import TypeVar

Item = TypeVar("Item")

_NORMAL = NormalDist()


class Draw:
    """Draws by name. ``draw.unit("post", 3)`` is the same float for ever, for one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._key = f"vigie simulator {seed}".encode()[:64]

    def unit(self, *words: object) -> float:
        """A number in [0, 1)."""
        text = "|".join(map(str, words)).encode()
        digest = blake2b(text, digest_size=8, key=self._key).digest()
        return (int.from_bytes(digest, "big") >> 11) / (1 << 53)

    def whole(self, low: int, high: int, *words: object) -> int:
        """An integer with low ≤ n ≤ high, all equally likely."""
        return low + int(self.unit(*words) * (high - low + 1))

    def happens(self, probability: float, *words: object) -> bool:
        return self.unit(*words) < probability

    def normal(self, *words: object) -> float:
        """A standard normal number, kept within ±4."""
        u = min(max(self.unit(*words), 3.2e-5), 1 - 3.2e-5)
        return _NORMAL.inv_cdf(u)

    def around(self, mean: float, spread: float, *words: object) -> float:
        """A positive number of log-normal spread whose median is ``mean``."""
        return mean * exp(spread * self.normal(*words))

    def count(self, mean: float, *words: object) -> int:
        """A number of events (Poisson; beyond a mean of 30 its normal neighbour)."""
        if mean <= 0:
            return 0
        if mean > 30:
            return max(0, floor(mean + sqrt(mean) * self.normal(*words) + 0.5))
        u = self.unit(*words)
        n, chance = 0, exp(-mean)
        total = chance
        while u > total and n < 200:
            n += 1
            chance *= mean / n
            total += chance
        return n

    def among(self, total: int, probability: float, *words: object) -> int:
        """How many of ``total`` do it, never more than there are."""
        return min(total, self.count(total * probability, *words))

    def choose(self, items: Sequence[Item], *words: object) -> Item:
        return items[int(self.unit(*words) * len(items))]

    def spread(self, mean: float, *words: object) -> int:
        """A whole number whose mean is ``mean`` and that is one of its two neighbours."""
        low = floor(mean)
        return low + (1 if self.unit(*words) < mean - low else 0)
