"""Posts of the window and the stories of the last 24 hours, each with its own insights in one record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from pipeline.paging import by_cursor
from pipeline.records import objects
from pipeline.sources._answers import decode, in_front, moment, one_line
from pipeline.sources._graph_calls import Params
from pipeline.sources._graph_errors import TooMuchData
from pipeline.sources._graph_lists import Edge, next_of
from pipeline.sources._pacific import day_of, seconds
from pipeline.sources.instagram.graph import Graph
from pipeline.sources.instagram.numbers import Asked, Numbers
from pipeline.streams import Absent, Page, Unit, Window, Yield

_A_PAGE = 100
# Addresses of pictures change every night and are not asked for.
_FIELDS = "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"
_STORY = "STORY"


class Media(msgspec.Struct):
    """What must be right for a post to be stored under its own name, and what later requests need of it."""

    id: str
    timestamp: str
    media_product_type: str | None = None
    comments_count: msgspec.Raw = msgspec.Raw(b"null")

    @property
    def created(self) -> datetime:
        return moment(self.timestamp, f"the post {self.id}")

    @property
    def day(self) -> date:
        """The Pacific day of publication."""
        return day_of(self.created)


def media(graph: Graph, window: Window, numbers: Numbers, seen: list[Media]) -> Iterator[Yield]:
    """Posts published on the Pacific days of the window, which are also appended to ``seen``.

    The platform gives no total of them.
    """
    reader = _Reader(graph, "/media", (("since", seconds(window.since)), ("until", _after(window.until))))
    for records in by_cursor(reader.page):
        posts = [_read(record) for record in records]
        inside = [window.since <= post.day <= window.until for post in posts]
        kept = [record for record, keep in zip(records, inside, strict=True) if keep]
        found = [post for post, keep in zip(posts, inside, strict=True) if keep]
        reader.finished = bool(posts) and all(post.day < window.since for post in posts)
        seen += found
        yield Page("media", _with_insights(kept, found, numbers))


def stories(graph: Graph, unit: Unit, numbers: Numbers) -> Iterator[Yield]:
    """The stories that are still shown. A night that is read later than the morning after has lost its own."""
    first = graph.http.first_date
    days_late = (date.fromisoformat(first[:10]) - unit.night).days if first else 0
    if days_late > 1:
        yield Absent("stories", f"asked {days_late} days after the night: stories are shown for 24 hours")
        return
    for records in by_cursor(_Reader(graph, "/stories", ()).page):
        # Those of the morning belong to the night that comes.
        kept = [record for record in records if _read(record).day <= unit.window.until]
        yield Page("stories", _with_insights(kept, [_read(record) for record in kept], numbers, _STORY))


class _Reader:
    """Asks for one page at a time, and learns while it does how many posts it may ask for."""

    def __init__(self, graph: Graph, edge: str, params: Params) -> None:
        self._graph, self._edge, self._params = graph, edge, params
        self._limit = _A_PAGE
        # A list that goes on before the window has not heeded it: the rest is of no use.
        self.finished = False

    def page(self, cursor: str | None) -> tuple[list[bytes], str | None]:
        """The posts of one page and the cursor of the next, for ``by_cursor``."""
        if self.finished:
            return [], None
        edge = self._ask(cursor)
        return [one_line(record) for record in objects(edge.data)], next_of(edge, self._limit, self._graph.account.base)

    def _ask(self, cursor: str | None) -> Edge:
        place: Params = (("after", cursor),) if cursor else ()
        while True:
            params: Params = (("fields", _FIELDS), ("limit", self._limit), *self._params, *place)
            try:
                return decode(self._graph.of_account(self._edge, params), Edge, f"the list {self._edge}")
            except TooMuchData:
                if self._limit == 1:
                    raise
                self._limit //= 2


def _with_insights(
    records: Sequence[bytes], posts: Sequence[Media], numbers: Numbers, kind: str | None = None
) -> list[bytes]:
    """The records with what the insights say of each; a post without any stays as it came."""
    told = numbers.of([Asked(post.id, kind or post.media_product_type or "", post.created) for post in posts])
    return [
        in_front(record, insights=told[post.id]) if told.get(post.id) else record
        for record, post in zip(records, posts, strict=True)
    ]


def _read(record: bytes) -> Media:
    return decode(msgspec.Raw(record), Media, "a post")


def _after(day: date) -> int:
    return seconds(day + timedelta(days=1))
