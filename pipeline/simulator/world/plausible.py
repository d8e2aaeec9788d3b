"""A page of the brand that sells one guided walk: who came to it, from where, and what they did there.

Its visits are its own. They are counted as they come, except that one that goes on after midnight is counted
when it ends: on the morning after, some visits of the evening are not there yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from pipeline.simulator.world.calendar import Calendar
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.orders import CENT

SALE: Final = "Walk booked"
# How often a visit reaches each goal. The last one is mapped to nothing on purpose.
GOALS: Final[Mapping[str, float]] = {"Question asked": 0.04, "Letter ordered": 0.05, SALE: 0.05, "404": 0.02}
CURRENCY: Final = "EUR"
NETWORKS: Final = frozenset({"Organic Social", "Paid Social", "Organic Video", "Paid Video"})
NOBODY: Final = "Direct / None"
NOT_SET: Final = "(not set)"
_AT_ONCE: Final = 0.8
_UNTRACKED: Final = (6, 44)
Key = TypeVar("Key")


class Origin(NamedTuple):
    """Where visits come from, as the platform calls it, and how many in a day."""

    channel: str
    source: str
    campaign: str
    a_day: float


ORIGINS: Final = (
    Origin("Direct", NOBODY, NOT_SET, 7),
    Origin("Organic Search", "Google", NOT_SET, 6),
    Origin("Organic Search", "DuckDuckGo", NOT_SET, 1),
    Origin("Referral", "guide-des-ports.example", NOT_SET, 1.5),
    Origin("Organic Social", "Facebook", NOT_SET, 2.5),
    Origin("Organic Social", "Instagram", NOT_SET, 2),
    Origin("Organic Social", "Pinterest", NOT_SET, 0.3),
    Origin("Organic Video", "YouTube", NOT_SET, 0.6),
    Origin("Email", "letter", NOT_SET, 0.5),
    Origin("Email", "letter", "letter-41", 0.8),
    Origin("Paid Social", "facebook", "autumn-2026", 2),
    Origin("Organic Social", "Facebook", "autumn-2026", 0.6),
    Origin("Organic Social", "Facebook", "Autumn-2026", 0.1),
)


@dataclass(frozen=True)
class Arrivals:
    """The visits of a day from one origin. ``goals`` only those that were reached."""

    origin: Origin
    visits: int
    visitors: int
    pageviews: int
    bounces: int
    seconds: int
    goals: Mapping[str, int]
    revenue: Decimal


class Told(NamedTuple):
    """What the platform tells of some arrivals: a whole percentage and an average, not the counts behind them."""

    visitors: int
    visits: int
    pageviews: int
    bounce_rate: int
    visit_duration: int


def told(arrivals: Iterable[Arrivals]) -> Told:
    """Visits add up; somebody may come from two places."""
    some = list(arrivals)
    visits = sum(one.visits for one in some)
    together = sum(one.visitors for one in some)
    twice = together // 20 if len(some) > 1 else 0
    return Told(
        visitors=max(together - twice, *(one.visitors for one in some), 1),
        visits=visits,
        pageviews=sum(one.pageviews for one in some),
        bounce_rate=_rounded(100 * sum(one.bounces for one in some), visits),
        visit_duration=_rounded(sum(one.seconds for one in some), visits),
    )


def _rounded(whole: int, parts: int) -> int:
    return (2 * whole + parts) // (2 * parts)


def reached(arrivals: Iterable[Arrivals]) -> dict[str, int]:
    """How often each goal was reached."""
    found: dict[str, int] = defaultdict(int)
    for one in arrivals:
        for goal, count in one.goals.items():
            found[goal] += count
    return dict(found)


def grouped(arrivals: Iterable[Arrivals], key: Callable[[Arrivals], Key]) -> dict[Key, list[Arrivals]]:
    """The arrivals of each key."""
    found: dict[Key, list[Arrivals]] = defaultdict(list)
    for one in arrivals:
        found[key(one)].append(one)
    return dict(found)


class Walks:
    """The page."""

    def __init__(self, draw: Draw, calendar: Calendar) -> None:
        self._draw, self._calendar = draw, calendar
        self._untracked = {calendar.ago(n) for n in _UNTRACKED}
        self.day = lru_cache(maxsize=2048)(self._day)

    def _day(self, day: date, night: date) -> tuple[Arrivals, ...]:
        """The arrivals of a day as counted at that night; none where nothing was recorded."""
        if day > night or day < self._calendar.opened or day in self._untracked:
            return ()
        done = _AT_ONCE if day == night else 1.0
        found = (self._arrivals(day, origin, done) for origin in ORIGINS)
        return tuple(one for one in found if one is not None)

    def _arrivals(self, day: date, origin: Origin, done: float) -> Arrivals | None:
        draw, key = self._draw, ("walks", day, *origin[:3])
        visits = int(draw.count(origin.a_day * (1.4 if day.weekday() >= 5 else 1.0), *key) * done + 0.5)
        if visits == 0:
            return None
        goals = {goal: draw.among(visits, rate, "goal", goal, *key) for goal, rate in GOALS.items()}
        return Arrivals(
            origin=origin,
            visits=visits,
            visitors=max(1, visits - draw.among(visits, 0.1, "again", *key)),
            pageviews=visits + int(visits * 1.4 * draw.around(1, 0.2, "pages", *key)),
            bounces=draw.among(visits, 0.45, "bounces", *key),
            seconds=int(visits * 74 * draw.around(1, 0.3, "seconds", *key)),
            goals={goal: n for goal, n in goals.items() if n},
            revenue=CENT * goals[SALE] * draw.whole(1800, 5200, "price", *key),
        )


@lru_cache(maxsize=16)
def walks(seed: int, calendar: Calendar) -> Walks:
    """The page in the world of that seed."""
    return Walks(Draw(seed), calendar)
