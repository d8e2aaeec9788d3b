"""What the instance said: the followers of each night, posts with their counters, what stood below them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.community import Reading
from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.community import Story
from pipeline.simulator.world.networks.mastodon import Mastodon, id_of

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"account"})
TRACKED: Final = {"atelier": ("voilerie@autre.example",)}
TYPES: Final = {"text": "text", "image": "image", "video": "video", "poll": "poll"}


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of one account."""
    network = world.network("mastodon", Mastodon)
    reading = Reading((terms.platform, terms.account), network, ZoneInfo("UTC"), id_of)
    tracked = TRACKED.get(terms.account, ())
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "posts", "comments", optional=("account", "tracked"))
            continue
        _night(facts, network, unit, reading)
        if tracked:
            facts.deliver(unit, "tracked", [unit.night] * len(tracked))
        for name in tracked:
            posts = len(network.stories(name, unit.night))
            facts.watch(unit, name, network.level(name, unit.night), posts, "UTC")
        reading.snapshot(facts, unit)
    landed = [unit for unit in units if unit.landed]
    facts.responses[reading.account] = reading.response_facts()
    facts.account_days[reading.account] = reading.account_days(landed, counts_comments=True)
    facts.posts[reading.account] = reading.post_facts(link=_link, type_=lambda story: TYPES[story.kind])


def _night(facts: Facts, network: Mastodon, unit: Unit, reading: Reading) -> None:
    """Take in one night's answers: a post and its counters are one record."""
    night = unit.night
    reading.see_days(unit, "followers", {night: network.level(reading.account[1], night)})
    facts.deliver(unit, "account", [night])
    stories = reading.listed(unit)
    shown = {id_of(story): (story, (_edited(story, unit), _counters(network, story, unit))) for story in stories}
    reading.see_posts(unit, shown)
    reading.counts.observe(unit, {post_id: counters for post_id, (_, (_, counters)) in shown.items()})
    facts.deliver(unit, "posts", [reading.day(story.created) for story in stories])
    said = reading.see_comments(unit, stories)
    facts.deliver(unit, "comments", [reading.day(response.post.created) for response in said])


def _counters(network: Mastodon, story: Story, unit: Unit) -> dict[str, int | None]:
    counted = network.counters(story, unit.night)
    return {"reactions": counted["reactions"], "comments": counted["comments"], "shares": counted["shares"]}


def _edited(story: Story, unit: Unit) -> datetime | None:
    at = unit.moment
    return story.edited if story.edited and story.edited.replace(tzinfo=None) <= at else None


def _link(story: Story) -> str:
    return f"https://mer.example/@{story.account}/{id_of(story)}"
