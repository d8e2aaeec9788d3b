"""What is wanted, and what is known of it day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.forecasting.series import Floats

LEVEL: Final = "level"
SUM: Final = "sum"
RATIO: Final = "ratio"


@dataclass(frozen=True)
class Goal:
    """A ``level`` of the last day, a ``sum`` of the period's days, or a ``ratio`` of two such sums, and its target.

    ``at_least``: the target is to be reached; otherwise it is not to be passed. ``period``: each ``month``, ``quarter``
    or ``year`` from ``start`` to ``end``; None for these days as one. ``can_fall``: a day may bring less than nothing.
    """

    kind: str
    target: float
    at_least: bool = True
    period: str | None = None
    start: date | None = None
    end: date | None = None
    can_fall: bool = False

    def is_met_by(self, value: float) -> bool:
        return value >= self.target if self.at_least else value <= self.target


@dataclass(frozen=True)
class Known:
    """One value a day from ``first`` to ``newest``, NaN where unknown; of a ratio also its ``divisors``.

    ``shifts`` are what the platform moved a level by itself, else 0. ``final``: the day is known and no longer
    restated.
    Days that are not final teach a forecast nothing before they are ``settled`` days old.
    """

    first: date
    newest: date
    values: Floats
    final: NDArray[np.bool_]
    divisors: Floats | None = None
    shifts: Floats | None = None
    settled: int = 3

    def only_grows(self, goal: Goal) -> bool:
        """A sum of counts: what is reached stays reached, also where some of its days are not known.

        Likes are withdrawn and accounts are purged: where a day ever brought less than nothing, others may.
        """
        return goal.kind == SUM and not goal.can_fall and not bool((self.values < 0).any())

    def between(self, start: date, end: date, of: Floats | None = None) -> Floats:
        """The values (or the array ``of``) of these days; NaN on days of which there are none."""
        source = self.values if of is None else of
        found = np.full(max((end - start).days + 1, 0), np.nan)
        since, until = (start - self.first).days, (end - self.first).days + 1
        inner = source[max(since, 0) : max(until, 0)]
        found[max(-since, 0) : max(-since, 0) + len(inner)] = inner
        return found
