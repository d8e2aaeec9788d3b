"""What is known of one metric, day by day, made fit for a model: a series without holes, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WEEK: Final = 7
HORIZON: Final = 28
FEWEST_DAYS: Final = 28
# What lies further back says little of the next month, and every day more costs time.
TRAINING_DAYS: Final = 182
LONGEST_SILENCE: Final = 14
MOST_UNKNOWN: Final = 1 / 3
# A purge or a reset is no growth: beyond these bounds a change of the level was none of people's doing.
SMALLEST_SHIFT: Final = 5.0
SHIFT_SHARE: Final = 0.001
SHIFT_DEVIATIONS: Final = 8.0


@dataclass(frozen=True)
class Series:
    """One value a day from ``first`` on, without holes.

    ``values`` are what the day brought; of a level (followers) its change, and ``level`` is the one after
    the last day. ``known`` is false where a hole was filled. ``is_count``: nothing of it falls below 0.
    """

    first: date
    values: Floats
    known: NDArray[np.bool_]
    level: float | None = None
    is_count: bool = True

    @property
    def last(self) -> date:
        return self.first + timedelta(days=len(self.values) - 1)

    @property
    def is_level(self) -> bool:
        return self.level is not None

    def recent(self, days: int) -> Series:
        """Its last days."""
        cut = max(len(self.values) - days, 0)
        first = self.first + timedelta(days=cut)
        return Series(first, self.values[cut:], self.known[cut:], self.level, self.is_count)


@dataclass(frozen=True)
class Gap:
    """Why a series has no forecast. ``reason``: ``unknown``, ``short``, ``silent`` or ``holes``."""

    reason: str
    known_days: int
    first: date | None
    last: date | None


def of_counts(first: date, values: Floats, newest: date, *, is_count: bool = True) -> Series | Gap:
    """The series of a metric that each day brings anew. ``values`` from ``first`` on, NaN where unknown.

    ``newest`` is the night after whose day the forecast begins; ``is_count`` False lets values be below 0.
    """
    gap = missing(first, values, newest)
    if gap is not None:
        return gap
    begin, end = _span(values)
    inner = values[begin:end]
    known = np.isfinite(inner)
    return Series(first + timedelta(days=begin), _filled(inner), known, None, is_count)


def of_levels(first: date, levels: Floats, shifts: Floats, newest: date) -> Series | Gap:
    """The changes of a level such as followers. ``shifts`` are what the platform moved it by itself, else 0.

    A level that is not known for some days moves evenly between its neighbours. A jump that no platform
    announced, of more than eight robust standard deviations, is taken out like a shift: it is not extrapolated.
    """
    gap = missing(first, levels, newest)
    if gap is not None:
        return gap
    begin, end = _span(levels)
    inner, days = levels[begin:end] - np.cumsum(shifts[begin:end]), np.arange(end - begin)
    known = np.isfinite(inner)
    changes = np.diff(np.interp(days, days[known], inner[known]))
    jumped = _jumps(changes, float(np.nanmedian(levels)))
    changes = _filled(np.where(jumped, np.nan, changes))
    return Series(first + timedelta(days=begin + 1), changes, known[1:] & known[:-1] & ~jumped, float(levels[end - 1]))


def missing(first: date, values: Floats, newest: date) -> Gap | None:
    """Why these values allow no forecast; None where they do."""
    known = np.flatnonzero(np.isfinite(values))
    if known.size == 0:
        return Gap("unknown", 0, None, None)
    begin, last = first + timedelta(days=int(known[0])), first + timedelta(days=int(known[-1]))
    reason = None
    if (newest - last).days > LONGEST_SILENCE:
        reason = "silent"
    elif known.size < FEWEST_DAYS:
        reason = "short"
    else:
        recent = np.isfinite(values[: known[-1] + 1][-TRAINING_DAYS:][-(known[-1] + 1 - known[0]) :])
        reason = "holes" if 1 - recent.mean() > MOST_UNKNOWN else None
    return Gap(reason, int(known.size), begin, last) if reason else None


def _span(values: Floats) -> tuple[int, int]:
    known = np.flatnonzero(np.isfinite(values))
    return int(known[0]), int(known[-1]) + 1


def _filled(values: Floats) -> Floats:
    """Each hole gets the value of its weekday a week before, else the next one after it, else the median."""
    filled = values.copy()
    for at in np.flatnonzero(~np.isfinite(filled)):
        same = [filled[at - WEEK]] if at >= WEEK else []
        same += [values[later] for later in range(at + WEEK, len(values), WEEK)]
        found = next((value for value in same if np.isfinite(value)), None)
        filled[at] = np.nanmedian(values) if found is None else found
    return filled


def _jumps(changes: Floats, level: float) -> NDArray[np.bool_]:
    middle = float(np.median(changes))
    spread = 1.4826 * float(np.median(np.abs(changes - middle)))
    limit = max(SMALLEST_SHIFT, SHIFT_SHARE * abs(level), SHIFT_DEVIATIONS * spread)
    found: NDArray[np.bool_] = np.abs(changes - middle) > limit
    return found
