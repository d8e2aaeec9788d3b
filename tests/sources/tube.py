"""A channel on YouTube that a test puts together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.settings import Account
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.nights import fixture
from tests.sources.nights.youtube import OPTIONS
from tests.sources.reading import Read, account, fetch

ME = "UCchannelByHand000000001"
ACCESS = "access-token-cccc"
VIDEO_PAGE, THREAD_PAGE = 50, 100


def error(reason: str, status: int, message: str = "no") -> Reply:
    one = {"message": message, "domain": "youtube", "reason": reason}
    return Reply({"error": {"code": status, "message": message, "errors": [one]}}, status)


def video(number: int, at: str = "2026-11-01T12:00:00Z", **statistics: str) -> dict[str, Any]:
    snippet = {"publishedAt": at, "title": f"Video {number}", "description": ""}
    return {"id": f"v{number}", "snippet": snippet, "statistics": {"viewCount": "7", **statistics}}


def thread(number: int, at: str = "2026-11-01T12:00:00Z", replies: int = 0) -> dict[str, Any]:
    top = {"id": f"t{number}", "snippet": {"publishedAt": at, "authorChannelId": {"value": f"UC{number}"}}}
    return {
        "id": f"t{number}",
        "snippet": {"videoId": "v1", "topLevelComment": top, "totalReplyCount": replies},
    }


class Tube:
    """A channel that a test puts together; every answer may be replaced by path."""

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self.videos: list[dict[str, Any]] = []
        self.gone: set[str] = set()
        self.threads: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []
        self.days: list[list[object]] = [["2026-11-01", *range(8)]]
        self.instead: dict[str, Reply] = {}
        self.accepted = ACCESS
        self.size: int | None = None
        server.answers = self.answer

    def asked(self, path: str) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path == path]

    def answer(self, asked: Asked) -> Reply:
        if asked.path in self.instead:
            return self.instead[asked.path]
        if asked.path == "/oauth/token":
            return Reply(fixture("youtube/grant"))
        if asked.headers.get("authorization", f"Bearer {self.accepted}") != f"Bearer {self.accepted}":
            return error("authError", 401, "Invalid Credentials")
        lists = {"/playlistItems": self._uploads(), "/commentThreads": self.threads, "/comments": self.replies}
        if asked.path in lists:
            return Reply(self._page(asked, lists[asked.path]))
        return Reply(
            {"/channels": _channels, "/videos": self._videos, "/analytics/reports": self._table}[asked.path](asked)
        )

    def _uploads(self) -> list[dict[str, Any]]:
        return [
            {"contentDetails": {"videoId": one["id"], "videoPublishedAt": one["snippet"]["publishedAt"]}}
            for one in self.videos
        ]

    def _videos(self, asked: Asked) -> dict[str, Any]:
        wanted = asked.query["id"].split(",")
        assert len(wanted) <= VIDEO_PAGE
        return {"items": [one for one in self.videos if one["id"] in set(wanted) - self.gone]}

    def _table(self, asked: Asked) -> dict[str, Any]:
        columns = [asked.query["dimensions"], *asked.query["metrics"].split(",")]
        table: dict[str, Any] = {"columnHeaders": [{"name": name} for name in columns]}
        if asked.query["dimensions"] == "day" and self.days:
            table["rows"] = [row[: len(columns)] for row in self.days]
        return table

    def _page(self, asked: Asked, rows: list[dict[str, Any]]) -> dict[str, Any]:
        size, start = self.size or int(asked.query["maxResults"]), int(asked.query.get("pageToken", "0"))
        more = {"nextPageToken": str(start + size)} if start + size < len(rows) else {}
        return {**more, "items": rows[start : start + size]}


def _channels(asked: Asked) -> dict[str, Any]:
    wanted = asked.query["id"].split(",")
    known = {item["id"]: item for item in fixture("youtube/channels")["items"]}
    return {"items": [known[each] for each in wanted if each in known]}


def owner(server: Loopback, **options: object) -> Account:
    placed: dict[str, Any] = {
        name: value.replace("{base}", server.base) if isinstance(value, str) else value
        for name, value in OPTIONS.items()
    }
    return account("youtube", server.base, **{**placed, "tracked": (), **options})


def stranger(server: Loopback) -> Account:
    """An account that is read with a key alone."""
    with_key = account("youtube", server.base, secrets={"key": "api-key-dddd-eeee"})
    return replace(with_key, secrets={"key": with_key.secrets["key"]})


def read(server: Loopback, **options: object) -> Read:
    return fetch(owner(server, **options))
