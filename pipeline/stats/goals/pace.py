"""What had to have come by now, and what each day that is left has to bring.

A sum is expected by the pattern of the week: each weekday has the part that it had in the eight weeks before the
period, which the period itself cannot move. Where these do not tell (fewer than 28 known days, or nothing in them),
and for a level, it is linear. A level that is above its target from the beginning, and a ratio, have to be on it all
the time.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np

from pipeline.stats.forecasting.series import WEEK, Floats
from pipeline.stats.goals.standing import Standing
from pipeline.stats.goals.terms import LEVEL, RATIO, Goal, Known

WEEKDAYS: Final = "weekdays"
LINEAR: Final = "linear"
TARGET: Final = "target"
_LEARNT: Final = 8 * WEEK
_FEWEST: Final = 4 * WEEK


def expected(goal: Goal, known: Known, at: Standing) -> tuple[float, str] | tuple[None, None]:
    """(what had to be there by the last known day, how that was reckoned); nothing where nothing is known."""
    if at.known_until is None or (goal.kind == LEVEL and at.base is None):
        return None, None
    if goal.kind == RATIO:
        return goal.target, TARGET
    if at.base is not None:
        day, level = at.base
        part = (at.known_until - day).days / ((at.end - day).days or 1)
        return min(level + (goal.target - level) * part, goal.target), LINEAR
    weights = _weights(known, at.start)
    parts = np.ones(WEEK) if weights is None else weights
    every = _along(parts, at.start, at.end)
    so_far = float(every[: (at.known_until - at.start).days + 1].sum())
    return goal.target * (so_far / float(every.sum())), LINEAR if weights is None else WEEKDAYS


def needed_per_day(goal: Goal, at: Standing) -> float | None:
    """What each day after the last known one has to bring: followers, a part of the sum, or a ratio of its own.

    Of what is not to be passed: what each may bring at most. 0 where nothing more is needed, None where the
    period is over, not known, or can no longer be kept within its bound. Of a ratio the days that are left are
    taken to be as large as those so far. Where days are missing: what is enough even if these brought nothing to a
    sum that only grows; a ratio is that of the known days.
    """
    if at.current is None or at.gap is not None or at.days_left == 0:
        return None
    if at.missing and goal.kind != RATIO and not (at.only_grows and goal.at_least):
        return None
    if at.numerator is not None and at.denominator is not None:
        coming = at.denominator / at.days_known * at.days_left
        needed = (goal.target * (at.denominator + coming) - at.numerator) / coming
    else:
        needed = (goal.target - at.current) / at.days_left
    if needed >= 0:
        return needed
    return 0.0 if goal.at_least else None


def _weights(known: Known, start: date) -> Floats | None:
    """What a Monday … Sunday brought before the period; None where too little is known."""
    days = known.between(start - timedelta(days=_LEARNT), start - timedelta(days=1))
    if np.isfinite(days).sum() < _FEWEST:
        return None
    # The eight weeks begin on the weekday on which the period begins.
    weeks = days.reshape(-1, WEEK)
    counts = np.isfinite(weeks).sum(axis=0)
    sums = np.nansum(weeks, axis=0)
    if (counts == 0).any() or (sums < 0).any() or sums.sum() <= 0:
        return None
    found: Floats = np.roll(sums / counts, start.weekday())
    return found


def _along(weights: Floats, start: date, end: date) -> Floats:
    weekdays = (start.weekday() + np.arange((end - start).days + 1)) % WEEK
    found: Floats = weights[weekdays]
    return found
