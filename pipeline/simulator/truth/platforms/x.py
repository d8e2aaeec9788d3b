"""What X said: followers of each night, posts with their counters, analytics by day, who wrote to the brand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.community import Reading
from pipeline.simulator.truth.facts import COUNTERS, DayFacts, Facts, Snapshot
from pipeline.simulator.truth.observations import Log, Unit, days_of
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import midnight, observed_at
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.x import HANDLES, LARGE, RIVAL, Mention, XNetwork

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"account"})

OPTIONAL: Final = ("account", "analytics", "mentions", "replies", "tracked")
GREENWICH: Final = ZoneInfo("UTC")
NOT_TOLD: Final = "an app's own token is not told: it needs the token of the account's owner"
# Days of which responses are asked for, the night's own among them.
TALK: Final = timedelta(days=3)
# What a post's record shows to everybody, and to its owner.
PUBLIC: Final = ("views", "reactions", "comments", "shares", "saves")
PRIVATE: Final = ("clicks", "follows")
# They are asked for until shortly before they end.
PRIVATE_FOR: Final = timedelta(days=30, hours=-1)
# What the analytics tell of a post and day, and the metric that it is here.
TOLD: Final[Mapping[str, str]] = {
    "views": "impressions",
    "reactions": "reactions",
    "comments": "comments",
    "shares": "shares",
    "clicks": "clicks",
    "saves": "saves",
}
KINDS: Final = {"photo": "media", "quote": "quote", "thread": "thread", "text": "text"}


@dataclass
class Timeline:
    """The logs of one account."""

    network: XNetwork
    reading: Reading
    analytics: Log[tuple[str, date], tuple[int, ...]] = field(default_factory=Log)

    @property
    def account(self) -> str:
        return self.reading.account[1]

    @property
    def is_owner(self) -> bool:
        """The small account is read by an app alone."""
        return self.account == LARGE


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of one account."""
    network = world.network("x", XNetwork)
    reading = Reading((terms.platform, terms.account), network, GREENWICH, lambda thing: _id_of(network, thing))
    timeline = Timeline(network, reading)
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "posts", optional=OPTIONAL)
            continue
        _levels(facts, unit, timeline)
        stories = reading.listed(unit)
        _posts(facts, unit, timeline, stories)
        _analytics(facts, unit, timeline, stories)
        _responses(facts, unit, timeline, stories)
        _snapshots(facts, unit, timeline)
    facts.account_days[reading.account] = _account_days(timeline)
    facts.posts[reading.account] = reading.post_facts(
        link=lambda story: f"https://x.com/i/web/status/{network.story_id(story)}",
        type_=lambda story: KINDS[story.kind],
    )


def _id_of(network: XNetwork, thing: Story | Response) -> str:
    return network.story_id(thing) if isinstance(thing, Story) else network.response_id(thing)


def _levels(facts: Facts, unit: Unit, timeline: Timeline) -> None:
    timeline.reading.see_days(unit, "followers", {unit.night: timeline.network.level(timeline.account, unit.night)})
    facts.deliver(unit, "account", [unit.night])
    if timeline.is_owner:
        facts.deliver(unit, "tracked", [unit.night])
        network = timeline.network
        posts = network.posted_count(RIVAL, unit.night)
        facts.watch(unit, HANDLES[RIVAL], network.level(RIVAL, unit.night), posts, "UTC")


def _posts(facts: Facts, unit: Unit, timeline: Timeline, stories: Sequence[Story]) -> None:
    """Posts and their counters are one record; the brand's answers stand in the same list."""
    network, reading = timeline.network, timeline.reading
    young = observed_at(unit.night) - PRIVATE_FOR
    shown: dict[str, tuple[Story, object]] = {}
    for story in stories:
        counted = network.counters(story, unit.night)
        names = (*PUBLIC, *PRIVATE) if timeline.is_owner and story.created >= young else PUBLIC
        shown[network.story_id(story)] = (story, {name: counted[name] for name in names})
    reading.see_posts(unit, shown)
    begin, end = _bounds(unit.since, unit.night)
    said = [each for each in network.answered(timeline.account, unit.night, begin, end) if each.is_own]
    facts.deliver(unit, "posts", [*map(_day, stories), *map(_day, said)])


def _analytics(facts: Facts, unit: Unit, timeline: Timeline, stories: Sequence[Story]) -> None:
    if not timeline.is_owner:
        facts.miss(unit, "analytics", NOT_TOLD)
        return
    told = {}
    for story in stories:
        for day in days_of(unit):
            counted = timeline.network.analytics(story, day, unit.night)
            if counted is not None:
                values = tuple(counted[name] for name in (*TOLD, "follows"))
                told[timeline.network.story_id(story), day] = values
    timeline.analytics.observe(unit, told)
    facts.deliver(unit, "analytics", [day for _, day in told])


def _responses(facts: Facts, unit: Unit, timeline: Timeline, stories: Sequence[Story]) -> None:
    """Of the last days: who named the account, and who wrote under its posts to somebody else."""
    network, account = timeline.network, timeline.account
    begin, end = _bounds(unit.night + timedelta(days=1) - TALK, unit.night)
    said = [each for each in network.answered(account, unit.night, begin, end) if not each.is_own]
    elsewhere = network.mentions(account, unit.night, begin, end)
    direct = [each for each in said if each.parent is None]
    asked = {network.story_id(story) for story in stories}
    below = [each for each in said if each.parent is not None and network.story_id(each.post) in asked]
    facts.deliver(unit, "mentions", [*map(_day, direct), *map(_day, elsewhere)])
    facts.deliver(unit, "replies", map(_day, below))


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    return midnight(first, GREENWICH), midnight(last + timedelta(days=1), GREENWICH)


def _day(thing: Story | Response | Mention) -> date:
    return thing.created.astimezone(UTC).date()


def _snapshots(facts: Facts, unit: Unit, timeline: Timeline) -> None:
    """What is known after the night of the counters of every post that it looked at."""
    reading = timeline.reading
    for post_id, seen in reading.posts.live():
        story, shown = seen.value
        if not unit.covers(_day(story)) or not isinstance(shown, dict):
            continue
        names: dict[object, str] = {"views": "impressions"}
        counters: dict[str, int | None] = dict.fromkeys(COUNTERS)
        counters |= {names.get(name, str(name)): value for name, value in shown.items() if name != "follows"}
        kept = facts.snapshots.setdefault((*reading.account, post_id), [])
        kept.append(Snapshot(unit.night, counters, unit.moment, seen.at))


def _account_days(timeline: Timeline) -> dict[date, DayFacts]:
    """Each day: the analytics of all posts together. Who answered whom in which thread counts no comments."""
    metrics: dict[date, dict[str, int]] = {}
    moments: dict[date, list[datetime]] = {}
    told: dict[date, Counter[str]] = {}
    for (_, day), seen in timeline.analytics.live():
        told.setdefault(day, Counter()).update(dict(zip(TOLD.values(), seen.value, strict=False)))
        moments.setdefault(day, []).append(seen.at)
    for day, totals in told.items():
        metrics.setdefault(day, {}).update({name: totals[name] for name in TOLD.values()})
    for day, seen_level in timeline.reading.days["followers"].live():
        metrics.setdefault(day, {})["followers"] = seen_level.value
        moments.setdefault(day, []).append(seen_level.at)
    return {day: DayFacts(known, max(moments[day])) for day, known in metrics.items()}
