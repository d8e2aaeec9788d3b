"""Orders page by page, counted before and, where the numbers differ, afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.paging import by_cursor
from pipeline.records import objects
from pipeline.settings import Account
from pipeline.sources._answers import whole
from pipeline.sources.shopify import queries
from pipeline.sources.shopify.api import Api
from pipeline.sources.shopify.errors import TooCostly
from pipeline.sources.shopify.orders import without_people
from pipeline.streams import Page, Unit

# An order is 12 objects, and one query may ask for 1,000 of them.
A_PAGE = 80


class _Count(msgspec.Struct):
    count: msgspec.Raw
    precision: str = "EXACT"


class _Counted(msgspec.Struct, rename="camel"):
    orders_count: _Count


class _PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool
    end_cursor: str | None = None


class _Orders(msgspec.Struct, rename="camel"):
    page_info: _PageInfo
    nodes: list[msgspec.Raw]


class _Listed(msgspec.Struct):
    orders: _Orders


def search(account: Account, unit: Unit, http: Session) -> str:
    """Every page and every count is of the same orders: those that the shop knew at its first answer."""
    begin, end = unit.window.since, unit.window.until + timedelta(days=1)
    words = [
        f"updated_at:>='{_utc(_midnight(begin, account.time_zone))}'",
        f"created_at:<'{_utc(_midnight(end, account.time_zone))}'",
    ]
    if http.first_date is not None:
        words.append(f"updated_at:<='{http.first_date}'")
    return " ".join(words)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def counted(api: Api, search: str) -> tuple[int, bool]:
    told = api.ask(queries.COUNT, {"query": search}, _Counted, "the number of orders").orders_count
    count = whole(told.count)
    if count is None:
        raise SourceChanged("the shop does not say how many orders there are")
    return count, told.precision == "EXACT"


def listed(api: Api, search: str) -> Iterator[list[bytes]]:
    """The orders page by page; a page that costs more than a query may is halved."""
    size = A_PAGE

    def ask(cursor: str | None) -> tuple[list[bytes], str | None]:
        nonlocal size
        while True:
            try:
                page = api.ask(
                    queries.ORDERS, {"first": size, "after": cursor, "query": search}, _Listed, "the orders"
                ).orders
            except TooCostly:
                if size == 1:
                    raise
                size //= 2
                continue
            more = page.page_info
            if more.has_next_page and not more.end_cursor:
                raise SourceChanged("the orders go on, but the shop does not say where")
            return objects(page.nodes), more.end_cursor if more.has_next_page else None

    return by_cursor(ask)


def confirmed(api: Api, search: str, announced: int, found: int) -> int:
    """How many orders there are in truth. An order that was changed meanwhile has left the search."""
    if found == announced:
        return found
    remaining, _ = counted(api, search)
    if not remaining <= found <= announced:
        raise SourceChanged(
            f"the orders: {announced} were announced, {found} came and {remaining} are there now; a page was lost"
        )
    return found


def unique(pages: Iterable[list[bytes]], confirmed: Callable[[int], int] | None) -> Iterator[Page]:
    """Every order once, without its buyer; with the last page the number of them."""
    seen: set[str] = set()
    for page in pages:
        fresh = []
        for order in page:
            name, record = without_people(order)
            if name not in seen:
                seen.add(name)
                fresh.append(record)
        yield Page("orders", fresh)
    yield Page("orders", [], confirmed(len(seen)) if confirmed else len(seen))
