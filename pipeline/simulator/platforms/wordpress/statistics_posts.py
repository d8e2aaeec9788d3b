"""One post's statistics as WordPress.com writes them: years, weeks, days, and odd shapes where empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pipeline.simulator.wire import Reply
from pipeline.simulator.world import PostStats, World


def post_stats(world: World, night: date, post_id: int) -> Reply:
    """``/stats/post/{id}``. An unknown post has an error of its own."""
    stats = world.wordpress.post_stats(post_id, night)
    if stats is None:
        return Reply({"error": "unknown_post", "message": "Unknown post"}, status=404)
    post = next(post for post in world.wordpress.posts(night) if post.id == post_id)
    body: dict[str, Any] = {"date": (night + timedelta(days=1)).isoformat(), "views": stats.views}
    body |= _history(stats) if stats.views else _nothing()
    body |= {
        "like_count": stats.like_count,
        "discussion": {"comment_count": stats.comment_count},
        "post": {
            "ID": post.id,
            # Some of the platform's numbers are texts.
            "post_author": str(post.author),
            "post_date_gmt": post.published.strftime("%Y-%m-%d %H:%M:%S"),
            "post_title": post.title,
            "post_status": "publish",
            "comment_status": post.comment_status,
            "comment_count": str(stats.comment_count),
            "post_type": "post",
        },
    }
    return Reply(body)


def _nothing() -> dict[str, Any]:
    """No views yet: empty objects are written as ``[]`` here and as ``null`` there."""
    return {
        "years": [],
        "averages": None,
        "weeks": [],
        "fields": ["period", "views"],
        "data": [],
        "highest_month": 0,
        "highest_day_average": 0,
        "highest_week_average": 0,
    }


def _history(stats: PostStats) -> dict[str, Any]:
    months: dict[str, dict[str, int]] = {}
    lengths: dict[tuple[str, str], int] = {}
    for day, views in stats.by_day.items():
        year, month = str(day.year), str(day.month)
        months.setdefault(year, {}).setdefault(month, 0)
        months[year][month] += views
        lengths[year, month] = lengths.get((year, month), 0) + 1
    weeks = _weeks(stats.by_day)
    averages = {year: {m: n // lengths[year, m] for m, n in inner.items()} for year, inner in months.items()}
    return {
        "years": {year: {"months": inner, "total": sum(inner.values())} for year, inner in months.items()},
        "averages": {year: {"months": inner, "overall": max(inner.values())} for year, inner in averages.items()},
        "weeks": weeks,
        "fields": ["period", "views"],
        "data": [[day.isoformat(), views] for day, views in stats.by_day.items()],
        "highest_month": max(n for inner in months.values() for n in inner.values()),
        "highest_day_average": max(n for inner in averages.values() for n in inner.values()),
        "highest_week_average": max(week["average"] for week in weeks),
    }


def _weeks(by_day: Mapping[date, int]) -> list[dict[str, Any]]:
    """Calendar weeks from Monday; ``change`` is a number, ``null``, or says that it is infinite."""
    weeks: dict[date, list[tuple[date, int]]] = {}
    for day, views in by_day.items():
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append((day, views))
    shown: list[dict[str, Any]] = []
    for each in weeks.values():
        total = sum(views for _, views in each)
        before = shown[-1]["total"] if shown else None
        change: object = None
        if before is not None:
            change = (total - before) / before * 100 if before else {"isInfinity": True}
        listed = [{"day": day.isoformat(), "count": views} for day, views in each]
        shown.append({"days": listed, "total": total, "average": total // len(each), "change": change})
    return shown
