"""What the networks said: the page insights and posts of Facebook, the journal on WordPress."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Account, DayFacts, Facts, PostFacts, Snapshot
from pipeline.simulator.truth.observations import Log, Unit, days_of, naive
from pipeline.simulator.world import (
    FacebookPost,
    PostStats,
    StatsDay,
    WordpressComment,
    WordpressPost,
    World,
)

PACIFIC: Final = ZoneInfo("America/Los_Angeles")
NO_INSIGHTS: Final = "fewer than 100 likes: the platform gives no insights"

# What is asked of a page, and the metric that it is here; None: asked and kept, but in no table.
INSIGHTS: Final[Mapping[tuple[str, str], str | None]] = {
    ("page_follows", "day"): "followers",
    ("page_daily_follows_unique", "day"): "followers_gained",
    ("page_daily_unfollows_unique", "day"): "followers_lost",
    ("page_media_view", "day"): "impressions",
    ("page_total_media_view_unique", "day"): "reach_1d",
    ("page_total_media_view_unique", "week"): "reach_7d",
    ("page_total_media_view_unique", "days_28"): "reach_28d",
    ("page_post_engagements", "day"): None,
    ("page_views_total", "day"): None,
    ("page_video_views", "day"): None,
}
HASHTAG: Final = re.compile(r"(?:^|[^\w&/])#(\w+)")


def hashtags(text: str | None) -> tuple[str, ...] | None:
    """The hashtags of a text: lower-case, without #, each once, in order. None without a text."""
    return None if text is None else tuple(dict.fromkeys(tag.lower() for tag in HASHTAG.findall(text)))


# --- Facebook ---


def read_page(facts: Facts, world: World, units: Sequence[Unit]) -> None:
    """Everything that the nights tell of one page."""
    account: Account = (units[0].platform, units[0].account)
    insights: Log[tuple[str, str, date], int] = Log()
    posts: Log[str, FacebookPost] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "page", "page_insights", "posts")
            continue
        facts.deliver(unit, "page", [unit.night])
        answer = _insights(world, unit)
        insights.observe(unit, answer)
        if answer:
            facts.deliver(unit, "page_insights", [day for _, _, day in answer])
        else:
            facts.miss(unit, "page_insights", NO_INSIGHTS)
        listed = world.facebook.posts(unit.account, unit.night, unit.since, unit.night)
        facts.deliver(unit, "posts", [_pacific_day(post) for post in listed])
        _observe_posts(posts, unit, listed)
        for post_id, seen in posts.live():
            if unit.covers(_pacific_day(seen.value)):
                snapshot = Snapshot(unit.night, _page_counters(seen.value), unit.moment)
                facts.snapshots.setdefault((*account, post_id), []).append(snapshot)
    facts.account_days[account] = _page_days(insights)
    facts.posts[account] = {post_id: _page_post(posts, post_id) for post_id in posts.entries}


def _observe_posts(posts: Log[str, FacebookPost], unit: Unit, listed: Iterable[FacebookPost]) -> None:
    """A post of the window that is not listed any more was deleted."""
    posts.observe(unit, {p.id: p for p in listed}, inside=lambda _, post: unit.covers(_pacific_day(post)))


def _insights(world: World, unit: Unit) -> dict[tuple[str, str, date], int]:
    answer = {}
    for metric, period in INSIGHTS:
        for day in days_of(unit):
            value = world.facebook.page_insight(unit.account, metric, period, day, unit.night)
            if value is not None:
                answer[metric, period, day] = value
    return answer


def _page_days(insights: Log[tuple[str, str, date], int]) -> dict[date, DayFacts]:
    metrics: dict[date, dict[str, int]] = {}
    moments: dict[date, list[datetime]] = {}
    for (metric, period, day), seen in insights.live():
        known = metrics.setdefault(day, {})
        moments.setdefault(day, []).append(seen.at)
        name = INSIGHTS[metric, period]
        if name is not None:
            known[name] = seen.value
    return {day: DayFacts(known, max(moments[day])) for day, known in metrics.items()}


def _pacific_day(post: FacebookPost) -> date:
    return post.created_time.astimezone(PACIFIC).date()


