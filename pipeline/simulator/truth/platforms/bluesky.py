"""What the public view said: the followers of each night, posts with their counters, what stood below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.community import Reading
from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.community import Story
from pipeline.simulator.world.networks.bluesky import DIDS, MAIN, SMALL, Bluesky, key_of, uri_of

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"account"})
TRACKED: Final = {MAIN: ("voilerie.example", "phare.example")}
# A post is seen by the network so long after it was written; where its client lies, that is when it was published.
INDEXED: Final = timedelta(milliseconds=740)
COUNTERS: Final = {
    "likeCount": "reactions",
    "replyCount": "comments",
    "repostCount": "shares",
    "bookmarkCount": "saves",
}


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of one account, which may be configured by its DID."""
    network = world.network("bluesky", Bluesky)
    account = SMALL if terms.account == DIDS[SMALL] else terms.account
    reading = Reading(
        (terms.platform, account), network, ZoneInfo("UTC"), uri_of, known_as=(terms.platform, terms.account)
    )
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "posts", "comments", optional=("account", "tracked"))
            continue
        _night(facts, network, unit, reading)
        if account in TRACKED:
            facts.deliver(unit, "tracked", [unit.night] * len(TRACKED[account]))
        for name in TRACKED.get(account, ()):
            posts = len(network.stories(name, unit.night))
            facts.watch(unit, name, network.level(name, unit.night), posts, "UTC")
        reading.snapshot(facts, unit)
    landed = [unit for unit in units if unit.landed]
    facts.responses[reading.known_as] = reading.response_facts()
    facts.account_days[reading.known_as] = reading.account_days(landed, counts_comments=True)
    seen = reading.post_facts(link=_link, type_=lambda story: story.kind)
    facts.posts[reading.known_as] = {
        post_id: replace(post, published_at=post.published_at + INDEXED)
        if _lies(network, reading.posts.entries[post_id][-1].value[0])
        else post
        for post_id, post in seen.items()
    }


def _night(facts: Facts, network: Bluesky, unit: Unit, reading: Reading) -> None:
    """Take in one night's answers: a post and its counters are one record."""
    night, account = unit.night, reading.account[1]
    reading.see_days(unit, "followers", {night: network.level(account, night)})
    facts.deliver(unit, "account", [night])
    stories = reading.listed(unit)
    shown = {uri_of(story): (story, _counters(network, story, unit)) for story in stories}
    reading.see_posts(unit, shown)
    reading.counts.observe(unit, {uri: counters for uri, (_, counters) in shown.items()})
    facts.deliver(unit, "posts", [reading.day(story.created) for story in stories])
    said = reading.see_comments(unit, stories)
    facts.deliver(unit, "comments", [reading.day(response.post.created) for response in said])


def _counters(network: Bluesky, story: Story, unit: Unit) -> dict[str, int | None]:
    """A counter that the view leaves out is not known."""
    counted, unknown = network.counters(story, unit.night), network.unknown_counters(story)
    return {ours: None if name in unknown else counted[ours] for name, ours in COUNTERS.items()}


def _lies(network: Bluesky, story: Story) -> bool:
    return network.claimed(story) != story.created


def _link(story: Story) -> str:
    return f"https://bsky.app/profile/{DIDS[story.account]}/post/{key_of(story)}"
