"""Which months, quarters or years a goal has, as first and last days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from pipeline.stats.goals.terms import Goal

Span = tuple[date, date]

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def spans(goal: Goal, first: date, newest: date) -> list[Span]:
    """The periods of the goal that have begun by ``newest``, the oldest first.

    Of those that come again the present one, and before it those of which every day can be known: none that
    begins before ``first``, the first known day. A ``start`` or ``end`` in the middle of a period cuts it.
    """
    opened, closed = goal.start or date.min, goal.end or date.max
    if goal.period is None:
        return [(opened, closed)] if opened <= newest else []
    months = _MONTHS[goal.period]
    found: list[Span] = []
    begin = _begin(newest, months)
    while True:
        span = max(begin, opened), min(_following(begin, months) - timedelta(days=1), closed)
        is_present = begin <= newest < _following(begin, months)
        if span[0] <= min(span[1], newest) and (is_present or span[0] >= first):
            found.append(span)
        if begin <= max(first, opened):
            return found[::-1]
        begin = _begin(begin - timedelta(days=1), months)


def _begin(day: date, months: int) -> date:
    return date(day.year, day.month - (day.month - 1) % months, 1)


def _following(begin: date, months: int) -> date:
    month = begin.month + months
    return date(begin.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
