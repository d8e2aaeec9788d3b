"""Who came to the shop's site on a day, and from where: the truth behind analytics and orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pipeline.simulator.world.calendar import PARIS, Calendar, days, midnight
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.posts import PostStories
from pipeline.simulator.world.wordpress import Wordpress

# How often a visit ends in each of the site's goals; visits that a campaign brought do more.
GOALS: Mapping[int, float] = {1: 0.018, 2: 0.03, 3: 0.012, 4: 0.04}
ORDERS = 0.022


@dataclass(frozen=True)
class Stream:
    """Visits of one day from one origin. ``kind``: direct, search, website, social or campaign."""

    kind: str
    label: str
    visits: int
    goals: Mapping[int, int]
    orders: int


class Footfall:
    """Visits by day and origin. Clicks on posts become visits; visits become goals and orders."""

    def __init__(
        self, draw: Draw, calendar: Calendar, stories: PostStories, journal: Wordpress, visits_per_day: float
    ) -> None:
        self._draw = draw
        self._calendar = calendar
        self._posts = stories
        self._journal = journal
        self._scale = visits_per_day / 150
        self.day = lru_cache(maxsize=None)(self._day)

    def _day(self, day: date) -> tuple[Stream, ...]:
        """The day's streams of visits, those with at least one visit."""
        if day < self._calendar.opened:
            return ()
        weekday = 1.25 if day.weekday() >= 5 else 1.0
        plain, tagged = self._clicks(day)
        spelt_otherwise = self._draw.among(tagged, 0.2, "spelt", day) if day.day % 9 == 0 else 0
        wanted = [
            ("direct", "", self._draw.count(48 * weekday * self._scale, "direct", day)),
            ("search", "Google", self._draw.count(61 * weekday * self._scale, "search", day)),
            ("website", "guide-des-ports.example", self._draw.count(11 * self._scale, "website", day)),
            ("social", "Facebook", plain),
            ("social", "Instagram", self._draw.count(5 * self._scale, "instagram", day)),
            ("social", "Pinterest", self._draw.count(1.2 * self._scale, "pinterest", day)),
            ("campaign", "autumn-2026", tagged - spelt_otherwise),
            ("campaign", "Autumn-2026", spelt_otherwise),
            ("campaign", "journal-stories", self._from_journal(day)),
            ("campaign", "partner-mag", self._draw.count(3, "partner", day) if day.day in {5, 6, 20} else 0),
        ]
        return tuple(self._stream(day, kind, label, n) for kind, label, n in wanted if n)

    def _clicks(self, day: date) -> tuple[int, int]:
        """(plain, campaign) visits that the pages' posts bring on that day."""
        begin, end = midnight(day, PARIS), midnight(day + timedelta(days=1), PARIS)
        plain = tagged = 0.0
        for page in ("104001", "104002"):
            for published in days(day - timedelta(days=9), day):
                more = self._posts.clicks(page, published, begin, end)
                plain, tagged = plain + more[0], tagged + more[1]
        return int(plain * 0.85), int(tagged * 0.85)

    def _from_journal(self, day: date) -> int:
        start, end = self._calendar.stories
        if not start <= day <= end:
            return 0
        return self._draw.among(self._journal.views(day), 0.06, "journal visits", day)

    def _stream(self, day: date, kind: str, label: str, visits: int) -> Stream:
        keen = 1.6 if kind == "campaign" else 1.0
        key = (day, kind, label)
        goals = {goal: self._draw.among(visits, rate * keen, "goal", goal, *key) for goal, rate in GOALS.items()}
        orders = self._draw.among(visits, ORDERS * keen, "orders", *key)
        return Stream(kind, label, visits, {goal: n for goal, n in goals.items() if n}, orders)
