"""Mastodon: two accounts of the brand on one instance, boosts beside its own posts, and one other to compare.

Ids are the instance's: milliseconds of the moment, shifted by 16 bits, as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import Calendar, days, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.community import Audience, Community, Manners, Response, Story
from pipeline.simulator.world.draw import Draw

OUTAGES: tuple[tuple[str, int], ...] = (("atelier", 12),)
KINDS = ("text", "text", "image", "image", "video", "poll")
MANNERS: Final = Manners(
    platform="mastodon",
    zone=ZoneInfo("UTC"),
    accounts={
        "atelier": Audience(2100, 6.0, 2.2, 1.9, 420, KINDS, purged=31),
        "saint_malo": Audience(140, 0.4, 0.2, 0.3, 40, KINDS),
        "voilerie@autre.example": Audience(5200, 9.0, 4.0, 0.0, 500, KINDS, tracked=True),
    },
    videos=frozenset({"video"}),
)
NUMBERS: Final = {"atelier": "109348", "saint_malo": "109771", "voilerie@autre.example": "110002"}


@dataclass(frozen=True)
class Boost:
    """Somebody else's post that the account passed on."""

    id: str
    created: datetime


def id_of(thing: Story | Response) -> str:
    """The id of a post or a response, as text. Those that were written earlier have smaller ones."""
    return str(int(thing.created.timestamp() * 1000) << 16 | thing.serial & 0xFFFF)


class Mastodon(Community):
    """What the instance knows. It counts no views at all."""

    def post_by_id(self, status: str, night: date) -> Story | None:
        """The visible post of that id, of whichever account."""
        day = _day_of(status)
        near = (self.of_day(account, day) for account in self.own) if day else ()
        found = (story for stories in near for story in stories if id_of(story) == status)
        return next((story for story in found if self.visible(story, night)), None)

    def boosts(self, account: str, night: date) -> list[Boost]:
        """What the account passed on until that night."""
        found = []
        for day in days(self.calendar.opened, night):
            if self.draw.happens(0.3, "mastodon", account, "boost", day):
                created = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=11)
                if created <= observed_at(night):
                    found.append(Boost(str(int(created.timestamp() * 1000) << 16), created))
        return found


def build(draw: Draw, calendar: Calendar, changes: Changes) -> Mastodon:
    """The network of one world."""
    return Mastodon(draw, calendar, changes, MANNERS)


def _day_of(status: str) -> date | None:
    if not status.isdecimal() or len(status) > 20:
        return None
    seconds = (int(status) >> 16) // 1000
    return datetime.fromtimestamp(seconds, UTC).date() if 0 < seconds < 2**33 else None
