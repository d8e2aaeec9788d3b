"""A company page of LinkedIn on the loopback server, for answers that no simulator would give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import unquote

from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, fetch, unit

ORGANIZATION: Final = "urn:li:organization:90362861"
DAY_MS: Final = 86_400_000
FOLLOWERS, SHARES, VIEWS = (
    "/organizationalEntityFollowerStatistics",
    "/organizationalEntityShareStatistics",
    "/organizationPageStatistics",
)
POSTS, SIZE, SOCIAL = "/posts", "/networkSizes/urn%3Ali%3Aorganization%3A90362861", "/socialMetadata"


def at(day: date, hour: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp() * 1000)


def urn(number: int, kind: str = "share") -> str:
    return f"urn:li:{kind}:{7_300_000_000_000_000_000 + number}"


def post(number: int, moment: int | None = None, kind: str = "share", **more: Any) -> dict[str, Any]:
    """Post ``number`` of yesterday, which lies in every window."""
    moment = moment if moment is not None else at(date(2026, 11, 1), 9)
    told = {"id": urn(number, kind), "author": ORGANIZATION, "commentary": f"Post {number}"}
    times: dict[str, Any] = dict.fromkeys(("createdAt", "publishedAt", "lastModifiedAt"), moment)
    return {**told, **times, "lifecycleState": "PUBLISHED", **more}


def comment(number: int, actor: str = "urn:li:person:Nobody1", below: int = 0, **more: Any) -> dict[str, Any]:
    moment: dict[str, Any] = {"actor": actor, "time": at(date(2026, 11, 1), 10)}
    told: dict[str, Any] = {"commentUrn": f"urn:li:comment:(urn:li:activity:9,{number})", "actor": actor}
    told["created"] = moment
    return {**told, "message": {"text": "A birthday"}, "commentsSummary": {"totalFirstLevelComments": below}, **more}


def elements(*rows: object, **paging: object) -> Reply:
    page: dict[str, object] = {"start": 0, "count": 10, "links": [], **paging}
    return Reply({"paging": page, "elements": list(rows)})


def error(status: int, code: str, message: str) -> Reply:
    return Reply({"status": status, "code": code, "message": message}, status)


def days_asked(asked: Asked) -> tuple[int, int]:
    """Start and end, in milliseconds, as they were asked for."""
    told = asked.query["timeIntervals"]
    start, end = (part.split(":")[-1] for part in told.split("),")[0].split(","))
    return int(start), int(end)


def day_row(start: int) -> dict[str, Any]:
    return {"organizationalEntity": ORGANIZATION, "timeRange": {"start": start, "end": start + DAY_MS}}


class Company:
    """Posts in pages of what is asked for, statistics of every day, comments by what they stand under.

    ``before_page`` is told of each page of posts before it is cut; ``told``: whether pages name a total.
    """

    def __init__(self, server: Loopback, posts: list[dict[str, Any]] | None = None) -> None:
        self.posts: list[dict[str, Any] | None] = [*(posts or [])]
        self.under: dict[str, list[dict[str, Any]]] = {}
        self.omitted: set[str] = set()
        self.linked, self.told = True, True
        self.before_page: Callable[[int], None] = lambda _: None
        self.instead: Callable[[Asked], Reply | None] = lambda _: None
        self.server = server
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        return self.instead(asked) or self._answer(asked)

    def _answer(self, asked: Asked) -> Reply:
        if "timeIntervals" in asked.query:
            start, end = days_asked(asked)
            return elements(*(day_row(day) for day in range(start, end, DAY_MS)))
        if asked.path == POSTS:
            return self._page(asked)
        if asked.path == SOCIAL:
            names = listed(asked, "ids")
            counts = {name: {"commentSummary": {"count": len(self.under.get(name, []))}} for name in names}
            return Reply({"results": counts, "errors": {}})
        if asked.path == SHARES:
            return elements(*self._counted(asked))
        if asked.path.startswith("/socialActions/"):
            return elements(*self.under[unquote(asked.path.split("/")[2])])
        return Reply({"firstDegreeSize": 1204}) if asked.path == SIZE else elements()

    def _counted(self, asked: Asked) -> list[dict[str, Any]]:
        names = listed(asked, "shares") + listed(asked, "ugcPosts")
        counts = {"impressionCount": 10, "likeCount": 1}
        return [
            {("ugcPost" if "ugcPost" in name else "share"): name, "totalShareStatistics": counts}
            for name in names
            if name not in self.omitted
        ]

    def _page(self, asked: Asked) -> Reply:
        start, count = int(asked.query["start"]), int(asked.query["count"])
        self.before_page(start)
        more = self.linked and start + count < len(self.posts)
        links = [{"rel": "next", "href": f"/rest/posts?q=author&start={start + count}&count={count}"}] if more else []
        rows = [row for row in self.posts[start : start + count] if row is not None]
        return elements(*rows, links=links, **({"total": len(self.posts)} if self.told else {}))


def listed(asked: Asked, name: str) -> list[str]:
    told = {**asked.query, **asked.form}.get(name, "List()")
    return [part for part in told.removeprefix("List(").removesuffix(")").split(",") if part]


def read(server: Loopback, days: int = 3, night: date = NIGHT, **options: Any) -> Read:
    there = account("linkedin", server.base, **options)
    return fetch(there, unit(there, days=days, night=night))
