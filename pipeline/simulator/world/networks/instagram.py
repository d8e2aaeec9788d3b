"""Instagram: a business that is followed by thousands, a small one of fewer than a hundred, and one other to compare.

Pictures, albums and reels stay; stories are shown for 24 hours. Insights of days come up to 48 hours late and are
corrected for two days. Posts from before the account became a business never have any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from pipeline.simulator.world.calendar import PACIFIC, Calendar, days, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.community import Audience, Community, Manners, Response, Story
from pipeline.simulator.world.draw import Draw

MAIN, SMALL, OTHER = "17841400000000101", "17841400000000102", "voilerie.autre"
OUTAGES: tuple[tuple[str, int], ...] = ((MAIN, 8),)
KINDS = ("image", "carousel", "reel", "image", "reel", "story", "story")
MANNERS: Final = Manners(
    platform="instagram",
    zone=PACIFIC,
    accounts={
        MAIN: Audience(6400, 14.0, 5.0, 1.5, 820, KINDS, purged=120),
        SMALL: Audience(83, 0.03, 0.03, 0.3, 14, KINDS),
        OTHER: Audience(9100, 12.0, 6.0, 0.6, 900, KINDS, tracked=True),
    },
    videos=frozenset({"reel"}),
)
NAMES: Final = {MAIN: "ateliermarin", SMALL: "ateliermarin.saintmalo", OTHER: OTHER}
SHOWN: Final = timedelta(hours=24)
FOLLOWERS_NEEDED: Final = 100
VIEWERS_NEEDED: Final = 5

# Share of its final value that an insight shows 1 and 2 days after its day; complete from the 3rd.
SETTLED = {1: 0.94, 2: 0.985}
SERIES = ("reach", "follower_count")
TOTALS = (
    "views",
    "reach",
    "accounts_engaged",
    "total_interactions",
    "likes",
    "comments",
    "saves",
    "shares",
    "replies",
    "reposts",
    "follows_and_unfollows",
    "profile_links_taps",
)
RETIRED: Final = "profile_links_taps"

_FIRST_POST, _FIRST_COMMENT, _AN_ACCOUNT = 17_900_000_000_000_000, 18_000_000_000_000_000, 10**12
_AGES = (("18-24", 0.16), ("25-34", 0.34), ("35-44", 0.22), ("45-54", 0.12))
_GENDERS = (("F", 0.55), ("M", 0.38), ("U", 0.05))
_PLACES: Mapping[str, tuple[tuple[str, float], ...]] = {
    "country": (("FR", 0.61), ("BE", 0.09), ("GB", 0.07), ("US", 0.05)),
    "city": (("Saint-Malo, Bretagne", 0.11), ("Paris, Île-de-France", 0.09), ("Nantes, Pays de la Loire", 0.04)),
}
# Strangers are younger and from further away than those who follow.
_REACHED_AGES = (("18-24", 0.27), ("25-34", 0.36), ("35-44", 0.19), ("45-54", 0.1), ("55-64", 0.05))
_REACHED_PLACES: Mapping[str, tuple[tuple[str, float], ...]] = {
    "country": (("FR", 0.48), ("GB", 0.11), ("BE", 0.1), ("US", 0.08), ("CA", 0.04)),
    "city": (("Paris, Île-de-France", 0.12), ("Saint-Malo, Bretagne", 0.05), ("Nantes, Pays de la Loire", 0.04)),
}


def id_of(thing: Story | Response) -> str:
    """The platform's id of a post or a comment."""
    story = thing.post if isinstance(thing, Response) else thing
    place = list(MANNERS.accounts).index(story.account) * _AN_ACCOUNT
    return str((_FIRST_COMMENT if isinstance(thing, Response) else _FIRST_POST) + place + thing.serial)


def owner_of(number: str) -> str | None:
    """The account that the id of a post or comment belongs to."""
    if not number.isdecimal() or len(number) != 17:
        return None
    first = _FIRST_COMMENT if int(number) >= _FIRST_COMMENT else _FIRST_POST
    place = (int(number) - first) // _AN_ACCOUNT
    return list(MANNERS.accounts)[place] if 0 <= place < len(MANNERS.accounts) else None


