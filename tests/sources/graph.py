"""Answers in the shapes of the Graph API, made by hand: for lists and errors that must be exactly so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.sources.loopback import Asked, Loopback, Reply

TOKEN = "page-token-aaaa-1111"
PAGE = {"id": "104001", "name": "Atelier Marin", "fan_count": 1200, "followers_count": 1204, "is_published": True}


def post(number: int, **more: Any) -> dict[str, Any]:
    """A post with its insights, whose links carry the token as the platform's do."""
    series = [{"name": "post_media_view", "period": "lifetime", "values": [{"value": 10 * number}]}]
    link = f"https://graph.facebook.com/v26.0/104001_{number}/insights?access_token={TOKEN}"
    return {
        "id": f"104001_{number}",
        "message": f"Post {number}",
        "created_time": "2026-11-01T12:00:00+0000",
        "reactions": {"data": [], "summary": {"total_count": number}},
        "insights": {"data": series, "paging": {"previous": link, "next": link}},
        **more,
    }


def error(code: int, message: str, *, status: int = 400, subcode: int | None = None, **headers: str) -> Reply:
    body: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if subcode is not None:
        body["error_subcode"] = subcode
    return Reply({"error": body}, status, {name.replace("_", "-"): value for name, value in headers.items()})


BAD_METRIC = error(100, "(#100) The value must be a valid insights metric")


class Graph:
    """One page with posts: ``posts`` are cut into pages of ``sizes``, by cursor or by time."""

    def __init__(self, server: Loopback, posts: Sequence[dict[str, Any]], sizes: Sequence[int] = (100,)) -> None:
        self.server = server
        self.posts, self.sizes = posts, sizes
        self.retired: set[str] = set()
        self.by_time = False
        self.most = 100
        self.page: dict[str, Any] = dict(PAGE)
        self.quiet = False
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.path.endswith("/published_posts"):
            return self._posts(asked)
        if asked.path.endswith("/insights"):
            return self._insights(asked)
        return Reply(self.page)

    def _insights(self, asked: Asked) -> Reply:
        names = asked.query["metric"].split(",")
        if self.retired & set(names):
            return BAD_METRIC
        first, last = (date.fromisoformat(asked.query[name]) for name in ("since", "until"))
        ends = [first + timedelta(days=n + 1) for n in range((last - first).days)]
        values = [{"value": 100 + n, "end_time": f"{end}T07:00:00+0000"} for n, end in enumerate(ends)]
        period = asked.query["period"]
        data = [] if self.quiet else [{"name": name, "period": period, "values": values} for name in names]
        again = f"{self.server.base}/v26.0/104001/insights?access_token={TOKEN}&since=1&until=2"
        return Reply({"data": data, "paging": {"previous": again, "next": again}})

    def _posts(self, asked: Asked) -> Reply:
        fields = asked.query["fields"]
        if any(name in fields for name in self.retired):
            return BAD_METRIC
        if int(asked.query["limit"]) > self.most:
            return error(1, "Please reduce the amount of data you're asking for, then retry your request", status=500)
        number = int(asked.query.get("after") or asked.query.get("__paging_token") or 0)
        start = sum(self.sizes[:number])
        size = self.sizes[number] if number < len(self.sizes) else 0
        paging: dict[str, Any] = {} if self.by_time else {"cursors": {"before": "x", "after": str(number + 1)}}
        if start + size < len(self.posts):
            place = (
                f"until={1793000000 - number}&__paging_token={number + 1}" if self.by_time else f"after={number + 1}"
            )
            paging["next"] = f"{self.server.base}/v26.0/104001/published_posts?access_token={TOKEN}&limit=100&{place}"
        return Reply({"data": self.posts[start : start + size], "paging": paging})
