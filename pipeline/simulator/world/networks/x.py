"""X in this world: a large account, a small one, a competitor that is only watched, and who writes to whom.

Ids are like the platform's: the milliseconds since its epoch, shifted, with a few bits of its own, so
that the newer post has the greater id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import Calendar, days, local, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.community import GATHERED, PEOPLE, Audience, Community, Manners, Response, Story
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.posts import HOURS, TEXTS, saturation

LARGE, SMALL, RIVAL = "1440010000000000001", "1440010000000000002", "1440010000000000003"
HANDLES: Final[Mapping[str, str]] = {LARGE: "atelier_marin", SMALL: "atelier_malo", RIVAL: "voilerie_ouest"}
MANNERS: Final = Manners(
    platform="x",
    zone=ZoneInfo("UTC"),
    accounts={
        LARGE: Audience(8400, 9.0, 4.0, 1.6, 1500, ("text", "photo", "quote", "thread"), purged=140),
        SMALL: Audience(260, 0.6, 0.3, 0.4, 60, ("text", "photo")),
        RIVAL: Audience(5100, 6.0, 3.0, 1.0, 700, ("text",), tracked=True),
    },
)
# (account, nights before the last one) that answer 503 during a whole night.
OUTAGES: Final = ((LARGE, 8),)
# What the newest day of the analytics has been counted to when it is asked for the first time.
PROVISIONAL: Final = 0.97
_EPOCH_MS: Final = 1_288_834_974_657
_BITS: Final = 22


def id_of(created: datetime, low: int) -> str:
    """A post's id, from when it was written."""
    return str((int(created.timestamp() * 1000) - _EPOCH_MS << _BITS) | (low & (1 << _BITS) - 1))


def written_at(post_id: str) -> datetime:
    """When a post with that id was written. Raises ValueError or OverflowError for what is no id."""
    return datetime.fromtimestamp(((int(post_id) >> _BITS) + _EPOCH_MS) / 1000, UTC)


def person_id(person: int) -> str:
    """The id of somebody who is not the brand."""
    return str(15_000_000 + 7 * person)


@dataclass(frozen=True)
class Mention:
    """What somebody wrote about an account in a conversation of their own."""

    id: str
    account: str
    created: datetime
    person: int
    text: str


@dataclass(frozen=True)
class Repost:
    """Another account's post, as it stands in the list of the account that passed it on."""

    id: str
    created: datetime
    original: str


class XNetwork(Community):
    """A community whose posts are known by the platform's ids."""

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes) -> None:
        super().__init__(draw, calendar, changes, MANNERS)
        self.mentioned_on = lru_cache(maxsize=None)(self._mentioned_on)

    def story_id(self, story: Story) -> str:
        return id_of(story.created, story.serial % 1000)

    def response_id(self, response: Response) -> str:
        return id_of(response.created, 1000 + response.serial)

    def story_of(self, account: str, post_id: str) -> Story | None:
        """The post with that id, published or not."""
        try:
            day = written_at(post_id).date()
        except (ValueError, OverflowError, OSError):
            return None
        return next((story for story in self.of_day(account, day) if self.story_id(story) == post_id), None)

    def answered(self, account: str, night: date, begin: datetime, end: datetime) -> tuple[Response, ...]:
        """Everything that is written under the account's posts in [begin, end) and there at that night."""
        return tuple(
            response
            for day in days(max(self.calendar.opened, begin.date() - timedelta(days=9)), end.date())
            for story in self.of_day(account, day)
            if self.visible(story, night)
            for response in self.live_responses(story, night)
            if begin <= response.created < end
        )

    def mentions(self, account: str, night: date, begin: datetime, end: datetime) -> tuple[Mention, ...]:
        """What people wrote about the account elsewhere in [begin, end), as known at that night."""
        at = observed_at(night)
        first = max(self.calendar.opened, begin.date())
        found = (mention for day in days(first, end.date()) for mention in self.mentioned_on(account, day))
        return tuple(m for m in found if begin <= m.created < end and m.created <= at)

    def reposts(self, account: str, night: date, begin: datetime, end: datetime) -> tuple[Repost, ...]:
        """What the account passed on from others in [begin, end)."""
        at, found = observed_at(night), []
        for day in days(max(self.calendar.opened, begin.date()), end.date()):
            if self.draw.happens(0.3, "x", account, "repost", day):
                created = local(day, self.draw.whole(25_000, 80_000, "x", account, "repost at", day), MANNERS.zone)
                original = id_of(created - timedelta(hours=3), 77)
                found.append(Repost(id_of(created, 999), created, original))
        return tuple(repost for repost in found if begin <= repost.created < end and repost.created <= at)

    def analytics(self, story: Story, day: date, night: date) -> Mapping[str, int] | None:
        """What the post gathered within a UTC day, by ``GATHERED`` and ``comments``; None before it was written.

        The newest day is provisional when it is told for the first time.
        """
        begin, end = midnight(day, MANNERS.zone), midnight(day + timedelta(days=1), MANNERS.zone)
        if story.created >= end or observed_at(night) < end:
            return None
        before, after = saturation(begin - story.created), saturation(end - story.created)
        factor = self.changes.factor("x", story.account, day, night) * (PROVISIONAL if day == night else 1.0)
        told = {name: int((story.finals.get(name, 0.0) * (after - before)) * factor) for name in GATHERED}
        written = [r for r in self.responses(story) if begin <= r.created < end]
        return {**told, "comments": len(written)}

    def posted_count(self, account: str, night: date) -> int:
        """Posts, answers and reposts of the account since the world began, as its profile counts them."""
        return 1200 + sum(len(self.of_day(account, day)) for day in days(self.calendar.opened, night))

    def _mentioned_on(self, account: str, day: date) -> tuple[Mention, ...]:
        draw, key = self.draw, ("x", account, "mentioned", day)
        return tuple(
            Mention(
                id=id_of(at := local(day, draw.choose(HOURS, *key, n) * 3600 + 7 * n, MANNERS.zone), 500 + n),
                account=account,
                created=at,
                person=draw.whole(1, PEOPLE, *key, n, "person"),
                text=f"@{HANDLES[account]} " + draw.choose(TEXTS, *key, n, "text"),
            )
            for n in range(min(draw.count(0.7 if account == LARGE else 0.1, *key), 9))
        )


def build(draw: Draw, calendar: Calendar, changes: Changes) -> XNetwork:
    return XNetwork(draw, calendar, changes)
