"""Lists of the Graph API: one object after the other, and where the list goes on."""

from __future__ import annotations

import msgspec

from pipeline.paging import cursor_of


class Cursors(msgspec.Struct):
    after: str | None = None


class Paging(msgspec.Struct):
    cursors: Cursors | None = None
    next: str | None = None


class Edge(msgspec.Struct):
    """A list of objects that an answer consists of."""

    data: list[msgspec.Raw]
    paging: Paging | None = None


class InnerEdge(Edge):
    """A list inside another object: where nothing but its number was asked for, it has no ``data``."""

    data: list[msgspec.Raw] = msgspec.field(default_factory=list)


def next_of(edge: Edge, limit: int, base: str) -> str | None:
    """The cursor of the page after ``edge``, which was asked at ``base`` for ``limit`` objects.

    A full page without a link is not believed to be the last one: its cursor is asked as well.
    """
    paging = edge.paging or Paging()
    if paging.next is not None:
        return cursor_of(paging.next, base, "after")
    return paging.cursors.after if paging.cursors and len(edge.data) >= limit else None
