"""Posts of a page with their lifetime insights and comments: paged by cursor or by time, in bearable portions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Answer
from pipeline.paging import by_cursor, cursor_of
from pipeline.records import objects
from pipeline.sources._answers import decode, is_object, one_line
from pipeline.sources._graph_calls import Metrics, Params
from pipeline.sources._graph_errors import MetricRefused, PermissionMissing, TooMuchData
from pipeline.sources._graph_lists import Edge, Paging, next_of
from pipeline.sources._pacific import seconds
from pipeline.sources.facebook.comments import Comments
from pipeline.sources.facebook.graph import Graph
from pipeline.streams import Page, Window, Yield

_A_PAGE = 100
_FIELDS = "id,message,created_time,updated_time,permalink_url,status_type,shares,reactions.limit(0).summary(true)"
_METRICS = (
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_reactions_by_type_total",
    "post_video_views",
)


class _Post(msgspec.Struct):
    """What must be right for a post to be stored under its own name; and the edges inside it."""

    id: str | int
    created_time: str | None = None
    insights: msgspec.Raw = msgspec.Raw(b"")
    reactions: msgspec.Raw = msgspec.Raw(b"")
    comments: msgspec.Raw = msgspec.Raw(b"")


def posts(graph: Graph, window: Window, metrics: Metrics, page: str) -> Iterator[Yield]:
    """Posts published on the Pacific days of the window, and what is written under them.

    The platform gives no total of them.
    """
    said = Comments(graph, window, page)
    for records in by_cursor(_Reader(graph, window, metrics, said).page):
        yield Page("posts", records)
        yield from said.ready()
    yield from said.rest()


class _Reader:
    """Asks for one page at a time, and learns while it does: which metrics exist, how many posts it may ask."""

    def __init__(self, graph: Graph, window: Window, metrics: Metrics, said: Comments) -> None:
        self._graph, self._metrics, self._said = graph, metrics, said
        self._names = metrics.alive(_METRICS)
        self._limit = _A_PAGE
        self._since = seconds(window.since)
        self._until = seconds(window.until + timedelta(days=1))

    def page(self, cursor: str | None) -> tuple[list[bytes], str | None]:
        """The posts of one page and the cursor of the next, for ``by_cursor``."""
        edge = self._edge(cursor)
        return [self._record(post) for post in objects(edge.data)], self._next(edge)

    def _record(self, post: bytes) -> bytes:
        """The post without what others wrote under it, which goes its own way."""
        told = decode(msgspec.Raw(post), _Post, "a post")
        self._said.take(str(told.id), told.created_time or "", told.comments)
        return one_line(_alone(post, told))

    def _edge(self, cursor: str | None) -> Edge:
        while True:
            fields = ",".join(filter(None, (_FIELDS, self._said.field, _nested(self._names))))
            try:
                return decode(self._ask(fields, self._limit, cursor), Edge, "the list of posts")
            except TooMuchData:
                if self._limit > 1:
                    self._limit //= 2
                elif not self._said.lighten():
                    raise
            except MetricRefused:
                self._search()
            except PermissionMissing as refused:
                self._said.refuse(refused)

    def _search(self) -> None:
        """Find the refused metrics with lists of one post; go on without them."""
        accepted = [name for group in self._metrics.ask(self._names, self._probe) for name in group]
        if len(accepted) == len(self._names):
            raise SourceChanged("the list of posts refuses a metric that a single post accepts")
        self._names = tuple(accepted)

    def _probe(self, names: tuple[str, ...]) -> tuple[str, ...]:
        self._ask(f"id,{_nested(names)}", 1, None)
        return names

    def _ask(self, fields: str, limit: int, cursor: str | None) -> Answer:
        place = dict(parse_qsl(cursor or ""))
        params: Params = (
            ("fields", fields),
            ("limit", limit),
            ("since", self._since),
            ("until", place.pop("until", self._until)),
            *place.items(),
        )
        return self._graph.posts(params, comments=self._said.are_read)

    def _next(self, edge: Edge) -> str | None:
        """The link reduced to its cursor, or to its moment where the platform pages by time."""
        paging, base = edge.paging or Paging(), self._graph.account.base
        if paging.next is None or paging.cursors:
            after = next_of(edge, self._limit, base)
            return urlencode([("after", after)]) if after else None
        names = ["until", *(["__paging_token"] if "__paging_token=" in paging.next else [])]
        return urlencode([(name, cursor_of(paging.next, base, name)) for name in names])


def _alone(post: bytes, told: _Post) -> bytes:
    """The post without the ``paging`` of its inner edges, whose links carry the token, and without its comments."""
    for edge in map(bytes, (told.insights, told.reactions)):
        if b'"paging"' in edge and is_object(edge):
            parts = decode(msgspec.Raw(edge), dict[str, msgspec.Raw], "an edge of a post")
            parts.pop("paging", None)
            post = post.replace(edge, msgspec.json.encode(parts), 1)
    if is_object(told.comments):
        parts = decode(told.comments, dict[str, msgspec.Raw], "the comments of a post")
        if parts.keys() - {"data", "summary"} or bytes(parts.get("data", b"[]")) != b"[]":
            kept = {"data": [], **({"summary": parts["summary"]} if "summary" in parts else {})}
            post = post.replace(bytes(told.comments), msgspec.json.encode(kept), 1)
    return post


def _nested(names: tuple[str, ...]) -> str:
    return f"insights.metric({','.join(names)}){{name,period,values}}" if names else ""
