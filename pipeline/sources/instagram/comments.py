"""What people wrote under the posts of the window: who (as a hash), when, in answer to what. Never the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pipeline.errors import SourceChanged
from pipeline.paging import by_cursor
from pipeline.sources._answers import decode, moment, whole
from pipeline.sources._graph_calls import Params
from pipeline.sources._graph_errors import ObjectMissing, PermissionMissing, TooMuchData
from pipeline.sources._graph_lists import Edge, InnerEdge, next_of
from pipeline.sources._pacific import day_of
from pipeline.sources._persons import person
from pipeline.sources.instagram.graph import TOGETHER, Graph, ProfileNow
from pipeline.sources.instagram.media import Media
from pipeline.streams import Absent, Page, Window, Yield

_A_PAGE = 50
# The text is not asked for. The name is, and becomes a hash before anything is kept.
_FIELDS = "id,timestamp,username,like_count"
_THREADS = f"{_FIELDS},replies.limit({_A_PAGE}){{{_FIELDS}}}"


class _Comment(msgspec.Struct):
    id: str
    timestamp: str
    username: str | None = None
    like_count: msgspec.Raw = msgspec.Raw(b"null")
    replies: InnerEdge | None = None


class _Post(msgspec.Struct):
    comments: InnerEdge | None = None


def comments(graph: Graph, window: Window, posts: Sequence[Media], now: ProfileNow) -> Iterator[Yield]:
    """Comments and replies of all posts that have any, fifty posts a call."""
    reader, found = _Reader(graph, window, now), False
    talked_about = [post for post in posts if whole(post.comments_count) != 0]
    try:
        for start in range(0, len(talked_about), TOGETHER):
            pages = reader.group(talked_about[start : start + TOGETHER])
            records = [record for page in pages for record in page]
            found = True
            yield Page("comments", records)
    except PermissionMissing as refused:
        if found:
            raise
        yield Absent("comments", str(refused))
        return
    if not found:
        yield Page("comments", [])


class _Reader:
    """Asks for the threads of posts, and learns while it does whether several posts may be asked at once."""

    def __init__(self, graph: Graph, window: Window, now: ProfileNow) -> None:
        self._graph, self._window, self._brand = graph, window, now.username
        self._together, self._missing = True, 0

    def group(self, posts: Sequence[Media]) -> Iterator[list[bytes]]:
        if len(posts) == 1 or not self._together:
            for post in posts:
                yield from self._alone(post)
            return
        try:
            edges = self._asked(posts)
        except (ObjectMissing, TooMuchData) as refused:
            missing, half = self._missing, len(posts) // 2
            yield from self.group(posts[:half])
            yield from self.group(posts[half:])
            if isinstance(refused, ObjectMissing) and self._missing == missing:
                # None of them is missing: what the platform does not know is this way of asking.
                self._together = False
            return
        except SourceChanged:
            # The platform does not take several posts at once: each by itself, as documented.
            self._together = False
            yield from self.group(posts)
            return
        for post in posts:
            if post.id in edges:
                yield from self._threads(post, edges[post.id])

    def _asked(self, posts: Sequence[Media]) -> dict[str, Edge]:
        answer = self._graph.of_objects([post.id for post in posts], f"comments.limit({_A_PAGE}){{{_THREADS}}}")
        found = decode(answer, dict[str, _Post], "the comments of posts")
        return {post: one.comments for post, one in found.items() if one.comments is not None}

    def _alone(self, post: Media) -> Iterator[list[bytes]]:
        try:
            first = self._page(post.id, "/comments", _THREADS, None)
        except ObjectMissing:
            # Deleted since the list was read.
            self._missing += 1
            return
        yield from self._threads(post, first)

    def _threads(self, post: Media, first: Edge) -> Iterator[list[bytes]]:
        for edge in self._pages(post.id, "/comments", _THREADS, first):
            records = []
            for comment in (decode(raw, _Comment, "a comment") for raw in edge.data):
                records += self._record(post, comment, None)
                for page in self._pages(comment.id, "/replies", _FIELDS, comment.replies or InnerEdge()):
                    for reply in (decode(raw, _Comment, "a reply") for raw in page.data):
                        records += self._record(post, reply, comment.id)
            yield records

    def _pages(self, of: str, edge: str, fields: str, first: Edge) -> Iterator[Edge]:
        """The edge as it came inside its object, and what it goes on with."""

        def page(cursor: str | None) -> tuple[Edge, str | None]:
            found = first if cursor is None else self._page(of, edge, fields, cursor)
            return found, next_of(found, _A_PAGE, self._graph.account.base)

        yield from by_cursor(page)

    def _page(self, of: str, edge: str, fields: str, cursor: str | None) -> Edge:
        place: Params = (("after", cursor),) if cursor else ()
        params: Params = (("fields", fields), ("limit", _A_PAGE), *place)
        return decode(self._graph.of_object(of, edge, params), Edge, f"the list {edge}")

    def _record(self, post: Media, comment: _Comment, parent: str | None) -> list[bytes]:
        """None of what was written after the window: it belongs to the night that comes."""
        written = moment(comment.timestamp, f"the comment {comment.id}")
        if day_of(written) > self._window.until:
            return []
        record = {
            "id": comment.id,
            "media_id": post.id,
            "media_timestamp": post.timestamp,
            "parent_id": parent,
            "timestamp": comment.timestamp,
            "like_count": comment.like_count,
            "person": person(self._graph.account, comment.username),
            "is_own": comment.username == self._brand if comment.username and self._brand else None,
        }
        return [msgspec.json.encode(record)]
