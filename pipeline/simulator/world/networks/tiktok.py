"""TikTok: two accounts read through the Accounts API, one so small that its audience stays private, and one
that is only read through the Display API.

What the platform knows of a day comes 24 to 48 hours late; what it knows of a video ends after a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import Calendar, days, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.community import BRAND_PERSON, Audience, Community, Manners, Response, Story
from pipeline.simulator.world.draw import Draw

MAIN, SMALL, BACKSTAGE = "-000atelier", "-000stmalo", "-000coulisses"
OUTAGES: tuple[tuple[str, int], ...] = ((MAIN, 8),)
KINDS = ("video",)
MANNERS: Final = Manners(
    platform="tiktok",
    zone=ZoneInfo("UTC"),
    accounts={
        MAIN: Audience(5200, 14.0, 4.5, 0.9, 900, KINDS, purged=64),
        SMALL: Audience(57, 0.12, 0.11, 0.15, 30, KINDS),
        BACKSTAGE: Audience(640, 1.5, 0.6, 0.35, 120, KINDS),
    },
    videos=frozenset(KINDS),
)
# Ids are beyond 2^53, as the platform's are.
FIRST_VIDEO, FIRST_COMMENT, FIRST_PERSON = 7_400_000_000_000_000_000, 7_410_000_000_000_000_000, 6_800_000_000_000
FEWEST_FOR_AUDIENCE: Final = 100
COUNTED: Final = timedelta(days=365)
COUNTRIES: Final = (("FR", 0.55), ("BE", 0.16), ("CH", 0.08), ("GB", 0.06))


@dataclass(frozen=True)
class Day:
    """What the platform says of one day of an account; None: it shows a dash."""

    video_views: int
    unique_video_views: int | None
    profile_views: int
    likes: int
    comments: int
    shares: int
    engaged_audience: int
    bio_link_clicks: int | None
    daily_new_followers: int
    daily_lost_followers: int
    daily_total_followers: int


@dataclass(frozen=True)
class Counted:
    """What the platform counts of one video; reach is not known yet on its first day."""

    video_views: int
    likes: int
    comments: int
    shares: int
    favorites: int
    reach: int | None
    new_followers: int | None


# A serial number is one within its account.
_PLACES: Final = {account: place for place, account in enumerate(MANNERS.accounts)}


def video_id(story: Story) -> str:
    return str(FIRST_VIDEO + 10 * story.serial + _PLACES[story.account])


def comment_id(response: Response) -> str:
    return str(FIRST_COMMENT + 10 * response.serial + _PLACES[response.post.account])


def person_id(response: Response) -> str:
    """Who wrote it, as the platform names people: a number, and the account's own id for the brand."""
    return response.post.account if response.person == BRAND_PERSON else str(FIRST_PERSON + response.person)


class Tiktok(Community):
    """What the platform knows of its three accounts.

    It remembers one thing that was done to it: which refresh tokens were spent.
    """

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes, manners: Manners) -> None:
        super().__init__(draw, calendar, changes, manners)
        self._spent: dict[str, int] = {}
        self._lock = Lock()
        self.videos = lru_cache(maxsize=64)(self._videos)
        self.said_on = lru_cache(maxsize=4096)(self.responses_of)

    def spend(self, account: str, generation: int) -> bool:
        """Whether the account's refresh token of that generation is good; from now on it is not, nor any older one."""
        with self._lock:
            is_good = generation > self._spent.get(account, -1)
            if is_good:
                self._spent[account] = generation
            return is_good

    def newest_day(self, account: str, night: date) -> date:
        """The last day that the platform has worked out when the night is read."""
        slow = self.draw.happens(0.2, "tiktok", account, "late", night)
        return night - timedelta(days=2 if slow else 1)

    def account_days(self, account: str, first: date, last: date, night: date) -> Mapping[date, Day]:
        """The days that are known at that night, oldest first."""
        newest = min(last, self.newest_day(account, night))
        return {day: self._day(account, day, night) for day in days(max(first, self.calendar.opened), newest)}

    def _day(self, account: str, day: date, night: date) -> Day:
        total, (gained, lost) = self.day_total(account, day), self.flows(account, day)
        factor = self.changes.factor("tiktok", account, day, night)
        seen = int(total["views"] * factor)
        return Day(
            video_views=seen,
            unique_video_views=int(total["reach"] * factor) if seen else None,
            profile_views=self.draw.count(seen * 0.03, "tiktok", account, "profile", day),
            likes=int(total["reactions"] * factor),
            comments=self.said_on(account, day, night),
            shares=int(total["shares"] * factor),
            engaged_audience=int(total["reactions"] * 0.8),
            bio_link_clicks=None if account == SMALL else total["clicks"],
            daily_new_followers=gained,
            daily_lost_followers=lost,
            daily_total_followers=self.level(account, day),
        )

    def video(self, account: str, number: str, night: date) -> Story | None:
        """The video of that id, if it is there at that night."""
        place = int(number) - FIRST_VIDEO if number.isdecimal() and len(number) < 20 else -1
        story = self.find(account, place // 10) if place >= 0 and place % 10 == _PLACES[account] else None
        return story if story and self.visible(story, night) else None

    def _videos(self, account: str, night: date) -> tuple[Story, ...]:
        """The videos that are there at that night, newest first."""
        return self.stories(account, night)

    def likes(self, account: str, night: date) -> int:
        """What all videos together were given in the end, as far as it was by that night."""
        return sum(int(story.finals["reactions"]) for story in self.videos(account, night))

    def counted(self, story: Story, night: date) -> Counted | None:
        """The video's statistics, None once it is older than a year."""
        age = observed_at(night) - story.created
        if age > COUNTED:
            return None
        counters = self.counters(story, night)
        fresh = age < timedelta(days=1)
        return Counted(
            video_views=counters["views"],
            likes=counters["reactions"],
            comments=counters["comments"],
            shares=counters["shares"],
            favorites=counters["saves"],
            reach=None if fresh else counters["reach"],
            new_followers=None if fresh else counters["follows"],
        )

    def audience(self, account: str, night: date) -> tuple[tuple[str, float], ...] | None:
        """Countries and their shares, None where too few follow for the platform to tell."""
        if self.level(account, night) < FEWEST_FOR_AUDIENCE:
            return None
        # The shares drift by the week; two decimals, as the platform rounds them.
        week = night.toordinal() // 7
        return tuple(
            (country, round(share + (self.draw.unit("tiktok", account, country, week) - 0.5) / 50, 2))
            for country, share in COUNTRIES
        )


def build(draw: Draw, calendar: Calendar, changes: Changes) -> Tiktok:
    """The network of one world."""
    return Tiktok(draw, calendar, changes, MANNERS)
