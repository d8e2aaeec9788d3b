"""The brand on YouTube: a channel, a small one beside it, and the channels of others that it watches.

What the network shows of itself is bent as YouTube bends it: subscribers rounded down to three figures,
views that mean something else from a day on, days of Analytics two or three days late, days without a
view left out, likes hidden on some videos and comments switched off on others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Final

from pipeline.simulator.world.calendar import PACIFIC, Calendar, days, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.community import Audience, Community, Manners, Response, Story
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.posts import saturation

MAIN, SMALL = "UCsimAtelierMarin4Canal1", "UCsimAtelierMarin4Canal2"
RIVAL, SILENT_RIVAL = "UCsimVoilerieDuPort4Canl", "UCsimCorderieRoyale4Canl"
TRACKED: Final = (RIVAL, SILENT_RIVAL)
# Its subscribers are for its own eyes alone.
HIDDEN: Final = frozenset({SILENT_RIVAL})
OUTAGES: Final = ((MAIN, 5),)
# Below it the number of subscribers is exact.
ROUNDED_FROM: Final = 1000
# From this day on every start is a view of every format; before, only a Short's starts were, and of a
# video those that were watched for some seconds.
EVERY_START: Final = date(2026, 8, 24)
WATCHED: Final = 0.8
# A video that vanished is still listed for so many days.
LISTED_ON: Final = 6
MANNERS: Final = Manners(
    platform="youtube",
    zone=PACIFIC,
    accounts={
        MAIN: Audience(12_380, 31, 9, 0.9, 1400, ("video", "video", "short"), purged=640),
        SMALL: Audience(612, 1.2, 0.4, 0.12, 9, ("video",)),
        RIVAL: Audience(48_350, 60, 20, 0.0, 0, ("video",), tracked=True),
        SILENT_RIVAL: Audience(3_120, 4, 1, 0.0, 0, ("video",), tracked=True),
    },
    videos=frozenset({"video", "short"}),
)


@dataclass(frozen=True)
class Totals:
    """What Analytics has of one video, or of one day of a channel."""

    views: int
    engaged: int
    minutes: int
    shares: int
    gained: int
    lost: int = 0
    likes: int = 0
    comments: int = 0


class Youtube(Community):
    """The network. Numbers are those of the night on which they are asked for."""

    # --- channels ---

    def subscribers(self, channel: str, night: date) -> int | None:
        """As everybody sees them: rounded down to three figures; None where the channel hides them."""
        if channel in HIDDEN:
            return None
        exact = self.level(channel, night)
        figure = 10 ** max(0, len(str(exact)) - 3) if exact >= ROUNDED_FROM else 1
        return exact - exact % figure

    def listed(self, channel: str, night: date) -> tuple[Story, ...]:
        """The playlist of uploads, newest first: also what vanished some days ago."""
        since = observed_at(night)
        first = self.calendar.opened
        every = (
            story
            for n in range((since.date() - first).days + 1)
            for story in self.of_day(channel, first + timedelta(days=n))
        )
        found = [story for story in every if story.created <= since and self._still_listed(story, night)]
        return tuple(sorted(found, key=lambda story: (story.created, story.serial), reverse=True))

    def _still_listed(self, story: Story, night: date) -> bool:
        if self.visible(story, night):
            return True
        gone = story.deleted_at
        return gone is not None and observed_at(night) - gone < timedelta(days=LISTED_ON)

    def is_private(self, story: Story) -> bool:
        """Of those that vanish, some were deleted, some made private: these are listed without a date."""
        return self.draw.happens(0.5, "youtube", story.account, story.serial, "private")

    # --- videos ---

    def counters(self, story: Story, night: date) -> Mapping[str, int]:
        return {**super().counters(story, night), "views": int(self.viewed(story, story.created, observed_at(night)))}

    def viewed(self, story: Story, begin: datetime, end: datetime) -> float:
        """The views that a video gathered in [begin, end), each by what a view meant when it was counted."""
        changed = story.created if story.kind == "short" else midnight(EVERY_START, PACIFIC)

        def share(since: datetime, until: datetime) -> float:
            return max(0.0, saturation(until - story.created) - saturation(since - story.created))

        watched, started = share(begin, min(end, changed)), share(max(begin, changed), end)
        return story.finals["views"] * (WATCHED * watched + started)

    def hides_likes(self, story: Story) -> bool:
        return self.draw.happens(0.08, "youtube", story.account, story.serial, "likes hidden")

    def takes_no_comments(self, story: Story) -> bool:
        return self.draw.happens(0.1, "youtube", story.account, story.serial, "comments off")

    def _responses(self, story: Story) -> tuple[Response, ...]:
        return () if self.takes_no_comments(story) else super()._responses(story)

    def live_responses(self, story: Story, night: date) -> tuple[Response, ...]:
        """A reply goes with the thread that it belongs to."""
        there = super().live_responses(story, night)
        live = {response.serial for response in there}
        return tuple(response for response in there if self.thread_of(response) in live)

    def thread_of(self, response: Response) -> int:
        """The serial of the comment that began the thread: replies to replies belong to it too."""
        written = {each.serial: each for each in self.responses(response.post)}
        while response.parent is not None:
            response = written[response.parent]
        return response.serial

    # --- Analytics ---

    def reported(self, channel: str, day: date, night: date) -> Totals | None:
        """A day of the channel, as far as Analytics has come: after two days, of some after three."""
        waits = 3 if self.draw.happens(0.3, "youtube", channel, "late", day) else 2
        if (night - day).days < waits or day < self.calendar.opened:
            return None
        # The first figures of a day are a little low.
        done = 0.98 if (night - day).days == waits else 1.0
        done *= self.changes.factor("youtube", channel, day, night)
        total, (gained, lost) = self.day_total(channel, day), self.flows(channel, day)
        starts, views = int(total["views"] * done), int(total["counted"] * done)
        if not views:
            return None
        return Totals(
            views=views,
            engaged=int(starts * WATCHED),
            minutes=int(starts * 1.7),
            shares=int(total["shares"] * done),
            gained=gained,
            lost=lost,
            likes=int(total["reactions"] * done),
            comments=self.responses_of(channel, day, night),
        )

    def _day_total(self, account: str, day: date) -> Mapping[str, int]:
        """What a view meant on that day decides how many were ``counted``."""
        begin, end = midnight(day, PACIFIC), midnight(day + timedelta(days=1), PACIFIC)
        published = days(day - timedelta(days=12), day + timedelta(days=1))
        counted = sum(self.viewed(story, begin, end) for at in published for story in self.of_day(account, at))
        return {**super()._day_total(account, day), "counted": int(counted)}

    def totals(self, story: Story, night: date) -> Totals | None:
        """A video since its publication, as far as Analytics has come; None where nobody is counted yet."""
        at = observed_at(night - timedelta(days=2))
        done = saturation(at - story.created)
        starts, views = int(story.finals["views"] * done), int(self.viewed(story, story.created, at))
        if not views or not self.visible(story, night):
            return None
        finals = story.finals
        return Totals(
            views=views,
            engaged=int(starts * WATCHED),
            minutes=int(starts * 1.7),
            shares=int(finals["shares"] * done),
            gained=int(finals["follows"] * done),
        )


def video_id(story: Story) -> str:
    """Eleven letters, as the platform's ids have them."""
    return _letters(f"{story.account}/{story.serial}", 11)


def comment_id(network: Youtube, response: Response) -> str:
    """A thread's id; a reply's begins with it."""
    thread = "Ug" + _letters(f"{response.post.account}/thread/{network.thread_of(response)}", 24)
    return thread if response.parent is None else f"{thread}.{_letters(str(response.serial), 22)}"


def _letters(text: str, length: int) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()[:length]


def build(draw: Draw, calendar: Calendar, changes: Changes) -> Youtube:
    return Youtube(draw, calendar, changes, MANNERS)