def _page_counters(post: FacebookPost) -> dict[str, int | None]:
    return {
        "impressions": post.media_view,
        "reach": post.media_view_unique,
        "reactions": post.reactions,
        "comments": post.comments,
        # The platform leaves the object out exactly when nobody shared.
        "shares": post.shares or 0,
        "clicks": post.clicks,
        "saves": None,
        "video_views": post.video_views,
    }


def _page_post(posts: Log[str, FacebookPost], post_id: str) -> PostFacts:
    seen = posts.entries[post_id][-1]
    post = seen.value
    return PostFacts(
        post_id=post_id,
        published_at=naive(post.created_time),
        published_day=_pacific_day(post),
        type=post.status_type,
        link=post.permalink_url,
        hashtags=None if post.message is None else post.hashtags,
        author=None,
        campaign=post.campaign.lower() if post.campaign else None,
        deleted_at=seen.at if seen.gone else None,
        observed_at=seen.at,
    )


# --- WordPress ---


class _Journal:
    """The logs of the journal's five streams while the nights are read."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.posts: Log[int, WordpressPost] = Log()
        self.comments: Log[int, WordpressComment] = Log()
        self.visits: Log[date, StatsDay] = Log()
        self.followers: Log[date, int] = Log()
        self.counts: Log[int, tuple[int, int, int]] = Log()

    def posted(self, post: WordpressPost) -> date:
        return post.published.astimezone(self.zone).date()

    def said(self, comment: WordpressComment) -> date:
        return comment.created.astimezone(self.zone).date()


def read_journal(facts: Facts, world: World, units: Sequence[Unit], zone: str) -> None:
    """Everything that the nights tell of the journal."""
    account: Account = (units[0].platform, units[0].account)
    journal = _Journal(ZoneInfo(zone))
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "posts", "comments", "stats_visits", "stats_summary", "stats_post")
            continue
        _journal_night(facts, world, unit, journal)
        said = Counter(seen.value.post for _, seen in journal.comments.live())
        for post_id, seen in journal.posts.live():
            if unit.covers(journal.posted(seen.value)):
                counters = _journal_counters(journal, post_id, said[post_id])
                snapshot = Snapshot(unit.night, counters, unit.moment)
                facts.snapshots.setdefault((*account, str(post_id)), []).append(snapshot)
    facts.account_days[account] = _journal_days(journal, [unit for unit in units if unit.landed])
    facts.posts[account] = {str(number): _journal_post(journal, number) for number in journal.posts.entries}


def _journal_night(facts: Facts, world: World, unit: Unit, journal: _Journal) -> None:
    """Take in one night's answers."""
    night, inside = unit.night, unit.covers
    posts = {p.id: p for p in world.wordpress.posts(night) if inside(journal.posted(p))}
    journal.posts.observe(unit, posts, inside=lambda _, post: inside(journal.posted(post)))
    facts.deliver(unit, "posts", [journal.posted(post) for post in posts.values()])
    comments = {c.id: c for c in world.wordpress.comments(night) if inside(journal.said(c))}
    journal.comments.observe(unit, comments, inside=lambda _, comment: inside(journal.said(comment)))
    facts.deliver(unit, "comments", [journal.said(comment) for comment in comments.values()])
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


def _journal_counters(journal: _Journal, post_id: int, comments: int) -> dict[str, int | None]:
    seen = journal.counts.last(post_id)
    views, likes = seen.value[:2] if seen else (None, None)
    unknown = dict.fromkeys(("reach", "shares", "clicks", "saves", "video_views"))
    return unknown | {"impressions": views, "reactions": likes, "comments": comments}


def _journal_days(journal: _Journal, landed: Iterable[Unit]) -> dict[date, DayFacts]:
    """Each day that a night covered: the statistics, and the comments that are still there."""
    metrics: dict[date, dict[str, int]] = {}
    moments: dict[date, list[datetime]] = {}
    for unit in landed:
        for day in days_of(unit):
            metrics.setdefault(day, {"comments": 0})
            moments.setdefault(day, [unit.moment])
    for entries in journal.comments.entries.values():
        day = journal.said(entries[-1].value)
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
