"""What LinkedIn said: followers of the night, complete days, posts with counters two days old, comments of now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.community import Reading
from pipeline.simulator.truth.facts import COUNTERS, Facts, Snapshot
from pipeline.simulator.truth.observations import Log, Unit, days_of
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.linkedin import Linkedin

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"followers"})

STREAMS: Final = ("followers", "posts", "post_stats", "comments")
# Of the page's days; not every page has all of them.
OPTIONAL: Final = ("follower_gains", "share_stats", "page_stats", "demographics")
# What a day is called by the platform's counters, and by us.
OF_A_DAY: Final = {
    "reach": "reach_1d",
    "views": "impressions",
    "reactions": "reactions",
    "comments": "comments",
    "shares": "shares",
    "clicks": "clicks",
}
OF_A_POST: Final = {
    "views": "impressions",
    "reach": "reach",
    "reactions": "reactions",
    "shares": "shares",
    "clicks": "clicks",
}


@dataclass
class _Page:
    """One page while its nights are read. ``said`` counts what stands under each post."""

    network: Linkedin
    reading: Reading
    said: Log[str, int] = field(default_factory=Log)
    looked: dict[date, datetime] = field(default_factory=dict)

    def count_comments(self, unit: Unit) -> None:
        """A post without any was never noted: that it has none is known from the first look at its day."""
        id_of = self.reading.id_of
        live = Counter(id_of(seen.value.post) for _, seen in self.reading.comments.live())
        self.said.observe(unit, {post_id: live[post_id] for post_id in {*live, *self.said.entries}})
        for day in days_of(unit):
            self.looked.setdefault(day, unit.moment)

    def snapshot(self, facts: Facts, unit: Unit) -> None:
        """What is known of each post of the window after the night."""
        for post_id, seen in self.reading.posts.live():
            day = self.reading.day(seen.value[0].created)
            if not unit.covers(day):
                continue
            counted, said = self.reading.counts.last(post_id), self.said.last(post_id)
            known = dict.fromkeys(COUNTERS) | dict(counted.value if counted else {})
            known["comments"] = said.value if said else 0
            moments = [each.at for each in (counted, said) if each]
            kept = facts.snapshots.setdefault((*self.reading.account, post_id), [])
            kept.append(Snapshot(unit.night, known, unit.moment, max(moments, default=self.looked[day])))


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of one page."""
    network = world.network("linkedin", Linkedin)

    def id_of(thing: Story | Response) -> str:
        return network.post_urn(thing) if isinstance(thing, Story) else network.comment_urn(thing)

    page = _Page(network, Reading((terms.platform, terms.account), network, ZoneInfo("UTC"), id_of))
    for unit in units:
        if not unit.landed:
            facts.fail(unit, *STREAMS, optional=OPTIONAL)
            continue
        _days(facts, unit, page)
        _posts(facts, unit, page)
        page.count_comments(unit)
        page.snapshot(facts, unit)
    reading = page.reading
    landed = [unit for unit in units if unit.landed]
    facts.account_days[reading.account] = reading.account_days(landed, counts_comments=True)
    facts.posts[reading.account] = reading.post_facts(
        link=lambda story: f"https://www.linkedin.com/feed/update/{network.post_urn(story)}",
        type_=lambda story: story.kind,
    )


def _complete(unit: Unit) -> Iterator[date]:
    """The days that are asked for: two whole days have passed since, and it is no older than a year."""
    last = unit.moment.date() - timedelta(days=3)
    oldest = unit.moment.date() - timedelta(days=365)
    return (day for day in days_of(unit) if oldest <= day <= last)


def _days(facts: Facts, unit: Unit, page: _Page) -> None:
    network, account, night = page.network, unit.account, unit.night
    see = page.reading.see_days
    see(unit, "followers", {night: network.level(account, night)})
    facts.deliver(unit, "followers", [night])
    asked = list(_complete(unit))
    gains = {day: gained for day in asked if (gained := network.gains(account, day, night)) is not None}
    see(unit, "followers_gained", {day: organic + paid for day, (organic, paid) in gains.items()})
    facts.deliver(unit, "follower_gains", gains)
    shares = {day: counts for day in asked if (counts := network.share_day(account, day, night)) is not None}
    for theirs, ours in OF_A_DAY.items():
        see(unit, ours, {day: counts[theirs] for day, counts in shares.items()})
    facts.deliver(unit, "share_stats", shares)
    views = {day: seen for day in asked if (seen := network.page_views(account, day, night)) is not None}
    see(unit, "profile_views", {day: viewed for day, (viewed, _) in views.items()})
    facts.deliver(unit, "page_stats", views)
    parts = sum(len(parts) for parts in network.traits(account, night).values())
    facts.deliver(unit, "demographics", [night] * parts)


def _posts(facts: Facts, unit: Unit, page: _Page) -> None:
    """A post that has no statistics yet is left out of them: what was known of it stays."""
    network, reading = page.network, page.reading
    stories = reading.listed(unit)
    reading.see_posts(unit, {reading.id_of(story): (story, _edited(story, unit)) for story in stories})
    facts.deliver(unit, "posts", [reading.day(story.created) for story in stories])
    known = [(story, counts) for story in stories if (counts := network.post_stats(story, unit.night)) is not None]
    named = {
        reading.id_of(story): {ours: counts[theirs] for theirs, ours in OF_A_POST.items()} for story, counts in known
    }
    reading.counts.observe(unit, named)
    facts.deliver(unit, "post_stats", [reading.day(story.created) for story, _ in known])
    said = reading.see_comments(unit, stories)
    facts.deliver(unit, "comments", [reading.day(response.post.created) for response in said])


def _edited(story: Story, unit: Unit) -> datetime | None:
    edited = story.edited.replace(tzinfo=None) if story.edited else None
    return edited if edited and edited <= unit.moment else None
