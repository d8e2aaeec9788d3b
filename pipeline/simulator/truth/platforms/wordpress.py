"""What the journal said: its posts and comments, and what its statistics counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Account, DayFacts, Facts, PostFacts, ResponseFacts, Snapshot
from pipeline.simulator.truth.observations import Log, Seen, Unit, days_of, naive
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import PostStats, StatsDay, WordpressComment, WordpressPost, World

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"stats_visits"})

STREAMS: Final = ("posts", "comments")
STATISTICS: Final = ("stats_visits", "stats_summary", "stats_post")
HASHTAG: Final = re.compile(r"(?:^|[^\w&/])#(\w+)")


def hashtags(text: str | None) -> tuple[str, ...] | None:
    """The hashtags of a text: lower-case, without #, each once, in order. None without a text."""
    if text is None:
        return None
    return tuple(dict.fromkeys(tag.lower() for tag in HASHTAG.findall(text) if not tag.isdigit()))


class _Journal:
    """The logs of the journal's five streams while the nights are read."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.posts: Log[int, WordpressPost] = Log()
        # With each comment whether one of the authors whom the night saw wrote it.
        self.comments: Log[int, tuple[WordpressComment, bool]] = Log()
        self.visits: Log[date, StatsDay] = Log()
        self.followers: Log[date, int] = Log()
        self.counts: Log[int, tuple[int, int, int]] = Log()
        self.said_on: Log[int, int] = Log()

    def posted(self, post: WordpressPost) -> date:
        return post.published.astimezone(self.zone).date()

    def said(self, comment: WordpressComment) -> date:
        return comment.created.astimezone(self.zone).date()

    def count_comments(self, unit: Unit) -> None:
        """Note how many comments each post has after the night; a post without any was never noted."""
        live = Counter(seen.value[0].post for _, seen in self.comments.live())
        self.said_on.observe(unit, {post_id: live[post_id] for post_id in {*live, *self.said_on.entries}})

    def snapshot(self, post_id: int, unit: Unit) -> Snapshot:
        """What is known of a post's counters after the night."""
        counts, said = self.counts.last(post_id), self.said_on.last(post_id)
        counters = dict.fromkeys(("reach", "shares", "clicks", "saves", "video_views")) | {
            "impressions": counts.value[0] if counts else None,
            "reactions": counts.value[1] if counts else None,
            "comments": said.value if said else 0,
        }
        changed = [seen.at for seen in (counts, said) if seen]
        return Snapshot(unit.night, counters, unit.moment, max(changed, default=unit.moment))


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of the journal."""
    account: Account = (terms.platform, terms.account)
    journal = _Journal(ZoneInfo(terms.time_zone))
    for unit in units:
        if not unit.landed:
            facts.fail(unit, *STREAMS, optional=STATISTICS)
            continue
        _journal_night(facts, world, unit, journal)
        journal.count_comments(unit)
        for post_id, seen in journal.posts.live():
            if unit.covers(journal.posted(seen.value)):
                snapshot = journal.snapshot(post_id, unit)
                facts.snapshots.setdefault((*account, str(post_id)), []).append(snapshot)
    facts.responses[account] = [_journal_response(entries[-1]) for entries in journal.comments.entries.values()]
    facts.account_days[account] = _journal_days(journal, [unit for unit in units if unit.landed])
    facts.posts[account] = {str(number): _journal_post(journal, number) for number in journal.posts.entries}


def _journal_night(facts: Facts, world: World, unit: Unit, journal: _Journal) -> None:
    """Take in one night's answers."""
    night, inside = unit.night, unit.covers
    posts = {p.id: p for p in world.wordpress.posts(night) if inside(journal.posted(p))}
    journal.posts.observe(unit, posts, inside=lambda _, post: inside(journal.posted(post)))
    facts.deliver(unit, "posts", [journal.posted(post) for post in posts.values()])
    authors = {post.author for post in posts.values()}
    said = [comment for comment in world.wordpress.comments(night) if inside(journal.said(comment))]
    comments = {comment.id: (comment, comment.author in authors) for comment in said}
    journal.comments.observe(unit, comments, inside=lambda _, each: inside(journal.said(each[0])))
    facts.deliver(unit, "comments", map(journal.said, said))
    visits = {day: at for day in days_of(unit) if (at := world.wordpress.stats_day(day, night)) is not None}
    journal.visits.observe(unit, visits)
    facts.deliver(unit, "stats_visits", visits)
    journal.followers.observe(unit, {night: world.wordpress.followers(night)})
    facts.deliver(unit, "stats_summary", [night])
    stats = {number: _counted(world.wordpress.post_stats(number, night)) for number in posts}
    journal.counts.observe(unit, {number: counts for number, counts in stats.items() if counts is not None})
    facts.deliver(unit, "stats_post", [journal.posted(posts[n]) for n, counts in stats.items() if counts])


def _counted(stats: PostStats | None) -> tuple[int, int, int] | None:
    return None if stats is None else (stats.views, stats.like_count, stats.comment_count)


def _journal_days(journal: _Journal, landed: Iterable[Unit]) -> dict[date, DayFacts]:
    """Each day that a night covered: the statistics, and the comments that are still there."""
    metrics: dict[date, dict[str, int]] = {}
    moments: dict[date, list[datetime]] = {}
    for unit in landed:
        for day in days_of(unit):
            metrics.setdefault(day, {"comments": 0})
            moments.setdefault(day, [unit.moment])
    for entries in journal.comments.entries.values():
        day = journal.said(entries[-1].value[0])
        metrics[day]["comments"] += 0 if entries[-1].gone else 1
        moments[day].append(entries[-1].at)
    for day, visits in journal.visits.live():
        at = visits.value
        metrics[day] |= {"impressions": at.views, "reach_1d": at.visitors}
        metrics[day] |= {"reactions": at.likes, "shares": at.reblogs}
        moments[day].append(visits.at)
    for day, followers in journal.followers.live():
        metrics[day]["followers"] = followers.value
        moments[day].append(followers.at)
    return {day: DayFacts(known, max(moments[day])) for day, known in metrics.items()}


def _journal_response(seen: Seen[tuple[WordpressComment, bool]]) -> ResponseFacts:
    said, is_own = seen.value
    return ResponseFacts(
        response_id=str(said.id),
        parent_id=str(said.parent) if said.parent else None,
        person=f"user {said.author}" if said.author else said.name,
        is_own=is_own,
        author=str(said.author) if is_own else None,
        written_at=naive(said.created),
        is_live=not seen.gone,
    )


def _journal_post(journal: _Journal, number: int) -> PostFacts:
    seen = journal.posts.entries[number][-1]
    post = seen.value
    return PostFacts(
        post_id=str(number),
        published_at=naive(post.published),
        published_day=journal.posted(post),
        type="post",
        link=post.link,
        hashtags=hashtags(post.title),
        author=str(post.author),
        campaign=None,
        deleted_at=seen.at if seen.gone else None,
        observed_at=seen.at,
    )