class Instagram(Community):
    """What the platform knows of the accounts, night by night."""

    # --- posts ---

    def visible(self, story: Story, night: date) -> bool:
        over = story.kind == "story" and observed_at(night) - story.created >= SHOWN
        return not over and super().visible(story, night)

    def post(self, number: str, night: date) -> Story | None:
        """The visible post of that id, of whichever account."""
        account = owner_of(number)
        if account is None or int(number) >= _FIRST_COMMENT:
            return None
        story = self.find(account, int(number) % _AN_ACCOUNT - _FIRST_POST % _AN_ACCOUNT)
        return story if story and self.visible(story, night) else None

    def comment(self, number: str, night: date) -> Response | None:
        """The comment of that id, where it and its post are there."""
        account = owner_of(number)
        if account is None or int(number) < _FIRST_COMMENT:
            return None
        serial = int(number) % _AN_ACCOUNT
        story = self.find(account, serial // 100)
        if story is None or not self.visible(story, night):
            return None
        return next((said for said in self.live_responses(story, night) if said.serial == serial), None)

    def hides_likes(self, story: Story) -> bool:
        return self.draw.happens(0.08, "instagram", story.account, story.serial, "hidden")

    def was_business(self, story: Story) -> bool:
        """Whether the account was measured when the post was made."""
        return story.account != MAIN or story.created >= midnight(self.calendar.ago(30), PACIFIC)

    def insights(self, story: Story, night: date) -> Mapping[str, int] | None:
        """The post's numbers by the platform's names; None where they are kept back."""
        counted = self.counters(story, night)
        if not self.was_business(story) or (story.kind == "story" and counted["reach"] < VIEWERS_NEEDED):
            return None
        told = {name: counted[name] for name in ("views", "reach", "shares", "follows")}
        if story.kind == "story":
            return told | {"replies": counted["clicks"] // 9, "navigation": counted["views"] * 2}
        told |= {"likes": counted["reactions"], "comments": counted["comments"], "saved": counted["saves"]}
        told["total_interactions"] = told["likes"] + told["comments"] + told["saved"] + told["shares"]
        if story.kind != "reel":
            return told | {"profile_visits": counted["clicks"]}
        del told["follows"]
        watched = 1000 * self.draw.whole(3, 14, "instagram", story.account, story.serial, "watched")
        total = {"ig_reels_avg_watch_time": watched, "ig_reels_video_view_total_time": watched * told["views"]}
        return told | total | {"reels_skip_rate": self.draw.whole(20, 60, "instagram", story.serial, "skipped")}

    def _responses(self, story: Story) -> tuple[Response, ...]:
        """What people answer to a story are messages, which nobody else sees."""
        return () if story.kind == "story" else super()._responses(story)

    # --- days ---

    def newest_day(self, account: str, night: date) -> date:
        """The last Pacific day of which insights are given; the night's own is not over when it is read."""
        late = self.draw.happens(0.1, "instagram", account, "late", night)
        return night - timedelta(days=2 if late else 1)

    def metrics(self, account: str, night: date) -> frozenset[str]:
        """The metrics of days that the platform accepts for that account at that night."""
        retired = account == MAIN and night >= self.calendar.metric_retired
        return frozenset({*SERIES, *TOTALS} - ({RETIRED} if retired else set()))

    def day_value(self, account: str, metric: str, day: date, night: date) -> int | None:
        """The metric of one Pacific day as answered at that night; None where nothing is told."""
        if day > self.newest_day(account, night) or day < self.calendar.opened:
            return None
        if metric == "follower_count":
            return self.flows(account, day)[0] if self.level(account, night) >= FOLLOWERS_NEEDED else None
        changed = self.changes.factor("instagram", account, day, night, metric)
        final = self._final(account, metric, day, night)
        return int(final * SETTLED.get((night - day).days, 1.0) * changed)

    def _final(self, account: str, metric: str, day: date, night: date) -> int:
        total, scale = self.day_total(account, day), 1.0 if account == MAIN else 0.03

        def beside(mean: float) -> int:
            return self.draw.count(mean * scale, "instagram", account, metric, day)

        if metric in {"reach", "accounts_engaged"}:
            share = 0.6 if metric == "reach" else 0.05
            return int(self._final(account, "views", day, night) * share)
        if metric == "total_interactions":
            parts = ("likes", "comments", "saves", "shares", "replies", "reposts")
            return sum(self._final(account, part, day, night) for part in parts)
        return {
            "views": lambda: total["views"] + beside(340),
            "likes": lambda: total["reactions"],
            "comments": lambda: self.responses_of(account, day, night),
            "saves": lambda: total["saves"],
            "shares": lambda: total["shares"],
            "replies": lambda: beside(3),
            "reposts": lambda: beside(2),
            "follows_and_unfollows": lambda: sum(self.flows(account, day)),
            "profile_links_taps": lambda: beside(14),
        }[metric]()

    # --- people ---

    def audience(self, account: str, breakdown: tuple[str, ...], night: date) -> Iterator[tuple[tuple[str, ...], int]]:
        """Followers by the values of the dimensions; nothing where there are too few. The least are left out."""
        level = self.level(account, night)
        if level >= FOLLOWERS_NEEDED:
            yield from _groups(dict(_PLACES) | {"age": _AGES, "gender": _GENDERS}, breakdown, level)

    def reached(
        self, account: str, breakdown: tuple[str, ...], since: date, night: date
    ) -> Iterator[tuple[tuple[str, ...], int]]:
        """People reached from a day up to the night, by the values of the dimensions.

        They are told of the accounts whose followers are. Many a person is reached on several days.
        """
        if self.level(account, night) < FOLLOWERS_NEEDED:
            return
        told = [self.day_value(account, "reach", day, night) for day in days(since, night)]
        of_days = [people for people in told if people]
        if of_days:
            people = max(of_days) + int(0.3 * (sum(of_days) - max(of_days)))
            yield from _groups(dict(_REACHED_PLACES) | {"age": _REACHED_AGES, "gender": _GENDERS}, breakdown, people)

    def media_count(self, account: str, night: date) -> int:
        """Everything that was ever posted and is there, without stories."""
        posts = (story for day in days(self.calendar.opened, night) for story in self.of_day(account, day))
        return 240 + sum(story.kind != "story" and self.visible(story, night) for story in posts)


def _groups(
    values: Mapping[str, tuple[tuple[str, float], ...]], breakdown: tuple[str, ...], people: int
) -> Iterator[tuple[tuple[str, ...], int]]:
    groups: list[tuple[tuple[str, ...], float]] = [((), 1.0)]
    for dimension in breakdown:
        groups = [((*names, name), share * part) for names, share in groups for name, part in values[dimension]]
    yield from ((names, int(people * share)) for names, share in groups)


def build(draw: Draw, calendar: Calendar, changes: Changes) -> Instagram:
    """The network of one world."""
    return Instagram(draw, calendar, changes, MANNERS)
