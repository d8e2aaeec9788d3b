"""Walking through a list page by page without losing the last one, looping, or following a link.

Each walk is a generator over whatever ``ask`` makes of a page. A link that a platform sends is
reduced to its cursor and the request is built anew, because a link is data from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from pipeline.errors import SourceChanged
from pipeline.http.origin import origin_of
from pipeline.streams import Window

T = TypeVar("T")

# Far above any real account (100 records a page), far below for ever.
MOST_PAGES = 100_000
_LONGEST_CURSOR = 8192


def by_cursor(ask: Callable[[str | None], tuple[T, str | None]], *, most: int = MOST_PAGES) -> Iterator[T]:
    """Pages until one has no next cursor. ``ask(cursor)`` gives the page and the next cursor.

    The first call gets None. A short or empty page does not end the walk. SourceChanged where a
    cursor comes twice (it would never end) or after ``most`` pages.
    """
    cursor: str | None = None
    seen: set[str] = set()
    for _ in range(most):
        page, cursor = ask(cursor)
        if cursor is not None:
            if cursor in seen:
                raise SourceChanged("the paging goes in a circle: a cursor came a second time")
            seen.add(cursor)
        yield page
        if cursor is None:
            return
    raise SourceChanged(f"the paging has no end: {most} pages")


def by_page(ask: Callable[[int], tuple[T, int | None]], *, most: int = MOST_PAGES) -> Iterator[T]:
    """Pages 1, 2, … up to the total that the platform names. ``ask(number)`` gives page and total.

    The newest total counts, since a list may grow while it is read; a short page does not end the
    walk. SourceChanged where a page names no total, or a total that nobody could have.
    """
    number = 1
    while True:
        page, total = ask(number)
        if total is None or not 0 <= total <= most:
            raise SourceChanged(f"page {number} does not say how many pages there are")
        yield page
        if number >= total:
            return
        number += 1


def by_window(since: date, until: date, days: int) -> Iterator[Window]:
    """The days from ``since`` to ``until`` (both inclusive) in windows of at most ``days`` days, oldest first."""
    if days < 1:
        raise ValueError("a window has at least one day")
    while since <= until:
        last = min(until, since + timedelta(days=days - 1))
        yield Window(since, last)
        since = last + timedelta(days=1)


def cursor_of(next_url: str | None, base: str, name: str) -> str | None:
    """The parameter ``name`` of a ``next`` link, None where there is no link.

    SourceChanged where the link leads to another scheme, host or port than ``base``, or where it
    has not exactly one such parameter. The link itself is never asked.
    """
    if not next_url:
        return None
    origin = origin_of(next_url) if isinstance(next_url, str) else None
    if origin is None or origin != origin_of(base):
        where = f"{origin.scheme}://{origin.host}:{origin.port}" if origin else "something that is no web address"
        raise SourceChanged(f"the link to the next page leads elsewhere: {where}")
    query = parse_qsl(urlsplit(next_url).query, keep_blank_values=True)
    found = [value for key, value in query if key == name]
    if len(found) != 1 or not 0 < len(found[0]) <= _LONGEST_CURSOR:
        raise SourceChanged(f"the link to the next page has no usable {name}")
    return found[0]
