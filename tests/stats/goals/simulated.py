"""Goals of simulated accounts and sites, set from what was known before, asked along their way, and what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.goals.terms import Goal, Known
from tests.stats.forecasting.played import DAYS, accounts, arrivals
from tests.stats.goals.asked import asked

Floats = NDArray[np.float64]
LENGTH = 35
POINTS = (4, 13, 22, 29)
TARGETS = 4
# What a day brought is settled three days later.
SETTLED = 3


@dataclass(frozen=True)
class Told:
    """One goal at one point of its period: what was said, and what came."""

    series: str
    kind: str
    point: int
    probability: float
    is_attained: bool


@dataclass(frozen=True)
class _Course:
    name: str
    kind: str
    first: date
    values: Floats
    divisors: Floats | None = None

    def until(self, end: int) -> Known:
        """As it was known after the day ``end`` of the series."""
        last = end + 1
        final = np.arange(last) < last - SETTLED
        by = None if self.divisors is None else self.divisors[:last]
        newest = self.first + timedelta(days=end)
        return Known(self.first, newest, self.values[:last], final, by, None, SETTLED)


def told() -> Iterator[Told]:
    draw = np.random.default_rng(20261123)
    for place, course in enumerate(_courses()):
        # A period begins on any weekday, in any part of the last half year.
        begin = DAYS - LENGTH - int(draw.integers(0, 150))
        goals = list(_goals(course, begin, draw))
        point = POINTS[place % len(POINTS)]
        start = course.first + timedelta(days=begin)
        end = start + timedelta(days=LENGTH - 1)
        for goal in goals:
            found = asked(goal, course.until(begin + point), start, end)
            assert found.probability is not None, found.reason
            yield Told(course.name, course.kind, point, found.probability, _is_attained(goal, course, begin))


def _courses() -> Iterator[_Course]:
    for account in accounts():
        yield _Course(account.name, "level", account.first, account.followers)
        yield _Course(account.name, "sum", account.first, account.engagements)
        if account.reach.min() > 0:
            yield _Course(account.name, "ratio", account.first, account.engagements, account.reach)
    for arrived in arrivals(24):
        if np.isfinite(arrived.visits).all():
            yield _Course(arrived.name, "sum", arrived.first, arrived.visits)


def _goals(course: _Course, begin: int, draw: np.random.Generator) -> Iterator[Goal]:
    """Targets around what the two months before would give: nobody who sets one knows what comes."""
    before = slice(begin - 56, begin)
    for _ in range(TARGETS):
        at_least = bool(draw.random() < 0.7)
        if course.kind == "level":
            now = course.values[begin - 1]
            pace = (now - course.values[begin - 57]) / 56
            yield Goal("level", round(now + LENGTH * pace * draw.uniform(0.4, 1.6)))
        elif course.divisors is not None:
            usual = course.values[before].sum() / course.divisors[before].sum()
            yield Goal("ratio", round(usual * draw.uniform(0.9, 1.1), 6), at_least)
        else:
            yield Goal("sum", round(LENGTH * course.values[before].mean() * draw.uniform(0.85, 1.15)), at_least)


def _is_attained(goal: Goal, course: _Course, begin: int) -> bool:
    period = slice(begin, begin + LENGTH)
    if goal.kind == "level":
        return goal.is_met_by(course.values[begin + LENGTH - 1])
    came = course.values[period].sum()
    return goal.is_met_by(came if course.divisors is None else came / course.divisors[period].sum())
