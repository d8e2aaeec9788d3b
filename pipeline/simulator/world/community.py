"""One audience around the brand's accounts on one network: who follows, what is posted, who answers.

Every network of ``networks/`` is such a community with manners of its own: how many people, how often
a post, what its counters are called is up to the network's module. Facebook and the journal, which
bring visits to the shop, have stories of their own.

A counter at an instant is ``final × (1 − exp(−age/τ))`` rounded down, minus what people took back;
``comments`` is the number of responses that are there, so that lists and counters agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import EPOCH, Calendar, days, local, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.posts import HOURS, SHOP, TAGS, TEXTS, saturation

GATHERED: Final = ("views", "reach", "reactions", "shares", "clicks", "saves", "video_views", "follows")
# A serial number is the day's number times this, plus the post's number of the day.
A_DAY: Final = 1000
ANSWERED_DAYS: Final = 5
# The brand answers as itself; everybody else is one of so many people.
BRAND_PERSON: Final = 0
PEOPLE: Final = 400
REMARKS = (
    "Magnifique !",
    "Is it waterproof?",
    "Where can I buy it?",
    "Bravo à toute l’équipe ⛵",
    "<i>nice</i> & warm",
)
ANSWERS = ("Merci !", "Yes, it is.", "In our shop: " + SHOP)


@dataclass(frozen=True)
class Audience:
    """One account's scale. ``gained`` and ``lost`` are mean followers a day, ``reach`` a post's median.

    ``purged``: on ``calendar.purge_day`` the network removes so many followers. ``tracked``: not the
    brand's own account, only watched for its public numbers.
    """

    followers: int
    gained: float
    lost: float
    posts_per_day: float
    reach: float
    kinds: tuple[str, ...]
    purged: int = 0
    tracked: bool = False


@dataclass(frozen=True)
class Manners:
    """A network: its short name, the zone of its reporting days, its accounts."""

    platform: str
    zone: ZoneInfo
    accounts: Mapping[str, Audience]
    videos: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Story:
    """All that a post will be. ``serial`` is unique within its account; networks make their ids of it.

    ``finals`` holds what it gathers in the end, by the names of ``GATHERED``; video_views only where
    it is a video.
    """

    account: str
    serial: int
    created: datetime
    edited: datetime | None
    kind: str
    text: str
    hashtags: tuple[str, ...]
    campaign: str | None
    finals: Mapping[str, float] = field(hash=False)
    withdrawn: int
    withdrawn_at: datetime
    deleted_at: datetime | None
    is_video: bool = False

    def alive(self, at: datetime) -> bool:
        return self.created <= at and (self.deleted_at is None or at < self.deleted_at)


@dataclass(frozen=True)
class Response:
    """What somebody wrote under a post. ``parent`` is the ``serial`` of the response it answers, if any.

    ``person`` is ``BRAND_PERSON`` where the brand itself wrote it.
    """

    serial: int
    post: Story = field(repr=False)
    parent: int | None
    created: datetime
    person: int
    text: str
    likes: int
    removed_at: datetime | None

    @property
    def is_own(self) -> bool:
        return self.person == BRAND_PERSON

    def live(self, at: datetime) -> bool:
        return self.created <= at and (self.removed_at is None or at < self.removed_at)


class Community:
    """Everything that happens around the accounts of one network; every answer a pure function."""

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes, manners: Manners) -> None:
        self.manners = manners
        self.calendar = calendar
        self.changes = changes
        self.draw = draw
        self.of_day = lru_cache(maxsize=None)(self._of_day)
        self.responses = lru_cache(maxsize=None)(self._responses)
        self.day_total = lru_cache(maxsize=None)(self._day_total)
        self._levels: dict[str, list[int]] = {}

    @property
    def own(self) -> tuple[str, ...]:
        """The brand's own accounts."""
        return tuple(name for name, audience in self.manners.accounts.items() if not audience.tracked)

    # --- followers ---

    def flows(self, account: str, day: date) -> tuple[int, int]:
        """(gained, lost) followers within the day."""
        audience, platform = self.manners.accounts[account], self.manners.platform
        if day < self.calendar.opened:
            return 0, 0
        busy = 1.3 if day.weekday() in {1, 3} else 1.0
        gained = self.draw.count(audience.gained * busy, platform, account, "gained", day)
        return gained, self.draw.count(audience.lost, platform, account, "lost", day)

    def level(self, account: str, day: date) -> int:
        """Followers at the end of the day."""
        audience = self.manners.accounts[account]
        levels = self._levels.get(account, [audience.followers])
        wanted = max((day - self.calendar.opened).days + 1, 0)
        if len(levels) <= wanted:
            levels = levels.copy()
            for n in range(len(levels) - 1, wanted):
                gained, lost = self.flows(account, self.calendar.opened + timedelta(days=n))
                levels.append(max(levels[-1] + gained - lost, 0))
            self._levels[account] = levels
        purged = audience.purged if day >= self.calendar.purge_day else 0
        return max(levels[wanted] - purged, 0)

    # --- posts ---

    def stories(
        self, account: str, night: date, begin: datetime | None = None, end: datetime | None = None
    ) -> tuple[Story, ...]:
        """The posts that are there at that night, created in [begin, end), newest first."""
        at = observed_at(night)
        first = max(self.calendar.opened, begin.date() if begin else self.calendar.opened)
        last = min(at, end or at).date()
        found = [
            story
            for day in days(first, last)
            for story in self.of_day(account, day)
            if self.visible(story, night)
            and (begin is None or story.created >= begin)
            and (end is None or story.created < end)
        ]
        return tuple(sorted(found, key=lambda story: (story.created, story.serial), reverse=True))

    def visible(self, story: Story, night: date) -> bool:
        """Whether the post is there at that night; a test may have deleted it (``target``: its serial)."""
        gone = self.changes.deleted("delete_post", self.manners.platform, str(story.serial), night)
        return story.alive(observed_at(night)) and not gone

    def find(self, account: str, serial: int) -> Story | None:
        """The post with that serial, published or not."""
        day = EPOCH + timedelta(days=min(max(serial, 0) // A_DAY, 10**6))
        known = account in self.manners.accounts
        return next((story for story in self.of_day(account, day) if story.serial == serial), None) if known else None

    def counters(self, story: Story, night: date) -> Mapping[str, int]:
        """The post's lifetime counters at that night: ``GATHERED`` and ``comments``."""
        at = observed_at(night)
        done = saturation(at - story.created)
        counted = {name: int(final * done) for name, final in story.finals.items()}
        counted["reactions"] = max(0, counted["reactions"] - (story.withdrawn if at >= story.withdrawn_at else 0))
        return {**counted, "comments": len(self.live_responses(story, night))}

    def live_responses(self, story: Story, night: date) -> tuple[Response, ...]:
        """What is written under the post at that night, oldest first."""
        at, platform = observed_at(night), self.manners.platform
        return tuple(
            response
            for response in self.responses(story)
            if response.live(at) and not self.changes.deleted("delete_comment", platform, str(response.serial), night)
        )

    def _of_day(self, account: str, day: date) -> tuple[Story, ...]:
        """The posts of a UTC day."""
        if day < self.calendar.opened:
            return ()
        platform, per_day = self.manners.platform, self.manners.accounts[account].posts_per_day
        count = self.draw.spread(per_day, platform, account, "posts", day)
        if account == self.own[0] and day == self.calendar.post_deleted[0]:
            count = max(count, 1)
        return tuple(self._story(account, day, n) for n in range(min(count, A_DAY)))

    def _story(self, account: str, day: date, n: int) -> Story:
        draw, key = self.draw, (self.manners.platform, account, day, n)
        audience = self.manners.accounts[account]
        kind = draw.choose(audience.kinds, *key, "kind")
        second = draw.choose(HOURS, *key, "hour") * 3600 + draw.whole(0, 3599, *key, "second")
        created = local(day, second, ZoneInfo("UTC"))
        campaign = f"{self.manners.platform}-autumn" if draw.happens(0.2, *key, "campaign") else None
        text, hashtags = self._text(key, campaign)
        is_video = kind in self.manners.videos
        edited = created + timedelta(minutes=draw.whole(5, 900, *key, "edited at"))
        return Story(
            account=account,
            serial=(day - EPOCH).days * A_DAY + n,
            created=created,
            edited=edited if draw.happens(0.1, *key, "edited") else None,
            kind=kind,
            text=text,
            hashtags=hashtags,
            campaign=campaign,
            finals=self._finals(draw.around(audience.reach, 0.5, *key, "reach"), key, is_video=is_video),
            withdrawn=draw.whole(1, 4, *key, "back") if draw.happens(0.15, *key, "withdrawn") else 0,
            withdrawn_at=created + timedelta(hours=draw.whole(60, 200, *key, "withdrawn at")),
            deleted_at=self._deleted(account, day, n, created),
            is_video=is_video,
        )

    def _finals(self, reach: float, key: tuple[object, ...], *, is_video: bool) -> Mapping[str, float]:
        def part(rate: float, name: str) -> float:
            return reach * rate * self.draw.around(1, 0.4, *key, name)

        finals = {
            "reach": reach,
            "views": reach * (1.25 + 0.35 * self.draw.unit(*key, "views")),
            "reactions": part(0.04, "reactions"),
            "shares": part(0.006, "shares"),
            "clicks": part(0.02, "clicks"),
            "saves": part(0.004, "saves"),
            "follows": part(0.001, "follows"),
        }
        return {**finals, "video_views": part(0.6, "video")} if is_video else finals

    def _text(self, key: tuple[object, ...], campaign: str | None) -> tuple[str, tuple[str, ...]]:
        words = [self.draw.choose(TEXTS, *key, "text")]
        tags = [self.draw.choose(TAGS, *key, "tag", i) for i in range(self.draw.whole(0, 3, *key, "tags"))]
        if campaign:
            words.append(f"{SHOP}/?utm_source={key[0]}&utm_medium=social&utm_campaign={campaign}")
        return " ".join([*words, *tags]), tuple(dict.fromkeys(tag.lower()[1:] for tag in tags))

    def _deleted(self, account: str, day: date, n: int, created: datetime) -> datetime | None:
        written, deleted = self.calendar.post_deleted
        if account == self.own[0] and day == written and n == 0:
            return datetime.combine(deleted, datetime.min.time(), UTC) + timedelta(hours=12)
        key = (self.manners.platform, account, day, n)
        if self.draw.happens(0.02, *key, "deleted"):
            return created + timedelta(hours=self.draw.whole(30, 150, *key, "deleted at"))
        return None

    # --- responses ---

    def _responses(self, story: Story) -> tuple[Response, ...]:
        key = (self.manners.platform, story.account, story.serial)
        count = self.draw.count(story.finals["reach"] * 0.005, *key, "responses")
        written: list[Response] = []
        for n in range(min(count, 40)):
            remark = self._remark(story, 2 * n + 1, written, (*key, n))
            written.append(remark)
            if self.draw.happens(0.4, *key, n, "answered"):
                written.append(self._answer(remark, (*key, n, "answer")))
        return tuple(sorted(written, key=lambda response: (response.created, response.serial)))

    def _remark(self, story: Story, n: int, before: list[Response], key: tuple[object, ...]) -> Response:
        draw = self.draw
        created = story.created + timedelta(seconds=draw.whole(120, ANSWERED_DAYS * 86400, *key, "at"))
        older = [response for response in before if response.created < created and response.parent is None]
        removed = created + timedelta(hours=draw.whole(20, 150, *key, "removed at"))
        answers = bool(older) and draw.happens(0.25, *key, "thread")
        return Response(
            serial=story.serial * 100 + n,
            post=story,
            parent=draw.choose(older, *key, "parent").serial if answers else None,
            created=created,
            person=draw.whole(1, PEOPLE, *key, "person"),
            text=draw.choose(REMARKS, *key, "text"),
            likes=draw.count(0.8, *key, "likes"),
            removed_at=removed if draw.happens(0.06, *key, "removed") else None,
        )

    def _answer(self, remark: Response, key: tuple[object, ...]) -> Response:
        later = timedelta(seconds=self.draw.whole(300, 30 * 3600, *key, "at"))
        return Response(
            serial=remark.serial + 1,
            post=remark.post,
            parent=remark.serial,
            created=remark.created + later,
            person=BRAND_PERSON,
            text=self.draw.choose(ANSWERS, *key, "text"),
            likes=0,
            # An answer goes with what it answers.
            removed_at=max(remark.removed_at, remark.created + later) if remark.removed_at else None,
        )

    # --- days ---

    def _day_total(self, account: str, day: date) -> Mapping[str, int]:
        """What all posts together gathered within that day of the network's zone, by ``GATHERED``."""
        zone = self.manners.zone
        begin, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        total = dict.fromkeys(GATHERED, 0.0)
        for published in days(day - timedelta(days=12), day + timedelta(days=1)):
            for story in self.of_day(account, published):
                share = saturation(end - story.created) - saturation(begin - story.created)
                for name, final in story.finals.items():
                    total[name] += final * share
        return {name: int(value) for name, value in total.items()}

    def responses_of(self, account: str, day: date, night: date) -> int:
        """How many responses written on that day of the network's zone are there at that night."""
        zone = self.manners.zone
        begin, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        first = (begin - timedelta(days=ANSWERED_DAYS + 3)).date()
        return sum(
            begin <= response.created < end
            for published in days(first, day + timedelta(days=1))
            for story in self.of_day(account, published)
            if self.visible(story, night)
            for response in self.live_responses(story, night)
        )
