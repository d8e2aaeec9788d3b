"""What people wrote under the posts of the window: who (as a hash), when, in answer to what. Never the words.

The comments come inside the list of posts, a hundred of each post, and cost no request of their own; only a post
with more of them is asked for the others. Posts of the window are read to their last comment every night, because
nothing but the whole list says what was deleted: ``since`` or the newest first would hide it. So a night's reading
grows with what is written under the posts of the window, and not with the history of the page.

A token without ``pages_read_user_content`` is refused the comments, or is shown them without people: then nothing
of them is kept, and the posts still say how many there are.
Documentation: https://developers.facebook.com/docs/graph-api/reference/object/comments/
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Answer
from pipeline.paging import by_cursor
from pipeline.sources._answers import decode, moment, whole
from pipeline.sources._graph_calls import Params
from pipeline.sources._graph_errors import ObjectMissing, PermissionMissing, TooMuchData
from pipeline.sources._graph_lists import Edge, InnerEdge, next_of
from pipeline.sources._pacific import day_of
from pipeline.sources._persons import person
from pipeline.sources.facebook.graph import Graph
from pipeline.streams import Absent, Page, Window, Yield

T = TypeVar("T")

STREAM = "post_comments"

_A_PAGE = 100
# The text is not asked for. The person is, and becomes a hash before anything is kept.
_FIELDS = "id,created_time,from{id},parent{id}"
_COUNTED = "comments.filter(stream).limit(0).summary(true)"
_HIDDEN = (
    "grant the permission pages_read_user_content and renew the page access token: the platform counts the comments"
    " of others, and shows neither them nor who wrote them"
)


class _Named(msgspec.Struct):
    id: str | int | None = None


class _Comment(msgspec.Struct):
    created_time: str
    id: str | None = None
    writer: _Named | None = msgspec.field(name="from", default=None)
    parent: _Named | None = None


class _Summary(msgspec.Struct):
    total_count: msgspec.Raw = msgspec.Raw(b"null")


class _Inside(InnerEdge):
    """The list as it comes inside its post."""

    summary: _Summary | None = None


class Comments:
    """Takes the comments out of posts, and hands them on once it is sure that people are shown to the token.

    ``page`` is the page's own id: what it wrote is the brand's.
    """

    def __init__(self, graph: Graph, window: Window, page: str) -> None:
        self._graph, self._window, self._page = graph, window, page
        self._portion = _A_PAGE
        self._held: list[bytes] = []
        # A list that moves while it is read shows a post twice.
        self._taken: set[str] = set()
        # Somebody else's comment came with its person; one came without; one without its id; all were refused.
        self._named = self._hidden = self._nameless = False
        self._refused: str | None = None

    @property
    def are_read(self) -> bool:
        """Whether they are asked for, and not only their number."""
        return self._refused is None

    @property
    def field(self) -> str:
        """How the list of posts is asked for the comments, or for their number alone."""
        read = f"comments.filter(stream).limit({self._portion}).summary(true){{{_FIELDS}}}"
        return read if self.are_read else _COUNTED

    def refuse(self, refused: PermissionMissing) -> None:
        """Only count from now on. Raises what was refused where the comments were not the reason."""
        if not self.are_read or self._named:
            raise refused
        self._refused = str(refused)

    def lighten(self) -> bool:
        """Ask for fewer comments at a time; False where there is nothing left to save."""
        lighter = self.are_read and self._portion > 1
        self._portion = max(1, self._portion // 10)
        return lighter

    def take(self, post: str, published: str, edge: msgspec.Raw) -> None:
        """Note what is written under a post; ``edge`` is what came inside it."""
        if bytes(edge) in {b"", b"null"} or not self.are_read or post in self._taken:
            return
        self._taken.add(post)
        first, found = _read(edge, _Inside, "the comments of a post"), 0
        for comments in self._pages(post, first):
            found += len(comments.data)
            for comment in comments.data:
                self._note(post, published, _read(comment, _Comment, "a comment"))
        self._hidden |= not found and bool(whole(first.summary.total_count) if first.summary else 0)

    def ready(self) -> Iterator[Yield]:
        """What may be handed on."""
        if self._named and self._held:
            yield Page(STREAM, self._held)
            self._held = []

    def rest(self) -> Iterator[Yield]:
        """What is left after the last post, or why there is nothing."""
        if self._refused is not None:
            yield Absent(STREAM, self._refused)
        elif self._hidden and not self._named:
            yield Absent(STREAM, _HIDDEN)
        else:
            yield Page(STREAM, self._held)

    def _note(self, post: str, published: str, comment: _Comment) -> None:
        """Keep it, unless it was written after the window: then it belongs to the night that comes."""
        writer = str(comment.writer.id) if comment.writer and comment.writer.id is not None else None
        self._nameless |= comment.id is None
        self._hidden |= self._nameless or writer is None
        self._named |= comment.id is not None and writer not in {None, self._page}
        if self._named and self._nameless:
            raise SourceChanged(f"some comments have an id and others have none: the post {post}")
        if _day(comment) > self._window.until:
            return
        record = {
            "id": comment.id,
            "post_id": post,
            "post_created_time": published,
            "parent_id": str(comment.parent.id) if comment.parent and comment.parent.id is not None else None,
            "created_time": comment.created_time,
            "person": person(self._graph.account, writer),
            "is_own": writer == self._page if writer is not None else None,
        }
        self._held.append(msgspec.json.encode(record))

    def _pages(self, post: str, first: Edge) -> Iterator[Edge]:
        """The list as it came inside its post, and what it goes on with."""

        def page(cursor: str | None) -> tuple[Edge, str | None]:
            edge = first if cursor is None else self._more(post, cursor)
            return edge, next_of(edge, self._portion, self._graph.account.base)

        yield from by_cursor(page)

    def _more(self, post: str, cursor: str) -> Edge:
        try:
            return _read(self._ask(post, cursor), Edge, "the comments of a post")
        except ObjectMissing:
            # Deleted since the list was read.
            return Edge([])
        except PermissionMissing as refused:
            self.refuse(refused)
            return Edge([])

    def _ask(self, post: str, cursor: str) -> Answer:
        while True:
            params: Params = (("fields", _FIELDS), ("filter", "stream"), ("limit", self._portion), ("after", cursor))
            try:
                return self._graph.comments(post, params)
            except TooMuchData:
                if not self.lighten():
                    raise


def _read(told: Answer | msgspec.Raw, shape: type[T], what: str) -> T:
    """As ``decode``; its error does not quote what came, because people wrote it."""
    try:
        return decode(told, shape, what)
    except SourceChanged as fault:
        raise SourceChanged(str(fault).partition("): ")[0] + ")") from None


def _day(comment: _Comment) -> date:
    """The Pacific day on which it was written."""
    return day_of(moment(comment.created_time, f"the comment {comment.id}"))
