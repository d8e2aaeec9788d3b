"""What the pages' insights count, day by day of the Pacific coast, and how late they know it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from pipeline.simulator.world.calendar import PACIFIC, Calendar, days, midnight
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.posts import PARTS, PostStories

FIRST_FOLLOWERS = {"104001": 4600, "104002": 61}
# However long a world is, the small page stays one.
BOUNDS = {"104001": (1000, 10**9), "104002": (40, 95)}
FANS_NEEDED = 100

# Share of its final value that an insight shows 1, 2 and 3 days after its day; complete from the 4th.
SETTLED = {1: 0.93, 2: 0.98, 3: 0.995}

FOLLOWER_METRICS = (
    "page_follows",
    "page_daily_follows",
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
)
DAY_METRICS = (
    *FOLLOWER_METRICS,
    "page_media_view",
    "page_total_media_view_unique",
    "page_post_engagements",
    "page_views_total",
    "page_video_views",
)
# Metrics that the platform also gives over a moving window that ends with the day.
WINDOWS: Mapping[str, int] = {"day": 1, "week": 7, "days_28": 28}
WINDOW_METRICS = ("page_total_media_view_unique", "page_media_view", "page_post_engagements")
RESTATED_ONCE = ("page_media_view", "page_total_media_view_unique")


class PageInsights:
    """Daily, weekly and 28-day values of the pages' metrics."""

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes, stories: PostStories) -> None:
        self._draw = draw
        self._calendar = calendar
        self._changes = changes
        self._stories = stories
        self._day_total = lru_cache(maxsize=None)(self._day_total_of)
        self._levels: dict[str, list[int]] = {}
        self._final = lru_cache(maxsize=None)(self._final_of)

    def given(self, page: str) -> bool:
        """Whether the page is large enough for insights."""
        return FIRST_FOLLOWERS[page] >= FANS_NEEDED

    def metrics(self, page: str, night: date) -> frozenset[str]:
        """The insight metrics that the platform accepts for that page at that night."""
        if page == "104001" and night >= self._calendar.metric_retired:
            return frozenset(DAY_METRICS) - {"page_views_total"}
        return frozenset(DAY_METRICS)

    def newest_day(self, night: date) -> date:
        """The last measured day (Pacific) of which insights are given at that night.

        The night's own day is not over on the Pacific coast when it is fetched.
        """
        newest = night - timedelta(days=1)
        return newest - timedelta(days=1) if newest == self._calendar.late_day else newest

    def value(self, page: str, metric: str, period: str, day: date, night: date) -> int | None:
        """The value of ``metric`` for the measured Pacific ``day`` as answered at ``night``.

        ``period`` is ``day``, ``week`` or ``days_28`` (the window ends with ``day``). None: the platform
        gives no value (not delivered yet, page too small, metric retired or not given in that period).
        """
        if not self.given(page) or metric not in self.metrics(page, night) or day > self.newest_day(night):
            return None
        if period not in WINDOWS or (period != "day" and metric not in WINDOW_METRICS) or day < self._calendar.opened:
            return None
        final = self._final(page, metric, day) if period == "day" else self._window(page, metric, day, period)
        changed = self._changes.factor("facebook", page, day, night, metric, named=metric in FOLLOWER_METRICS)
        if metric in FOLLOWER_METRICS:
            return int(final * changed)
        value = final * SETTLED.get((night - day).days, 1.0)
        restated = self._calendar.month_restated
        if metric in RESTATED_ONCE and night >= restated and 0 < (restated - day).days <= 30:
            value *= 0.96
        return int(value * changed)

    def _final_of(self, page: str, metric: str, day: date) -> int:
        """The value of one day once the platform has stopped correcting it."""
        gained, lost = self._flows(page, day)
        total, weekend = self._day_total(page, day), 0.8 if day.weekday() >= 5 else 1.0

        def beside(mean: float) -> int:
            return self._draw.count(mean * weekend, page, metric, day)

        if metric == "page_total_media_view_unique":
            share = 0.58 + 0.1 * self._draw.unit(page, metric, day)
            return int(self._final(page, "page_media_view", day) * share)
        return {
            "page_follows": lambda: self.level(page, day),
            "page_daily_follows": lambda: gained,
            "page_daily_follows_unique": lambda: gained,
            "page_daily_unfollows_unique": lambda: lost,
            "page_media_view": lambda: total["views"] + beside(420),
            "page_post_engagements": lambda: sum(total[part] for part in ("reactions", "comments", "shares", "clicks")),
            "page_views_total": lambda: beside(55),
            "page_video_views": lambda: total["video_views"] + beside(30),
        }[metric]()

    def _window(self, page: str, metric: str, day: date, period: str) -> int:
        length = WINDOWS[period]
        values = [self._final(page, metric, d) for d in days(day - timedelta(days=length - 1), day)]
        if metric != "page_total_media_view_unique":
            return sum(values)
        # People come back: fewer than the sum of the days, never fewer than the best day.
        return max(*values, int(sum(values) * (0.62 if length == 7 else 0.41)))

    def _flows(self, page: str, day: date) -> tuple[int, int]:
        """(gained, lost) followers of that day."""
        busy, scale = (1.3 if day.weekday() in {1, 3} else 1.0), (0.02 if page == "104002" else 1.0)
        gained = self._draw.count(11 * busy * scale, page, "gained", day)
        return gained, self._draw.count(4.5 * scale, page, "lost", day)

    def level(self, page: str, day: date) -> int:
        """Followers at the end of the day."""
        levels = self._levels.get(page, [FIRST_FOLLOWERS[page]])
        wanted = (day - self._calendar.opened).days + 1
        if len(levels) <= wanted:
            levels, (least, most) = levels.copy(), BOUNDS[page]
            for n in range(len(levels) - 1, wanted):
                gained, lost = self._flows(page, self._calendar.opened + timedelta(days=n))
                levels.append(min(max(levels[-1] + gained - lost, least), most))
            self._levels[page] = levels
        purged = page == "104001" and day >= self._calendar.purge_day
        return levels[wanted] - (140 if purged else 0)

    def _day_total_of(self, page: str, day: date) -> Mapping[str, int]:
        """What all posts together gathered within the Pacific day."""
        begin, end = midnight(day, PACIFIC), midnight(day + timedelta(days=1), PACIFIC)
        total = dict.fromkeys(PARTS, 0.0)
        for published in days(day - timedelta(days=12), day + timedelta(days=1)):
            share = self._stories.share(published, begin, end)
            finals = self._stories.finals(page, published)
            for part in PARTS:
                total[part] += finals[part] * share
        return {part: int(value) for part, value in total.items()}
