"""Nights, days and instants of the world: every zone it needs, and when its set events happen.

Events are placed by their distance from the last night, so that a world of 14 nights is the end of
the world of 90 nights, number for number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
PACIFIC = ZoneInfo("America/Los_Angeles")
FETCH_HOUR = 4
# Ids of posts, articles and orders count their days from here: before any world begins.
EPOCH = date(2000, 1, 1)


@lru_cache(maxsize=8192)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@lru_cache(maxsize=8192)
def observed_at(night: date) -> datetime:
    """When the night is fetched: the morning after, 04:00 in Paris, as UTC."""
    return datetime.combine(night + timedelta(days=1), time(FETCH_HOUR), PARIS).astimezone(UTC)


def local(day: date, seconds: int, zone: ZoneInfo = PARIS) -> datetime:
    """The instant (UTC) of a wall-clock second of ``day`` in ``zone``."""
    clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return datetime.combine(day, clock, zone).astimezone(UTC)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


@lru_cache(maxsize=64)
def french_holidays(year: int) -> frozenset[date]:
    """The public holidays of France: eight of a fixed date, three that Easter moves."""
    fixed = {date(year, *day) for day in ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))}
    return frozenset(fixed | {easter(year) + timedelta(days=n) for n in (1, 39, 50)})


def easter(year: int) -> date:
    """Easter Sunday, after the anonymous Gregorian reckoning (Nature, 20 April 1876)."""
    golden, (century, of_it) = year % 19, divmod(year, 100)
    leap, rest = divmod(century, 4)
    moon = (century - (8 * century + 13) // 25 - leap + 19 * golden + 15) % 30
    early = (moon + 11 * golden) // 319
    sunday = (2 * rest + 2 * (of_it // 4) - of_it % 4 - moon + early + 32) % 7
    month = (moon - early + sunday + 90) // 25
    return date(year, month, (moon - early + sunday + month + 19) % 32)


@dataclass(frozen=True)
class Calendar:
    """The nights of a world and the days on which something out of the ordinary happens in it.

    ``opened`` is the first day of which the world knows anything; it lies before the first night by
    more than any window of history. Every other field is derived from ``last_night`` alone.
    """

    count: int
    last_night: date

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("a world needs at least one night")
        if self.opened <= EPOCH:
            raise ValueError(f"a world cannot have {self.count} nights")

    def ago(self, n: int) -> date:
        return self.last_night - timedelta(days=n)

    @cached_property
    def nights(self) -> tuple[date, ...]:
        return tuple(days(self.ago(self.count - 1), self.last_night))

    @property
    def opened(self) -> date:
        return self.ago(max(200, self.count + 60))

    @cached_property
    def outages(self) -> frozenset[tuple[str, str, date]]:
        """(platform, account, night) that answer 503 to everything during the whole night."""
        planned = {
            ("facebook", "104001", self.ago(9)),
            ("facebook", "104001", self.ago(39)),
            ("facebook", "104001", self.ago(40)),
            ("matomo", "1", self.ago(23)),
            ("woocommerce", "boutique", self.ago(52)),
        }
        return frozenset(unit for unit in planned if unit[2] in self.nights)

    @property
    def late_day(self) -> date:
        """The day whose page insights come one night later than usual."""
        return self.ago(6)

    @property
    def metric_retired(self) -> date:
        """The first night on which page 104001 is refused ``page_views_total``."""
        return self.ago(15)

    @property
    def month_restated(self) -> date:
        """The night from which the 30 days before it show corrected media views."""
        return self.ago(28)

    @property
    def purge_day(self) -> date:
        """The day on which the network removes accounts: a drop of level that no unfollow explains."""
        return self.ago(35)

    @property
    def post_deleted(self) -> tuple[date, date]:
        """(day of publication, day of deletion at noon in Paris) of a post that vanishes for sure."""
        return self.ago(14), self.ago(11)

    @property
    def article_trashed(self) -> tuple[date, date]:
        """(day of publication, day of deletion at noon) of an article of the journal that is taken down."""
        return self.ago(20), self.ago(16)

    @property
    def untracked_days(self) -> frozenset[date]:
        """Days on which the site's analytics recorded nothing at all: the tag was missing."""
        return frozenset({self.ago(17), self.ago(58)})

    @property
    def late_archive(self) -> date:
        """A day that the site's analytics had not processed yet when its own night was fetched."""
        return self.ago(26)

    @property
    def autumn(self) -> tuple[date, date]:
        """First and last day of the paid campaign on the page."""
        return self.ago(62), self.ago(2)

    @property
    def stories(self) -> tuple[date, date]:
        """First and last day of the journal's campaign."""
        return self.ago(31), self.last_night
