"""What the pages of Facebook said: insights of the page, posts and their counters, who commented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Account, DayFacts, Facts, PostFacts, ResponseFacts, Snapshot
from pipeline.simulator.truth.observations import Log, Seen, Unit, days_of, naive
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import FacebookComment, FacebookPost, World

KIND: Final = "network"
RESTATEMENT_DAYS: Final = 28
DAILY: Final = frozenset({"page_insights"})

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


def read(facts: Facts, world: World, units: Sequence[Unit], terms: AccountTerms, _: Terms) -> None:
    """Everything that the nights tell of one page."""
    account: Account = (terms.platform, terms.account)
    insights: Log[tuple[str, str, date], int] = Log()
    posts: Log[str, FacebookPost] = Log()
    said: Log[str, tuple[FacebookComment, date]] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "page", "page_insights", "posts", "post_comments")
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
        _comments(facts, unit, listed, said)
        for post_id, seen in posts.live():
            if unit.covers(_pacific_day(seen.value)):
                snapshot = Snapshot(unit.night, _page_counters(seen.value), unit.moment, seen.at)
                facts.snapshots.setdefault((*account, post_id), []).append(snapshot)
    facts.responses[account] = [_response(entries[-1]) for entries in said.entries.values()]
    facts.account_days[account] = _page_days(insights)
    facts.posts[account] = {post_id: _page_post(posts, post_id) for post_id in posts.entries}


def _observe_posts(posts: Log[str, FacebookPost], unit: Unit, listed: Iterable[FacebookPost]) -> None:
    """A post of the window that is not listed any more was deleted."""
    posts.observe(unit, {p.id: p for p in listed}, inside=lambda _, post: unit.covers(_pacific_day(post)))


def _comments(
    facts: Facts, unit: Unit, listed: Iterable[FacebookPost], said: Log[str, tuple[FacebookComment, date]]
) -> None:
    """What stands below the posts of the window, up to the night's own day. It counts no comments of a day."""
    found = {
        comment.id: (comment, _pacific_day(post))
        for post in listed
        for comment in post.said
        if _written(comment) <= unit.night
    }
    facts.deliver(unit, "post_comments", [day for _, day in found.values()])
    said.observe(unit, found, inside=lambda _, each: unit.covers(each[1]))


def _response(seen: Seen[tuple[FacebookComment, date]]) -> ResponseFacts:
    said, _ = seen.value
    return ResponseFacts(
        said.id, said.parent, said.person, said.is_own, None, naive(said.created), is_live=not seen.gone
    )


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


def _written(comment: FacebookComment) -> date:
    return comment.created.astimezone(PACIFIC).date()


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
