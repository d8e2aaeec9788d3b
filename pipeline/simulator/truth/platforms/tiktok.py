"""What TikTok said: the days that it had worked out, the level of each night, videos and what stood below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.community import Reading
from pipeline.simulator.truth.facts import COUNTERS, DayFacts, Facts, Snapshot
from pipeline.simulator.truth.observations import Log, Unit
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.tiktok import BACKSTAGE, Counted, Day, Tiktok, comment_id, video_id

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"days"})

STREAMS: Final = ("account", "days", "audience", "posts", "comments")
TOO_FEW: Final = "fewer than 100 followers: the platform gives no audience"
# What the platform calls a day's numbers, and what they are here; the others are kept, but in no table.
OF_A_DAY: Final[Mapping[str, str]] = {
    "daily_total_followers": "followers",
    "daily_new_followers": "followers_gained",
    "daily_lost_followers": "followers_lost",
    "unique_video_views": "reach_1d",
    "video_views": "impressions",
    "likes": "reactions",
    "comments": "comments",
    "shares": "shares",
}


def id_of(thing: Story | Response) -> str:
    return video_id(thing) if isinstance(thing, Story) else comment_id(thing)


class _Account:
    """The logs of one account while its nights are read."""

    def __init__(self, network: Tiktok, terms: AccountTerms) -> None:
        self.network, self.name = network, terms.account
        self.reading = Reading((terms.platform, terms.account), network, ZoneInfo("UTC"), id_of)
        self.days: Log[date, Day] = Log()
        self.levels: Log[date, int] = Log()
        self.said_on: Log[str, int] = Log()

    @property
    def is_display(self) -> bool:
        return self.name == BACKSTAGE

    def night(self, facts: Facts, unit: Unit) -> None:
        """Take in one night's answers."""
        self.levels.observe(unit, {unit.night: self.network.level(self.name, unit.night)})
        facts.deliver(unit, "account", [unit.night])
        stories = self.reading.listed(unit)
        self._videos(unit, stories)
        facts.deliver(unit, "posts", [self.reading.day(story.created) for story in stories])
        if self.is_display:
            for stream in ("days", "audience", "comments"):
                facts.miss(unit, stream, f"the Display API gives no {stream}")
            return
        told = self.network.account_days(self.name, unit.since, unit.night, unit.night)
        self.days.observe(unit, told)
        facts.deliver(unit, "days", told)
        shares = self.network.audience(self.name, unit.night)
        if shares is None:
            facts.miss(unit, "audience", TOO_FEW)
        else:
            facts.deliver(unit, "audience", [unit.night] * len(shares))
        said = self.reading.see_comments(unit, stories)
        facts.deliver(unit, "comments", [self.reading.day(response.post.created) for response in said])
        live = Counter(id_of(seen.value.post) for _, seen in self.reading.comments.live())
        self.said_on.observe(unit, {post_id: live[post_id] for post_id in {*live, *self.said_on.entries}})

    def _videos(self, unit: Unit, stories: Sequence[Story]) -> None:
        """A video and its counters are one record."""
        counted = {id_of(story): self._counters(self.network.counted(story, unit.night)) for story in stories}
        shown = {id_of(story): (story, counted[id_of(story)]) for story in stories}
        self.reading.see_posts(unit, shown)
        self.reading.counts.observe(unit, counted)

    def _counters(self, counted: Counted | None) -> Mapping[str, int | None]:
        if counted is None:
            return {}
        views = counted.video_views
        public = {"impressions": views, "video_views": views, "reactions": counted.likes}
        public |= {"comments": counted.comments, "shares": counted.shares}
        if self.is_display:
            return public
        return {**public, "reach": counted.reach, "saves": counted.favorites, "new": counted.new_followers}

    def snapshots(self, facts: Facts, unit: Unit) -> None:
        """Note what is known after the night of the counters of every video that the night looked at."""
        for post_id, seen in self.reading.posts.live():
            if not unit.covers(self.reading.day(seen.value[0].created)):
                continue
            counted, said = self.reading.counts.last(post_id), self.said_on.last(post_id)
            known = {name: counted.value.get(name) if counted else None for name in COUNTERS}
            changed = max(entry.at for entry in (counted, said) if entry)
            snapshot = Snapshot(unit.night, known, unit.moment, changed)
            facts.snapshots.setdefault((*self.reading.account, post_id), []).append(snapshot)

    def account_days(self, landed: Sequence[Unit]) -> dict[date, DayFacts]:
        """Each day: what the platform said of it; until then the level, and the comments below the window's videos."""
        found = self.reading.account_days(landed, counts_comments=not self.is_display)
        known = {day: dict(facts.metrics) for day, facts in found.items()}
        moments = {day: [facts.observed_at] for day, facts in found.items()}
        for day, level in self.levels.live():
            known.setdefault(day, {})["followers"] = level.value
            moments.setdefault(day, []).append(level.at)
        for day, seen in self.days.live():
            told = {ours: getattr(seen.value, theirs) for theirs, ours in OF_A_DAY.items()}
            known.setdefault(day, {}).update({name: value for name, value in told.items() if value is not None})
            moments.setdefault(day, []).append(seen.at)
        return {day: DayFacts(metrics, max(moments[day])) for day, metrics in known.items()}


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of one account."""
    account = _Account(world.network("tiktok", Tiktok), terms)
    for unit in units:
        if not unit.landed:
            facts.fail(unit, *STREAMS)
            continue
        account.night(facts, unit)
        account.snapshots(facts, unit)
    landed = [unit for unit in units if unit.landed]
    key = account.reading.account
    facts.account_days[key] = account.account_days(landed)
    facts.posts[key] = account.reading.post_facts(link=_link, type_=lambda _: "video")


def _link(story: Story) -> str:
    return f"https://www.tiktok.example/@atelier/video/{video_id(story)}"
