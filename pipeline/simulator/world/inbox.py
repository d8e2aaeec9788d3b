"""What visitors write into the forms of the ateliers' site: when, when it is sent, and by which link they came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pipeline.simulator.world.calendar import EPOCH, Calendar, days, local
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.orders import CENT

SITE: Final = "ateliers.atelier-marin.example"
A_DAY: Final = 1.2
_LATE, _AGAIN, _TWICE = 0.25, 0.15, 0.1
_ORIGINS: Final[tuple[Mapping[str, str], ...]] = (
    {},
    {"utm_source": "facebook", "utm_medium": "social", "utm_campaign": "autumn-2026"},
    {"utm_source": "instagram", "utm_medium": "social"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_content": "autumn-letter"},
)


@dataclass(frozen=True)
class Message:
    """One word on one request, as the form sends it. Times are UTC, without parts of a second.

    ``times`` is how often it is sent: a form that heard no answer sends it again.
    """

    id: str
    key: str
    sent: datetime
    happened: datetime
    action: str
    value: Decimal | None
    origin: tuple[tuple[str, str], ...]
    click: str | None
    times: int


class Forms:
    """Everything that the forms send. Nothing is sent between midnight and 06:00."""

    def __init__(self, draw: Draw, calendar: Calendar) -> None:
        self._draw, self._calendar = draw, calendar
        self._begun = lru_cache(maxsize=None)(self._begun_on)

    def sent(self, first: date, last: date) -> tuple[Message, ...]:
        """What is sent on these days (of Paris), in order. The last word on a request comes within three weeks."""
        earliest = max(self._calendar.opened, first - timedelta(days=21))
        since, until = local(first, 0), local(last + timedelta(days=1), 0)
        told = (word for day in days(earliest, last) for words in self._begun(day) for word in words)
        return tuple(sorted((word for word in told if since <= word.sent < until), key=lambda word: word.sent))

    def _begun_on(self, day: date) -> tuple[tuple[Message, ...], ...]:
        return tuple(self._words(day, n) for n in range(self._draw.count(A_DAY, "forms", day)))

    def _words(self, day: date, n: int) -> tuple[Message, ...]:
        draw, key = self._draw, ("forms", day, n)
        happened = self._awake(day, *key, "happened")
        late = timedelta(days=draw.whole(1, 9, *key, "late days")) if draw.happens(_LATE, *key, "late") else timedelta()
        quote = draw.happens(0.7, *key, "action")
        valued = quote and draw.happens(0.8, *key, "valued")
        number = (day - EPOCH).days * 100 + n
        first = Message(
            id=f"request-{number}",
            key=f"{number}-1",
            sent=happened + late + timedelta(seconds=draw.whole(0, 4, *key, "seconds")),
            happened=happened,
            action="quote_request" if quote else "newsletter_signup",
            value=CENT * draw.whole(9_000, 180_000, *key, "value") if valued else None,
            origin=tuple(draw.choose(_ORIGINS, *key, "origin").items()),
            click=f"click-{number}" if draw.happens(0.3, *key, "click") else None,
            times=2 if draw.happens(_TWICE, *key, "times") else 1,
        )
        if not (valued and draw.happens(_AGAIN, *key, "again")):
            return (first,)
        # The ateliers look at it and correct what it may be worth.
        at = self._awake(day + late + timedelta(days=draw.whole(1, 10, *key, "again on")), *key, "again at")
        worth = CENT * draw.whole(9_000, 180_000, *key, "worth")
        return first, replace(first, key=f"{number}-2", sent=at, value=worth, times=1)

    def _awake(self, day: date, *key: object) -> datetime:
        return local(day, 6 * 3600 + int(self._draw.unit(*key) * (17 * 3600 + 50 * 60)))


@lru_cache(maxsize=16)
def forms(seed: int, calendar: Calendar) -> Forms:
    """The forms in the world of that seed."""
    return Forms(Draw(seed), calendar)
