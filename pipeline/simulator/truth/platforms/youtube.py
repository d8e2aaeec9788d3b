"""What YouTube said: subscribers of each night, days of Analytics, videos with their counters, the comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.community import Reading
from pipeline.simulator.truth.facts import COUNTERS, DayFacts, Facts, Snapshot
from pipeline.simulator.truth.observations import Log, Unit, days_of
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import midnight
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.youtube import MAIN, TRACKED, Totals, Youtube, comment_id, video_id

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"channel"})

STREAMS: Final = ("channel", "posts", "comment_threads", "channel_days", "video_totals")
PACIFIC: Final = ZoneInfo("America/Los_Angeles")
KEY_ONLY: Final = "an API key shows only what is public: Analytics needs refresh_token, client_id and client_secret"
# The metric that only records have and no table: without it the record is another one.
ENGAGED: Final = ("youtube", "engagedViews")
# From here on a level is known to three figures alone.
ROUNDED_FROM: Final = 1000
# How long before a comment its video may have been published.
LONGEST_TALK: Final = timedelta(days=12)
# Views, likes, comments; likes are None where they are hidden, comments where they are switched off.
Public = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Told:
    """What Analytics told. ``engaged`` is None where the platform refused that metric in that night."""

    totals: Totals
    engaged: int | None


@dataclass
class Channel:
    """The logs of one channel beside those that every community has."""

    network: Youtube
    reading: Reading
    days: Log[date, Told] = field(default_factory=Log)
    totals: Log[str, Told] = field(default_factory=Log)


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, all_terms: Terms) -> None:
    """Everything that the nights tell of one channel."""
    network = world.network("youtube", Youtube)
    reading = Reading((terms.platform, terms.account), network, PACIFIC, lambda thing: _id_of(network, thing))
    channel = Channel(network, reading)
    for unit in units:
        if not unit.landed:
            facts.fail(unit, *STREAMS, optional=("tracked",))
            continue
        _level(facts, unit, channel)
        stories = _videos(facts, unit, channel)
        _comments(facts, unit, channel)
        _analytics(facts, unit, channel, stories, gives_engaged=(*ENGAGED, unit.night) not in all_terms.refused)
        _snapshots(facts, unit, channel)
    facts.account_days[reading.account] = _account_days(channel)
    facts.posts[reading.account] = reading.post_facts(link=_link, type_=lambda _: "video")


def _id_of(network: Youtube, thing: Story | Response) -> str:
    return video_id(thing) if isinstance(thing, Story) else comment_id(network, thing)


def _link(story: Story) -> str:
    return f"https://www.youtube.com/watch?v={video_id(story)}"


def _level(facts: Facts, unit: Unit, channel: Channel) -> None:
    account = channel.reading.account[1]
    known = channel.network.subscribers(account, unit.night)
    channel.reading.see_days(unit, "followers", {} if known is None else {unit.night: known})
    facts.deliver(unit, "channel", [unit.night])
    if account == MAIN:
        facts.deliver(unit, "tracked", [unit.night] * len(TRACKED))
        for name in TRACKED:
            posts = len(channel.network.stories(name, unit.night))
            followers = channel.network.subscribers(name, unit.night)
            facts.watch(unit, name, followers, posts, "America/Los_Angeles")


def _videos(facts: Facts, unit: Unit, channel: Channel) -> list[Story]:
    stories = channel.reading.listed(unit)
    shown = {video_id(story): (story, _public(channel.network, story, unit.night)) for story in stories}
    channel.reading.see_posts(unit, shown)
    facts.deliver(unit, "posts", [channel.reading.day(story.created) for story in stories])
    return stories


def _public(network: Youtube, story: Story, night: date) -> Public:
    counted = network.counters(story, night)
    likes = None if network.hides_likes(story) else counted["reactions"]
    return counted["views"], likes, None if network.takes_no_comments(story) else counted["comments"]


def _comments(facts: Facts, unit: Unit, channel: Channel) -> None:
    """The threads that began within the window, also those below videos that are older."""
    network, (_, account) = channel.network, channel.reading.account
    found = []
    for story in network.stories(account, unit.night, midnight(unit.since, PACIFIC) - LONGEST_TALK):
        there = network.live_responses(story, unit.night)
        began = {each.serial: channel.reading.day(each.created) for each in there}
        found += [began[network.thread_of(each)] for each in there]
    facts.deliver(unit, "comment_threads", filter(unit.covers, found))


def _analytics(facts: Facts, unit: Unit, channel: Channel, stories: Sequence[Story], *, gives_engaged: bool) -> None:
    network, account = channel.network, channel.reading.account[1]
    if account != MAIN:
        facts.miss(unit, "channel_days", KEY_ONLY)
        facts.miss(unit, "video_totals", KEY_ONLY)
        return

    def as_told(totals: Totals) -> Told:
        return Told(replace(totals, engaged=0), totals.engaged if gives_engaged else None)

    found = {day: network.reported(account, day, unit.night) for day in days_of(unit)}
    days = {day: as_told(totals) for day, totals in found.items() if totals is not None}
    channel.days.observe(unit, days)
    facts.deliver(unit, "channel_days", days)
    counted = [(story, network.totals(story, unit.night)) for story in stories]
    channel.totals.observe(unit, {video_id(story): as_told(totals) for story, totals in counted if totals})
    published = [channel.reading.day(story.created) for story, totals in counted if totals is not None]
    facts.deliver(unit, "video_totals", published)


def _snapshots(facts: Facts, unit: Unit, channel: Channel) -> None:
    """What is known after the night of every video that it looked at: public counters, and Analytics' shares."""
    reading = channel.reading
    for post_id, seen in reading.posts.live():
        story, shown = seen.value
        if not unit.covers(reading.day(story.created)):
            continue
        views, likes, comments = _as_public(shown)
        totals = channel.totals.last(post_id)
        counters: Mapping[str, int | None] = dict.fromkeys(COUNTERS) | {
            "impressions": views,
            "video_views": views,
            "reactions": likes,
            "comments": comments,
            "shares": totals.value.totals.shares if totals else None,
        }
        changed = max(seen.at, totals.at) if totals else seen.at
        kept = facts.snapshots.setdefault((*reading.account, post_id), [])
        kept.append(Snapshot(unit.night, counters, unit.moment, changed))


def _as_public(shown: object) -> Public:
    if not isinstance(shown, tuple):
        raise TypeError("a video is shown with its public counters")
    views, likes, comments = shown
    return views, likes, comments


def _account_days(channel: Channel) -> dict[date, DayFacts]:
    """Each day of which something is known. Comments are those that Analytics counts."""
    metrics: dict[date, dict[str, int]] = {}
    moments: dict[date, list[datetime]] = {}
    for day, seen in channel.reading.days["followers"].live():
        level = seen.value
        metrics.setdefault(day, {})["followers"] = level
        if level >= ROUNDED_FROM:
            metrics[day]["followers_step"] = 10 ** (len(str(level)) - 3)
        moments.setdefault(day, []).append(seen.at)
    for day, reported in channel.days.live():
        totals = reported.value.totals
        metrics.setdefault(day, {}).update(
            impressions=totals.views,
            reactions=totals.likes,
            comments=totals.comments,
            shares=totals.shares,
            followers_gained=totals.gained,
            followers_lost=totals.lost,
        )
        moments.setdefault(day, []).append(reported.at)
    return {day: DayFacts(known, max(moments[day])) for day, known in metrics.items()}
