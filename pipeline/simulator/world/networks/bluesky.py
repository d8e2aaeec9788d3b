"""Bluesky: two accounts of the brand, posts that their client dates wrongly, pins, reposts, two others to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import Calendar, days, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.community import Audience, Community, Manners, Response, Story
from pipeline.simulator.world.draw import Draw

MAIN, SMALL = "atelier-marin.example", "saint-malo.atelier-marin.example"
OUTAGES: tuple[tuple[str, int], ...] = ((MAIN, 13),)
KINDS = ("text", "text", "images", "images", "video", "external")
MANNERS: Final = Manners(
    platform="bluesky",
    zone=ZoneInfo("UTC"),
    accounts={
        MAIN: Audience(1800, 7.0, 2.0, 2.6, 380, KINDS, purged=24),
        SMALL: Audience(90, 0.3, 0.1, 0.3, 30, KINDS),
        "voilerie.example": Audience(4100, 8.0, 3.0, 0.0, 500, KINDS, tracked=True),
        "phare.example": Audience(700, 1.0, 1.0, 0.0, 80, KINDS, tracked=True),
    },
    videos=frozenset({"video"}),
)
DIDS: Final = {
    MAIN: "did:plc:ateliermarin000000000001",
    SMALL: "did:plc:saintmalo00000000000002",
    "voilerie.example": "did:plc:voilerie00000000000003",
    "phare.example": "did:plc:phare000000000000000004",
}
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Repost:
    """Somebody else's post that the account passed on."""

    uri: str
    created: datetime


def key_of(thing: Story | Response) -> str:
    """The record's key as the network makes it: thirteen letters that sort by time."""
    number = int(thing.created.timestamp() * 1_000_000) << 10 | thing.serial & 0x3FF
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(13)))


def uri_of(thing: Story | Response) -> str:
    """The address of a record in its author's repository."""
    if isinstance(thing, Story):
        return f"at://{DIDS[thing.account]}/app.bsky.feed.post/{key_of(thing)}"
    author = DIDS[thing.post.account] if thing.is_own else person_did(thing.person)
    return f"at://{author}/app.bsky.feed.post/{key_of(thing)}"


def person_did(person: int) -> str:
    return f"did:plc:person{person:018d}"


class Bluesky(Community):
    """What the public view shows. It counts no views at all."""

    def claimed(self, story: Story) -> datetime:
        """What the client says of when it was written: one in twenty lies, by months or into the future."""
        key = ("bluesky", story.account, story.serial, "claims")
        if not self.draw.happens(0.05, *key):
            return story.created
        return story.created + timedelta(days=self.draw.choose((-400, -40, 3, 30), *key, "days"))

    def unknown_counters(self, story: Story) -> frozenset[str]:
        """Counters that the view leaves out of a post: nobody knows them."""
        left_out = self.draw.happens(0.04, "bluesky", story.account, story.serial, "left out")
        return frozenset({"repostCount", "quoteCount"}) if left_out else frozenset()

    def post_by_uri(self, uri: str, night: date) -> Story | None:
        """The visible post of that address."""
        account = next((name for name, did in DIDS.items() if uri.startswith(f"at://{did}/")), None)
        key = uri.rpartition("/")[2]
        if account not in self.own or len(key) != 13 or not set(key) <= set(_LETTERS):
            return None
        number = 0
        for letter in key:
            number = number << 5 | _LETTERS.index(letter)
        seconds = (number >> 10) / 1_000_000
        day = datetime.fromtimestamp(min(seconds, 4e9), UTC).date()
        found = next((story for story in self.of_day(account, day) if key_of(story) == key), None)
        return found if found and self.visible(found, night) else None

    def reposts(self, account: str, night: date) -> list[Repost]:
        """What the account passed on until that night."""
        found = []
        for day in days(self.calendar.opened, night):
            if self.draw.happens(0.3, "bluesky", account, "repost", day):
                created = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=10)
                if created <= observed_at(night):
                    found.append(Repost(f"at://{person_did(7)}/app.bsky.feed.post/{day:%y%m%d}repost2", created))
        return found

    def pinned(self, account: str, night: date) -> Story | None:
        """The post that stands first on the profile, where somebody asks for it: the second newest."""
        stories = self.stories(account, night)
        return stories[1] if len(stories) > 1 else None


def build(draw: Draw, calendar: Calendar, changes: Changes) -> Bluesky:
    """The network of one world."""
    return Bluesky(draw, calendar, changes, MANNERS)
