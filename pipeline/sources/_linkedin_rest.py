"""Asking LinkedIn in Rest.li 2.0: queries built by hand, and lists whose short pages are no end.

In this syntax the parentheses, commas and colons of a query are its structure and stay as they are,
while those inside a value are quoted. An encoder that quotes everything breaks every such query.
Documentation: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/protocol-version
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Answer, Session
from pipeline.paging import by_cursor
from pipeline.records import objects
from pipeline.settings import Account
from pipeline.sources._answers import decode, whole
from pipeline.sources._linkedin_errors import judge
from pipeline.streams import Window

# The platform refuses addresses of more than 4 KiB; what is longer goes through the tunnel.
LONGEST_QUERY = 4000
DAY_MS = 86_400_000


class _Link(msgspec.Struct):
    rel: str = ""
    href: str = ""


class _Paging(msgspec.Struct):
    links: list[_Link] | None = None
    total: msgspec.Raw = msgspec.Raw(b"null")


class _List(msgspec.Struct):
    elements: list[msgspec.Raw]
    paging: _Paging | None = None


def quoted(value: str) -> str:
    """A value inside a query or a path, so that nothing of it is taken for structure."""
    return quote(value, safe="")


def listed(values: Iterable[str]) -> str:
    return f"List({','.join(map(quoted, values))})"


def milliseconds(day: date) -> int:
    """Midnight UTC at which the day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def by_day(window: Window) -> str:
    """The interval of a window in days. Its end is exclusive."""
    since, end = milliseconds(window.since), milliseconds(window.until + timedelta(days=1))
    return f"timeIntervals=(timeRange:(start:{since},end:{end}),timeGranularityType:DAY)"


@dataclass(frozen=True)
class Rest:
    """One organization's page, or one advertising account, through one session."""

    account: Account
    http: Session

    @property
    def organization(self) -> str:
        return f"urn:li:organization:{self.account.id}"

    def get(self, path: str, query: str, *, permission: str) -> Answer:
        """One answer, through the tunnel where the query is too long for an address."""
        ask = self.http.tunnel if len(query) > LONGEST_QUERY else self.http.get
        return ask(path, query, judge=partial(judge, permission=permission))

    def pages(self, path: str, query: str, *, permission: str, what: str, count: int = 0) -> Iterator[list[bytes]]:
        """The elements of a list, page by page, until nothing says that there are more.

        A page may lack rows that the reader may not see, so only its link, its total or, without
        both, its fullness tells whether another one follows. ``count`` 0: pages as the platform
        makes them. A list that becomes shorter while it is read moves to the left: the page before
        is read again.
        """
        known, found = 0, 0

        def ask(cursor: str | None) -> tuple[list[bytes], str | None]:
            nonlocal known, found
            start = int(cursor or 0)
            page = self._page(path, query, start, count, permission, what)
            elements, total = list(page.elements), _total(page)
            if count and start and total is not None and total < known:
                elements = [
                    *self._page(path, query, max(0, start - count), count, permission, what).elements,
                    *elements,
                ]
            known = total if total is not None else known
            found += len(elements)
            return objects(elements), _next(page, start, count, what)

        yield from by_cursor(ask)
        if known and not found:
            raise SourceChanged(f"{what}: the list is empty although the platform announces {known}")

    def _page(self, path: str, query: str, start: int, count: int, permission: str, what: str) -> _List:
        paging = [f"count={count}"] if count else []
        paging += [f"start={start}"] if count or start else []
        return decode(self.get(path, "&".join(filter(None, [query, *paging])), permission=permission), _List, what)


def _total(page: _List) -> int | None:
    return whole(page.paging.total) if page.paging else None


def _next(page: _List, start: int, count: int, what: str) -> str | None:
    """Where the next page begins, None at the end. The link itself is never followed."""
    linked = [link.href for link in (page.paging.links or ()) if link.rel == "next"] if page.paging else []
    if linked:
        said = [value for name, value in parse_qsl(urlsplit(linked[0]).query) if name == "start"]
        if len(said) != 1 or not said[0].isdecimal() or int(said[0]) <= start:
            raise SourceChanged(f"{what}: the link to the next page does not lead on")
        return said[0]
    total = _total(page)
    more = count > 0 and (start + count < total if total is not None else len(page.elements) >= count)
    return str(start + count) if more else None


def batches(urns: list[str], size: int) -> Iterator[list[str]]:
    return (urns[at : at + size] for at in range(0, len(urns), size))
