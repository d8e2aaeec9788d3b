"""What has come so far, and whether all of it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import fsum
from typing import Final

import numpy as np

from pipeline.stats.forecasting.series import Floats
from pipeline.stats.goals.terms import LEVEL, RATIO, Goal, Known

# Platforms tell of a day up to three days later; after a week without news nobody knows where a goal stands.
LATEST: Final = 7
# A level from which growth begins may be as old.
_BEFORE: Final = 14


@dataclass(frozen=True)
class Standing:
    """Where the goal stood on ``day``, the newest night or the last day of the period.

    ``current``: the level, the sum, or the ratio of ``numerator`` and ``denominator`` until ``known_until``; None
    where nothing is known. ``only_grows``: it is a sum that no day can make smaller. ``missing``: how many days
    before ``known_until`` a sum or ratio lacks. ``gap``: why this says nothing of the goal: ``nothing``, ``holes``
    (the period is over and days of it are missing), ``late`` or ``undivided``. ``base``: the day and the level that
    growth begins from.
    """

    start: date
    end: date
    day: date
    is_over: bool
    known_until: date | None
    days_known: int
    missing: int
    only_grows: bool
    current: float | None
    numerator: float | None
    denominator: float | None
    gap: str | None
    base: tuple[date, float] | None
    is_final: bool

    @property
    def days_left(self) -> int:
        """The days of the period after the last known one."""
        return 0 if self.known_until is None else (self.end - self.known_until).days


def standing(goal: Goal, known: Known, start: date, end: date) -> Standing:
    """What is known of the days from ``start`` to ``end`` after the newest night."""
    day = min(known.newest, end)
    values = known.between(start, day)
    divisors = None if known.divisors is None else known.between(start, day, known.divisors)
    there = np.isfinite(values) if divisors is None else np.isfinite(values) & np.isfinite(divisors)
    places = np.flatnonzero(there)
    until = start + timedelta(days=int(places[-1])) if places.size else None
    numerator, denominator = _sum(values[there]), None if divisors is None else _sum(divisors[there])
    current = numerator
    if goal.kind == LEVEL and places.size:
        current = float(values[places[-1]])
    elif goal.kind == RATIO:
        current = _ratio(numerator, denominator)
    is_over = known.newest >= end
    missing = 0 if until is None or goal.kind == LEVEL else (until - start).days + 1 - int(places.size)
    return Standing(
        start=start,
        end=end,
        day=day,
        is_over=is_over,
        known_until=until,
        days_known=int(places.size),
        missing=missing,
        only_grows=known.only_grows(goal),
        current=current,
        numerator=numerator if goal.kind == RATIO else None,
        denominator=denominator,
        gap=_gap(known, end, until, missing) or ("undivided" if current is None else None),
        base=_base(known, start, values) if goal.kind == LEVEL else None,
        is_final=is_over and _is_final(goal, known, start, end),
    )


def _sum(values: Floats) -> float | None:
    """The sum, exact to the millionth: money has four decimals, counts none."""
    return round(fsum(values), 6) if values.size else None


def _ratio(numerator: float | None, denominator: float | None) -> float | None:
    """As they are written: 3.3 by 3 is 1.1, which a division of their nearest binary numbers misses."""
    if numerator is None or not denominator:
        return None
    return float(Fraction(str(numerator)) / Fraction(str(denominator)))


def _gap(known: Known, end: date, until: date | None, missing: int) -> str | None:
    if until is None:
        return "nothing"
    if known.newest >= end:
        return "holes" if until < end or missing else None
    return "late" if (known.newest - until).days > LATEST else None


def _base(known: Known, start: date, values: Floats) -> tuple[date, float] | None:
    """The last level before the period, or else the first one in it."""
    before = known.between(start - timedelta(days=_BEFORE), start - timedelta(days=1))
    places = np.flatnonzero(np.isfinite(before))
    if places.size:
        return start - timedelta(days=_BEFORE - int(places[-1])), float(before[places[-1]])
    inside = np.flatnonzero(np.isfinite(values))
    return (start + timedelta(days=int(inside[0])), float(values[inside[0]])) if inside.size else None


def _is_final(goal: Goal, known: Known, start: date, end: date) -> bool:
    days = known.between(end if goal.kind == LEVEL else start, end, known.final.astype(float))
    return bool((days == 1).all())
