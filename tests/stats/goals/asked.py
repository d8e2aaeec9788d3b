"""Days that are written by hand, and all that is to be said of a goal about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.goals.outlook import outlook
from pipeline.stats.goals.pace import expected, needed_per_day
from pipeline.stats.goals.standing import Standing, standing
from pipeline.stats.goals.state import state
from pipeline.stats.goals.terms import Goal, Known

# A Thursday.
OCTOBER = date(2026, 10, 1)
Values = Iterable[float | None]


@dataclass(frozen=True)
class Answer:
    """What a reader of the table sees of one goal in one period."""

    at: Standing
    due: float | None
    due_by: str | None
    needed: float | None
    end: float | None
    probability: float | None
    reason: str | None
    state: str
    judged_by: str | None


def days(
    values: Values,
    first: date = OCTOBER,
    *,
    by: Values | None = None,
    provisional: int = 0,
    unheard: int = 0,
    settled: int = 3,
) -> Known:
    """One value a day from ``first``, None where unknown, ``by`` its divisors; then ``unheard`` days.

    The last ``provisional`` of them are still being counted.
    """
    told = _floats(values, unheard)
    final = np.isfinite(told)
    if provisional:
        final[-provisional - unheard :] = False
    newest = first + timedelta(days=len(told) - 1)
    return Known(first, newest, told, final, None if by is None else _floats(by, unheard), None, settled)


def _floats(values: Values, unheard: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if value is None else value for value in [*values, *[None] * unheard]], dtype=float)


def asked(goal: Goal, known: Known, start: date, end: date) -> Answer:
    at = standing(goal, known, start, end)
    due, due_by = expected(goal, known, at)
    ahead = outlook(goal, known, at, Holidays())
    found, judged_by = state(goal, at, due, ahead)
    return Answer(
        at, due, due_by, needed_per_day(goal, at), ahead.value, ahead.probability, ahead.reason, found, judged_by
    )


def weeks(week: Sequence[float], number: int) -> list[float]:
    return list(week) * number
