"""One account of Instagram, made by hand: for lists, refusals and errors that must be exactly so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sources.graph import error
from tests.sources.loopback import Asked, Loopback, Reply

TOKEN = "ig-token-aaaa-2222"
ACCOUNT = "17841400000000901"
PROFILE = {"id": ACCOUNT, "username": "ateliermarin", "followers_count": 6412, "media_count": 240}
UNMEASURED = error(100, "(#100) Media posted before business account conversion", subcode=2108006)
FEW_VIEWERS = error(10, "(#10) Not enough viewers for the media to show insights")
RETIRED = error(100, "(#100) metric[0] must be one of the following values: reach, views")
FOR_OTHERS = error(
    100, "(#100) The Media Insights API does not support the follows metric for this media product type."
)
MISSING = error(100, "Unsupported get request. Object with ID '1' does not exist", subcode=33)


def post(number: int, kind: str = "FEED", **more: Any) -> dict[str, Any]:
    """A post of 1 November; the higher its number, the earlier it was made."""
    moment = datetime(2026, 11, 1, 20, tzinfo=UTC) - timedelta(minutes=number)
    return {
        "id": f"179{number:05d}",
        "media_type": "VIDEO" if kind == "REELS" else "IMAGE",
        "media_product_type": kind,
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "like_count": number,
        "comments_count": 0,
        **more,
    }


def comment(number: int, name: str = "Nobody", **more: Any) -> dict[str, Any]:
    return {
        "id": f"180{number:05d}",
        "timestamp": "2026-11-01T21:00:00+0000",
        "username": name,
        "like_count": 0,
        **more,
    }


class Insta:
    """``posts`` are cut into pages of ``sizes``. A post named in ``refused`` refuses its insights in that way."""

    def __init__(self, server: Loopback, posts: Sequence[dict[str, Any]] = (), sizes: Sequence[int] = (100,)) -> None:
        self.server, self.posts, self.sizes = server, posts, sizes
        self.stories: list[dict[str, Any]] = []
        self.threads: dict[str, list[dict[str, Any]]] = {}
        self.refused: dict[str, Reply] = {}
        self.retired: set[str] = set()
        self.of_account: Reply | None = None
        # How several posts at once are refused, where they are.
        self.no_batches: Reply | None = None
        self.profile: dict[str, Any] = dict(PROFILE)
        server.answers = self.answer

    def asked(self, ending: str) -> list[Asked]:
        """The requests whose path ends so, in order."""
        return [asked for asked in self.server.asked if asked.path.endswith(ending)]

    @property
    def batched(self) -> list[Asked]:
        return [asked for asked in self.server.asked if "ids" in asked.query]

    def answer(self, asked: Asked) -> Reply:
        node, edge = [*asked.path.split("/")[2:], "", ""][:2]
        if node == "":
            return self._several(asked)
        if node != ACCOUNT:
            return self._insights_of(node, asked) if edge == "insights" else self._thread(node, asked)
        if edge == "insights":
            return self.of_account or self._insights(asked)
        if edge in {"media", "stories"}:
            return self._list(self.stories if edge == "stories" else self.posts, edge, asked)
        return Reply(self.profile)

    def _insights(self, asked: Asked) -> Reply:
        names = asked.query["metric"].split(",")
        if self.retired & set(names):
            return RETIRED
        if "breakdown" in asked.query:
            return Reply({"data": []})
        if asked.query.get("metric_type") == "total_value":
            return Reply({"data": [{"name": name, "period": "day", "total_value": {"value": 5}} for name in names]})
        first, last = (datetime.fromtimestamp(int(asked.query[name]), UTC).date() for name in ("since", "until"))
        ends = [first + timedelta(days=n + 1) for n in range((last - first).days)]
        values = [{"value": 7, "end_time": f"{end}T07:00:00+0000"} for end in ends]
        again = f"{self.server.base}/v26.0/{ACCOUNT}/insights?access_token={TOKEN}&since=1&until=2"
        data = [{"name": name, "period": "day", "values": values} for name in names]
        return Reply({"data": data, "paging": {"previous": again, "next": again}})

    def _list(self, posts: Sequence[dict[str, Any]], edge: str, asked: Asked) -> Reply:
        number = int(asked.query.get("after") or 0)
        start = sum(self.sizes[:number])
        size = self.sizes[number] if number < len(self.sizes) else 0
        paging: dict[str, Any] = {"cursors": {"before": "x", "after": str(number + 1)}}
        if start + size < len(posts):
            link = f"{self.server.base}/v26.0/{ACCOUNT}/{edge}?access_token={TOKEN}&after={number + 1}"
            paging["next"] = link
        return Reply({"data": list(posts[start : start + size]), "paging": paging})

    def _several(self, asked: Asked) -> Reply:
        if self.no_batches:
            return self.no_batches
        ids, fields = asked.query["ids"].split(","), asked.query["fields"]
        if fields.startswith("comments"):
            return Reply({one: {"id": one, **self._comments(one)} for one in ids})
        names = fields.removeprefix("insights.metric(").partition(")")[0].split(",")
        told: dict[str, Any] = {}
        for one in ids:
            found = self._told(one, names)
            if isinstance(found, Reply):
                return found
            told[one] = {"id": one, "insights": {"data": found}}
        return Reply(told)

    def _insights_of(self, node: str, asked: Asked) -> Reply:
        found = self._told(node, asked.query["metric"].split(","))
        return found if isinstance(found, Reply) else Reply({"data": found})

    def _told(self, node: str, names: list[str]) -> list[dict[str, Any]] | Reply:
        if self.retired & set(names):
            return RETIRED
        refused = self.refused.get(node)
        if refused and (refused is not FOR_OTHERS or "follows" in names):
            return refused
        return [{"name": name, "period": "lifetime", "values": [{"value": 3}]} for name in names]

    def _comments(self, node: str) -> dict[str, Any]:
        found = self.threads.get(node)
        return {"comments": self._page(found, node, "comments")} if found else {}

    def _page(self, found: Sequence[dict[str, Any]], node: str, edge: str, start: int = 0) -> dict[str, Any]:
        shown, more = found[start : start + 50], start + 50 < len(found)
        link = f"{self.server.base}/v26.0/{node}/{edge}?access_token={TOKEN}&after={start + 50}"
        cursors = {"cursors": {"before": "x", "after": str(start + 50)}}
        return {"data": list(shown), "paging": {**cursors, **({"next": link} if more else {})}}

    def _thread(self, node: str, asked: Asked) -> Reply:
        edge = asked.path.rsplit("/", 1)[-1]
        return Reply(self._page(self.threads.get(node, []), node, edge, int(asked.query.get("after") or 0)))
