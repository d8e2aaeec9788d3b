"""What public holidays do to a series: one factor for all of them, used where it is proven."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from pipeline.stats.forecasting.series import WEEK, Floats, Series

FEWEST: Final = 4
# The errors of past holidays must fall by so much when each is foretold from the others.
PROVEN: Final = 0.9
_NEAR: Final = (-2 * WEEK, -WEEK, WEEK, 2 * WEEK)


@dataclass(frozen=True)
class Factor:
    """A holiday brings ``value`` times what its weekday brings otherwise; 1: nothing is proven."""

    value: float
    days: frozenset[date]

    def taken_out(self, series: Series) -> Series:
        """The series as if there had been no holiday."""
        if self.value == 1.0:
            return series
        factors = self._of(series.first, len(series.values))
        return Series(series.first, series.values / factors, series.known, series.level, series.is_count)

    def ahead(self, last: date, steps: int) -> Floats:
        """The factor of each of the days after ``last``."""
        return self._of(last + timedelta(days=1), steps)

    def _of(self, first: date, days: int) -> Floats:
        return np.array([self.value if first + timedelta(days=n) in self.days else 1.0 for n in range(days)])


class Holidays:
    """The public holidays of a country; none where it is not known."""

    def __init__(self, days: Iterable[date] = ()) -> None:
        self.days = frozenset(days)

    def factors(self, series: Series) -> Factor:
        """What they did to this series, each compared with the same weekday one and two weeks before and after.

        Used only where at least four are known and the factor of the others foretells each of them better
        than no factor does. Of a level it is nothing.
        """
        nothing = Factor(1.0, self.days)
        if series.is_level or not series.is_count:
            return nothing
        found = [pair for at in self._places(series) if (pair := self._pair(series, at)) is not None]
        if len(found) < FEWEST:
            return nothing
        seen, usual = (np.array(part) for part in zip(*found, strict=True))
        others = (seen.sum() - seen) / (usual.sum() - usual)
        if np.abs(seen - others * usual).sum() > PROVEN * np.abs(seen - usual).sum():
            return nothing
        factor = float(seen.sum() / usual.sum())
        # A holiday of nothing at all would divide by 0; it is told from the smallest part.
        return Factor(max(factor, 0.05), self.days)

    def _places(self, series: Series) -> list[int]:
        return [n for n in range(len(series.values)) if series.first + timedelta(days=n) in self.days]

    def _pair(self, series: Series, at: int) -> tuple[float, float] | None:
        """(the holiday's value, what its weekday brought around it); None where either is not known."""
        near = [
            series.values[at + days]
            for days in _NEAR
            if 0 <= at + days < len(series.values)
            and series.known[at + days]
            and series.first + timedelta(days=at + days) not in self.days
        ]
        if not series.known[at] or len(near) < 2 or np.median(near) <= 0:
            return None
        return float(series.values[at]), float(np.median(near))
