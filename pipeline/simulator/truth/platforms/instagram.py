"""What Instagram said: levels, series and totals of days, posts and stories with their counters, who answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.community import Counts, Reading
from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Unit, days_of
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.community import Story
from pipeline.simulator.world.networks.instagram import FOLLOWERS_NEEDED, MAIN, NAMES, OTHER, Instagram, id_of

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"profile", "series", "totals"})
STREAMS: Final = ("profile", "series", "totals", "media", "stories", "comments", "demographics")

# What is asked of a day, and the metric that it is here; None: asked and kept, but in no table.
SERIES: Final[Mapping[str, str | None]] = {"follower_count": "followers_gained", "reach": "reach_1d"}
TOTALS: Final[Mapping[str, str | None]] = {
    "views": "impressions",
    "reach": None,
    "accounts_engaged": None,
    "total_interactions": None,
    "likes": "reactions",
    "comments": "comments",
    "saves": "saves",
    "shares": "shares",
    "replies": None,
    "reposts": None,
    "follows_and_unfollows": None,
    "profile_links_taps": "clicks",
}
TYPES: Final = {"image": "image", "carousel": "carousel_album", "reel": "reel", "story": "story"}
TRAITS: Final = (("age", "gender"), ("country",), ("city",))
TOO_FEW: Final = "the platform tells nothing of the followers: there are fewer than 100"


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of one account."""
    network = world.network("instagram", Instagram)
    reading = Reading((terms.platform, terms.account), network, ZoneInfo("America/Los_Angeles"), id_of)
    for unit in units:
        if not unit.landed:
            facts.fail(unit, *STREAMS, optional=("tracked",))
            continue
        _days(facts, network, unit, reading)
        _posts(facts, network, unit, reading)
        _people(facts, network, unit)
        reading.snapshot(facts, unit)
    landed = [unit for unit in units if unit.landed]
    facts.account_days[reading.account] = reading.account_days(landed, counts_comments=True)
    facts.posts[reading.account] = reading.post_facts(link=_link, type_=lambda story: TYPES[story.kind])


def _days(facts: Facts, network: Instagram, unit: Unit, reading: Reading) -> None:
    """The level of the night, and what is told of each day that was over on the Pacific coast."""
    account, night = unit.account, unit.night
    reading.see_days(unit, "followers", {night: network.level(account, night)})
    facts.deliver(unit, "profile", [night])
    accepted = network.metrics(account, night)
    for stream, metrics in (("series", SERIES), ("totals", TOTALS)):
        told: list[date] = []
        for native, metric in metrics.items():
            asked = days_of(unit) if native in accepted else ()
            values = {
                day: value
                for day in asked
                if day < night and (value := network.day_value(account, native, day, night)) is not None
            }
            told += values
            if values:
                reading.see_days(unit, metric or f"({stream} {native})", values)
        facts.deliver(unit, stream, told)


def _posts(facts: Facts, network: Instagram, unit: Unit, reading: Reading) -> None:
    """A post and its counters are one record; a story that is not shown any more is over."""
    stories = reading.listed(unit)
    records = {id_of(story): _counted(network, story, unit.night) for story in stories}
    reading.see_posts(unit, {id_of(story): (story, records[id_of(story)]) for story in stories})
    reading.counts.observe(unit, {number: _shown(record) for number, record in records.items()})
    posts = [story for story in stories if story.kind != "story"]
    facts.deliver(unit, "media", [reading.day(story.created) for story in posts])
    facts.deliver(unit, "stories", [reading.day(story.created) for story in stories if story.kind == "story"])
    said = reading.see_comments(unit, posts)
    facts.deliver(unit, "comments", [reading.day(response.post.created) for response in said])


def _counted(network: Instagram, story: Story, night: date) -> dict[str, int | None]:
    """Every number that the record of a post holds."""
    counted = network.counters(story, night)
    public = {
        "like_count": None if network.hides_likes(story) else counted["reactions"],
        "comments_count": counted["comments"],
    }
    return {**public, **(network.insights(story, night) or {}), "is story": story.kind == "story"}


def _shown(record: Mapping[str, int | None]) -> Counts:
    """The record in our words."""
    liked = record["like_count"]
    reel = "reels_skip_rate" in record
    return {
        "impressions": record.get("views"),
        "reach": record.get("reach"),
        "reactions": record.get("likes") if liked is None else liked,
        # None of the comments that were looked for stand below a story: that is a true 0.
        "comments": 0 if record["is story"] else record["comments_count"],
        "shares": record.get("shares"),
        "saves": record.get("saved"),
        "video_views": record.get("views") if reel else None,
    }


def _people(facts: Facts, network: Instagram, unit: Unit) -> None:
    if network.level(unit.account, unit.night) >= FOLLOWERS_NEEDED:
        reached = _reached(network, unit)
        followers = {
            _segment(trait, names) for trait in TRAITS for names, _ in network.audience(unit.account, trait, unit.night)
        }
        segments = followers.union(*reached.values())
        facts.deliver(unit, "demographics", [unit.night] * len(segments))
        facts.reached.setdefault((unit.platform, unit.account), {})[unit.night] = reached
    else:
        facts.miss(unit, "demographics", TOO_FEW)
    if unit.account == MAIN:
        facts.deliver(unit, "tracked", [unit.night])
        posts = network.media_count(OTHER, unit.night)
        facts.watch(unit, OTHER, network.level(OTHER, unit.night), posts, "America/Los_Angeles")


def _reached(network: Instagram, unit: Unit) -> dict[str, dict[str, int]]:
    """People reached in the month so far, by segment of each trait of which anything is told."""
    since = unit.night.replace(day=1)
    told = {
        ",".join(trait): {
            _segment(trait, names): people for names, people in network.reached(unit.account, trait, since, unit.night)
        }
        for trait in TRAITS
    }
    return {trait: segments for trait, segments in told.items() if segments}


def _segment(trait: Sequence[str], names: Sequence[str]) -> str:
    """The name of a group: gender and age of people (F.25-34), or trait and value."""
    return ".".join(reversed(names) if len(trait) > 1 else (*trait, *names))


def _link(story: Story) -> str:
    number = id_of(story)
    if story.kind == "story":
        return f"https://www.instagram.com/stories/{NAMES[story.account]}/{number}"
    return f"https://www.instagram.com/{'reel' if story.kind == 'reel' else 'p'}/C{number[5:]}/"
