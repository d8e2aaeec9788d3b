"""The brand's newsletter: who signs up, who confirms it, who leaves, and the letters that it sends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from pipeline.simulator.world.calendar import EPOCH, Calendar, days, local, observed_at
from pipeline.simulator.world.draw import Draw

LIST: Final = "51a000b2c9"
SITE: Final = "lettre.atelier-marin.example"
A_DAY: Final = 1.5
# Subscribed before the world begins, and never changed since.
OLD: Final = 1200
_SOURCES: Final = ("Embed Form", "Hosted Signup Form", "API - Generic")
_WEEKDAY: Final = 3


@dataclass(frozen=True)
class Member:
    """A contact as it stands at one night. Times are UTC; None where the platform has no date."""

    address: str
    status: str
    signed_up: datetime | None
    confirmed: datetime | None
    changed: datetime
    source: str

    @property
    def id(self) -> str:
        return hashlib.md5(self.address.encode(), usedforsecurity=False).hexdigest()

    @property
    def since(self) -> datetime | None:
        """When it signed up."""
        return self.confirmed or self.signed_up


@dataclass(frozen=True)
class Letter:
    """A letter as it stands at one night."""

    id: str
    sent: datetime
    emails: int
    opens: int
    clicks: int
    left: int


class Newsletter:
    """Everything of one audience. Nothing happens between midnight and 06:00."""

    def __init__(self, draw: Draw, calendar: Calendar) -> None:
        self._draw, self._calendar = draw, calendar
        self._told = lru_cache(maxsize=None)(self._signed_up_on)
        self.standing = lru_cache(maxsize=64)(self._standing)

    def _standing(self, night: date) -> tuple[Member, ...]:
        """Every contact that exists when that night is read, in the order of its last change."""
        at = observed_at(night)
        stories = (story for day in days(self._calendar.opened, night) for story in self._told(day))
        known = (max((each for each in story if each.changed <= at), key=_change, default=None) for story in stories)
        return tuple(sorted((member for member in known if member), key=lambda each: (each.changed, each.id)))

    def level(self, night: date, status: str = "subscribed") -> int:
        """How many contacts have this status; those from before the world are subscribed."""
        found = sum(1 for member in self.standing(night) if member.status == status)
        return found + (OLD if status == "subscribed" else 0)

    def letters(self, night: date) -> tuple[Letter, ...]:
        """One a week, the newest first; clicks come in for a week."""
        sent = [day for day in days(self._calendar.opened, night) if day.weekday() == _WEEKDAY]
        return tuple(self._letter(day, night) for day in reversed(sent))

    def _letter(self, day: date, night: date) -> Letter:
        emails = OLD + self._draw.whole(0, 60, "mailchimp letter", day)
        share = min((night - day).days + 1, 7) / 7
        return Letter(
            id=f"{(day - EPOCH).days:08x}5a",
            sent=local(day, 10 * 3600),
            emails=emails,
            opens=int(emails * 0.6 * share),
            clicks=int(emails * 0.04 * share),
            left=int(emails * 0.002 * share),
        )

    def _signed_up_on(self, day: date) -> tuple[tuple[Member, ...], ...]:
        return tuple(self._story(day, n) for n in range(self._draw.count(A_DAY, "mailchimp", day)))

    def _story(self, day: date, n: int) -> tuple[Member, ...]:
        """The states of one contact, each with the moment from which on it is so."""
        draw, key = self._draw, ("mailchimp", day, n)
        at, kind = self._awake(day, *key), draw.unit(*key, "kind")
        address = f"someone{(day - EPOCH).days}.{n}@example.org"
        first = Member(address, "subscribed", at, at, at, draw.choose(_SOURCES, *key, "source"))
        if kind < 0.05:
            # Bought something: the shop told of it, and nobody asked for letters.
            return (replace(first, status="transactional", signed_up=None, confirmed=None),)
        if kind < 0.15:
            return self._after(replace(first, signed_up=None), *key)
        if kind < 0.5:
            return self._after(first, *key)
        asked = replace(first, status="pending", confirmed=None)
        if draw.happens(0.2, *key, "never"):
            return (asked,)
        wait = draw.whole(0, 3, *key, "wait")
        then = self._awake(day + timedelta(days=wait), *key, "then") if wait else at + timedelta(minutes=4)
        return asked, *self._after(replace(first, confirmed=then, changed=then), *key)

    def _after(self, member: Member, *key: object) -> tuple[Member, ...]:
        """What becomes of a subscriber: most stay, and some only change their address's language."""
        draw, day, fate = self._draw, member.changed.date(), self._draw.unit(*key, "fate")
        later = self._awake(day + timedelta(days=draw.whole(1, 150, *key, "later")), *key, "later at")
        if fate < 0.2:
            return member, replace(member, status="unsubscribed", changed=later)
        if fate < 0.26:
            return member, replace(member, status="cleaned", changed=later)
        return (member, replace(member, changed=later)) if fate < 0.36 else (member,)

    def _awake(self, day: date, *key: object) -> datetime:
        return local(day, 6 * 3600 + int(self._draw.unit(*key, "at") * (17 * 3600 + 50 * 60)))


def _change(member: Member) -> datetime:
    return member.changed


@lru_cache(maxsize=16)
def newsletter(seed: int, calendar: Calendar) -> Newsletter:
    """The newsletter in the world of that seed."""
    return Newsletter(Draw(seed), calendar)
