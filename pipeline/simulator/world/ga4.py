"""A second, small site of the brand, and what its analytics counted of it: one page for each offer, few visits.

Its visits are nobody else's: the shop's site does not know of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from pipeline.simulator.world.calendar import Calendar
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.orders import CENT

# Share of the visits that are processed so many days after their own day; from the third on it is all of them.
PROCESSED: Final = {0: 0.85, 1: 0.95, 2: 0.99}
# How often a visit ends in each key event. Nobody mapped the last one to anything.
KEY_EVENTS: Final[Mapping[str, float]] = {
    "generate_lead": 0.05,
    "sign_up": 0.04,
    "partner_click": 0.03,
    "file_download": 0.05,
}
PURCHASE: Final = 0.03


class Source(NamedTuple):
    """Where visits come from, in the words of the platform, and how many of them in a day."""

    channel: str
    source: str
    medium: str
    campaign: str
    a_day: float


OTHER: Final = "(other)"
SOURCES: Final = (
    Source("Direct", "(direct)", "(none)", "(direct)", 6),
    Source("Organic Search", "google", "organic", "(organic)", 8),
    Source("Organic Search", "bing", "organic", "(organic)", 0.7),
    Source("Referral", "guide-des-ports.example", "referral", "(referral)", 1.5),
    Source("Organic Social", "m.facebook.com", "referral", "(referral)", 2),
    Source("Organic Social", "facebook.com", "referral", "(referral)", 1.2),
    Source("Organic Social", "l.instagram.com", "referral", "(referral)", 1),
    Source("Organic Social", "pinterest.com", "referral", "(referral)", 0.4),
    Source("Organic Video", "youtube.com", "referral", "(referral)", 0.5),
    Source("Email", "newsletter", "email", "letter-of-the-month", 0.8),
    Source("Email", "newsletter", "email", "(not set)", 0.4),
    Source("Unassigned", "(not set)", "(not set)", "(not set)", 0.5),
)
PAID: Final = (
    Source("Paid Social", "facebook", "paid_social", "autumn-2026", 3),
    Source("Paid Search", "google", "cpc", "autumn-2026", 1),
)
ROLLED_UP: Final = Source(OTHER, OTHER, OTHER, OTHER, 6)


@dataclass(frozen=True)
class Origin:
    """The visits of a day from one source, as they are counted at a night. ``events`` only those that were reached."""

    source: Source
    sessions: int
    users: int
    engaged: int
    seconds: int
    views: int
    events: Mapping[str, int]


@dataclass(frozen=True)
class PropertyDay:
    """A day as it is counted at a night. All but ``users`` are the sums over ``origins``."""

    day: date
    sessions: int
    users: int
    engaged: int
    seconds: int
    views: int
    origins: tuple[Origin, ...]
    purchases: int
    revenue: Decimal

    @property
    def has_other(self) -> bool:
        """Whether there were more different sources than the platform keeps."""
        return any(origin.source is ROLLED_UP for origin in self.origins)


class Property:
    """The offers' site, day by day."""

    def __init__(self, draw: Draw, calendar: Calendar) -> None:
        self._draw, self._calendar = draw, calendar
        # Each report of a day is asked for by itself.
        self.day = lru_cache(maxsize=4096)(self._day)

    def _day(self, day: date, night: date) -> PropertyDay | None:
        """The day as it is told at that night; None before there was a site, and of days to come."""
        if not self._calendar.opened <= day <= night:
            return None
        done = PROCESSED.get((night - day).days, 1.0)
        origins = tuple(origin for source in self._sources(day) if (origin := self._origin(day, source, done)))
        if not origins:
            return None
        together = sum(origin.users for origin in origins)
        bought = self._bought(day, done)
        return PropertyDay(
            day=day,
            sessions=sum(origin.sessions for origin in origins),
            users=max(1, together - self._draw.among(together, 0.05, "ga4", "two ways", day)),
            engaged=sum(origin.engaged for origin in origins),
            seconds=sum(origin.seconds for origin in origins),
            views=sum(origin.views for origin in origins),
            origins=origins,
            purchases=len(bought),
            revenue=sum(bought, Decimal(0)),
        )

    def _sources(self, day: date) -> list[Source]:
        begin, end = self._calendar.autumn
        found = [*SOURCES, *(PAID if begin <= day <= end else ())]
        return [*found, ROLLED_UP] if day.day % 9 == 0 else found

    def _origin(self, day: date, source: Source, done: float) -> Origin | None:
        draw, key = self._draw, ("ga4", day, *source[:4])
        sessions = int(draw.count(source.a_day, *key) * done + 0.5)
        if not sessions:
            return None
        events = Counter({name: draw.among(sessions, rate, *key, name) for name, rate in KEY_EVENTS.items()})
        return Origin(
            source=source,
            sessions=sessions,
            users=max(1, sessions - draw.among(sessions, 0.1, *key, "again")),
            engaged=sessions - draw.among(sessions, 0.4, *key, "bounces"),
            seconds=int(sessions * 47 * draw.around(1, 0.3, *key, "seconds")),
            views=sessions + draw.among(sessions, 0.8, *key, "views"),
            events={name: n for name, n in events.items() if n},
        )

    def _bought(self, day: date, done: float) -> list[Decimal]:
        """What was paid of each purchase of the day."""
        whole = sum(source.a_day for source in SOURCES)
        known = int(self._draw.count(whole * PURCHASE, "ga4", "bought", day) * done + 0.5)
        return [CENT * self._draw.whole(1_900, 14_900, "ga4", "paid", day, n) for n in range(known)]


@lru_cache(maxsize=16)
def offers(seed: int, calendar: Calendar) -> Property:
    """The offers' site in the world of that seed."""
    return Property(Draw(seed), calendar)
