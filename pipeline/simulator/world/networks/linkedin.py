"""LinkedIn: the brand's company page and the small page of its sail loft.

Whatever LinkedIn counts is complete two days later. Until then a day shows a part of itself, and a post
that nobody has been counted for yet has no statistics at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import Calendar, days, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.community import ANSWERED_DAYS, Audience, Community, Manners, Response, Story
from pipeline.simulator.world.draw import Draw

OUTAGES: tuple[tuple[str, int], ...] = (("2414183", 10),)
UTC: Final = ZoneInfo("UTC")
KINDS = ("image", "image", "text", "article", "document", "video")
MANNERS: Final = Manners(
    platform="linkedin",
    zone=UTC,
    accounts={
        "2414183": Audience(8200, 11.0, 3.0, 0.9, 520, KINDS, purged=60),
        "90362860": Audience(160, 0.4, 0.1, 0.2, 45, KINDS),
    },
    videos=frozenset({"video"}),
)
DAYS_TO_COMPLETE: Final = 2
PART_OF_A_DAY: Final = 0.6
FIRST_POST, FIRST_RESPONSE = 7_100_000_000_000_000_000, 7_200_000_000_000_000_000
AN_ACCOUNT: Final = 10**13
# Trait of the followers → its parts and their shares. Not everybody has told everything.
TRAITS: Final[Mapping[str, tuple[tuple[str, float], ...]]] = {
    "GeoCountry": (("urn:li:geo:105015875", 0.61), ("urn:li:geo:101165590", 0.14), ("urn:li:geo:100565514", 0.06)),
    "Function": (("urn:li:function:18", 0.22), ("urn:li:function:25", 0.19), ("urn:li:function:4", 0.08)),
    "Seniority": (("urn:li:seniority:4", 0.41), ("urn:li:seniority:6", 0.12)),
    "StaffCountRange": (("SIZE_2_TO_10", 0.27), ("SIZE_51_TO_200", 0.18)),
}


class Linkedin(Community):
    """What LinkedIn knows of both pages."""

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes, manners: Manners) -> None:
        super().__init__(draw, calendar, changes, manners)
        self._whole_day = lru_cache(maxsize=None)(self._shares_of_day)
        self._written = lru_cache(maxsize=None)(self._responses_of_day)

    # --- names ---

    def post_urn(self, story: Story) -> str:
        """Videos are of the older kind, which has another name."""
        kind = "ugcPost" if story.is_video else "share"
        return f"urn:li:{kind}:{self.number(story)}"

    def number(self, story: Story) -> int:
        return FIRST_POST + self.own.index(story.account) * AN_ACCOUNT + story.serial

    def comment_urn(self, response: Response) -> str:
        number = FIRST_RESPONSE + self.own.index(response.post.account) * AN_ACCOUNT + response.serial
        return f"urn:li:comment:(urn:li:activity:{self.number(response.post)},{number})"

    def post_of(self, urn: str, night: date) -> Story | None:
        """The post of that name that is there at that night."""
        digits = urn.rpartition(":")[2]
        where, serial = divmod(int(digits) - FIRST_POST if digits.isdecimal() else -1, AN_ACCOUNT)
        story = self.find(self.own[where], serial) if where in range(len(self.own)) else None
        known = story is not None and self.post_urn(story) == urn and self.visible(story, night)
        return story if known else None

    # --- what is written ---

    def live_responses(self, story: Story, night: date) -> tuple[Response, ...]:
        """There are two storeys only, and what stands under a comment goes with it."""
        live = super().live_responses(story, night)
        there = {response.serial for response in live}
        return tuple(response for response in live if self.root(response).serial in there)

    def root(self, response: Response) -> Response:
        """The comment directly under the post below which the response is shown."""
        by_serial = {each.serial: each for each in self.responses(response.post)}
        while response.parent is not None:
            response = by_serial[response.parent]
        return response

    # --- statistics ---

    def share_day(self, account: str, day: date, night: date) -> Mapping[str, int] | None:
        """What all posts together got on that day as known at that night. Reactions fall where they are taken back."""
        late = day == self.calendar.late_day and night - day == timedelta(days=DAYS_TO_COMPLETE)
        if not self.calendar.opened <= day <= night or late:
            return None
        factor = self.changes.factor("linkedin", account, day, night) * _known(day, night)
        return {name: int(value * factor) for name, value in self._whole_day(account, day).items()}

    def gains(self, account: str, day: date, night: date) -> tuple[int, int] | None:
        """(organic, paid) new followers of the day."""
        if not self.calendar.opened <= day <= night:
            return None
        gained = int(self.flows(account, day)[0] * _known(day, night))
        return gained - gained // 10, gained // 10

    def page_views(self, account: str, day: date, night: date) -> tuple[int, int] | None:
        """(views, visitors) of the page. One day was never counted."""
        if not self.calendar.opened <= day <= night or day == self.calendar.ago(20):
            return None
        views = self.draw.count(6 + self.manners.accounts[account].followers * 0.006, "linkedin", account, "views", day)
        views = int(views * _known(day, night))
        return views, views - views // 4

    def post_stats(self, story: Story, night: date) -> Mapping[str, int] | None:
        """Lifetime counters as they were when the last complete day ended; None before there are any."""
        then = night - timedelta(days=DAYS_TO_COMPLETE)
        if story.created > observed_at(then):
            return None
        counters = self.counters(story, then)
        return counters if counters["views"] else None

    def traits(self, account: str, night: date) -> Mapping[str, Mapping[str, int]]:
        """Followers by trait and part, as far as they have told it."""
        level = self.level(account, night)
        return {trait: {part: int(level * share) for part, share in parts} for trait, parts in TRAITS.items()}

    def _shares_of_day(self, account: str, day: date) -> Mapping[str, int]:
        total = dict(self.day_total(account, day))
        begin, end = midnight(day, UTC), midnight(day + timedelta(days=1), UTC)
        for published in days(day - timedelta(days=10), day):
            for story in self.of_day(account, published):
                if begin <= story.withdrawn_at < end:
                    total["reactions"] -= story.withdrawn
        return {**total, "comments": self._written(account, begin, end)}

    def _responses_of_day(self, account: str, begin: datetime, end: datetime) -> int:
        first = begin.date() - timedelta(days=ANSWERED_DAYS + 3)
        stories = (story for day in days(first, begin.date()) for story in self.of_day(account, day))
        return sum(begin <= response.created < end for story in stories for response in self.responses(story))


def _known(day: date, night: date) -> float:
    """The share of a day's numbers that is counted at that night."""
    return 1.0 if day <= night - timedelta(days=DAYS_TO_COMPLETE) else PART_OF_A_DAY


def build(draw: Draw, calendar: Calendar, changes: Changes) -> Linkedin:
    """The network of one world."""
    return Linkedin(draw, calendar, changes, MANNERS)
