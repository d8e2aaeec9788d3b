"""The WordPress REST API's manners, which its shop shares: routes, dates, pages, fields, errors."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from functools import wraps
from math import ceil
from typing import Any, TypeVar

from pipeline.simulator.face import Again, Args
from pipeline.simulator.wire import Pairs, Reply, Request, page
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import PARIS

Item = TypeVar("Item")
Row = dict[str, Any]

PAGING = frozenset({"page", "per_page", "offset", "order", "orderby", "_fields", "context", "rest_route"})
DATE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")
MOST_PER_PAGE = 100


class RestError(Exception):
    """An error answer on its way out of the code that builds an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def answering(answer: Callable[[Request, World, date], Reply]) -> Callable[[Request, World, date], Reply]:
    """The same, with an error that was raised on the way as the answer."""

    @wraps(answer)
    def answered(request: Request, world: World, night: date) -> Reply:
        try:
            return answer(request, world, night)
        except RestError as refused:
            return refused.reply

    return answered


def error(code: str, message: str, status: int, **data: object) -> Reply:
    return Reply({"code": code, "message": message, "data": {"status": status, **data}}, status=status)


def invalid(name: str, why: str) -> RestError:
    return RestError(error("rest_invalid_param", f"Invalid parameter(s): {name}", 400, params={name: why}))


def no_route() -> Reply:
    return error("rest_no_route", "No route was found matching the URL and request method.", 404)


def route_of(request: Request, prefix: str) -> str | None:
    """The REST route, from a plain (``?rest_route=``) or a pretty (``/wp-json``) address."""
    path = request.path.removeprefix(prefix)
    if path in {"", "/", "/index.php"}:
        return request.params.get("rest_route")
    return (path.removeprefix("/wp-json").rstrip("/") or "/") if path.startswith("/wp-json") else None


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """(user, password) of a Basic authorisation, None where there is none that can be read."""
    kind, _, coded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, password = b64decode(coded).decode().partition(":")
    except (ValueError, binascii.Error):
        return None
    return user, password


def known(request: Request, names: frozenset[str]) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in request.params:
        if name not in names | PAGING:
            raise invalid(name, f"{name} is not a parameter of this route.")


def instant(request: Request, name: str, zone: tzinfo = PARIS) -> datetime | None:
    """A date parameter as an instant; without an offset it is read in ``zone``."""
    text = request.params.get(name)
    if text is None:
        return None
    if not DATE.fullmatch(text):
        raise invalid(name, "Invalid date.")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(name, "Invalid date.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def within(
    request: Request,
    items: Sequence[Item],
    after: str,
    before: str,
    of: Callable[[Item], datetime],
    zone: tzinfo,
) -> list[Item]:
    """The items strictly after and strictly before what the request says."""
    begin, end = instant(request, after, zone), instant(request, before, zone)
    return [item for item in items if (begin is None or of(item) > begin) and (end is None or of(item) < end)]


def number(request: Request, name: str, default: int, low: int, high: int | None = None) -> int:
    text = request.params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < low or (high is not None and int(text) > high):
        limits = f"{low} (inclusive) and {high} (inclusive)" if high else f"at least {low}"
        raise invalid(name, f"{name} must be between {limits}")
    return int(text)


def ordered(
    request: Request,
    items: list[Item],
    keys: dict[str, Callable[[Item], Any]],
    identity: Callable[[Item], int],
) -> list[Item]:
    """The items by ``orderby`` (date) and ``order`` (desc); equal ones by id."""
    orderby, order = request.params.get("orderby", "date"), request.params.get("order", "desc")
    if orderby not in keys:
        raise invalid("orderby", f"orderby is not one of {', '.join(keys)}.")
    if order not in {"asc", "desc"}:
        raise invalid("order", "order is not one of asc and desc.")
    key = keys[orderby]
    return sorted(items, key=lambda item: (key(item), identity(item)), reverse=order == "desc")


def collection(request: Request, items: Sequence[Item], shape: Callable[[Item], Row], beyond: Reply | None) -> Reply:
    """One page of the items with its totals. ``beyond``: the error for a page after the last one."""
    per_page = number(request, "per_page", 10, 1, MOST_PER_PAGE)
    current = number(request, "page", 1, 1)
    total, pages = len(items), ceil(len(items) / per_page)
    if current > pages and total and beyond is not None:
        return beyond
    start = number(request, "offset", (current - 1) * per_page, 0)
    rows = [picked(shape(item), request.params.get("_fields")) for item in items[start : start + per_page]]
    headers: list[tuple[str, str]] = [("X-WP-Total", str(total)), ("X-WP-TotalPages", str(pages))]
    links = []
    if current > 1:
        links.append(f'<{request.url(page=current - 1)}>; rel="prev"')
    if current < pages:
        links.append(f'<{request.url(page=current + 1)}>; rel="next"')
    if links:
        headers.append(("Link", ", ".join(links)))
    return Reply(rows, headers=tuple(headers))


def picked(row: Row, fields: str | None) -> Row:
    """The row reduced to ``_fields``, which may lead into objects (``title.rendered``)."""
    if not fields:
        return row
    kept: Row = {}
    for path in (field.strip().split(".") for field in fields.split(",")):
        source, target = row, kept
        for name in path[:-1]:
            if not isinstance(source.get(name), dict):
                break
            source, target = source[name], target.setdefault(name, {})
        else:
            if path[-1] in source:
                target[path[-1]] = source[path[-1]]
    return kept


def local_time(moment: datetime | None) -> str | None:
    return moment.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def gmt_time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def too_many(request: Request, args: Args) -> Reply | None:
    """The host's firewall, which knows nothing of JSON; ``args``: ``retry_after`` (30)."""
    del request
    headers: Pairs = (("Retry-After", str(args.get("retry_after", 30))),)
    return page("<html><head><title>429 Too Many Requests</title></head></html>", 429, headers)


def is_collection(reply: Reply) -> bool:
    return reply.status == 200 and isinstance(reply.document, list)


def short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A page that lacks its last row although the totals count it: the reader may not see it."""
    del request, args, again
    if not is_collection(reply) or not isinstance(reply.document, list):
        return reply
    return replace(reply, document=reply.document[:-1])


def empty_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """No rows, although the totals say that there are some."""
    del request, args, again
    return replace(reply, document=[]) if is_collection(reply) else reply


def missing_next(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Neither totals nor link: a proxy has swallowed the headers."""
    del request, args, again
    gone = {"x-wp-total", "x-wp-totalpages", "link"}
    return replace(reply, headers=tuple(pair for pair in reply.headers if pair[0].lower() not in gone))


def page_drift(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Something came in front while the list was read: every later page begins ``rows`` (1) rows earlier.

    A negative ``rows`` means that something left, so rows are skipped.
    """
    current = request.params.get("page", "1")
    if not is_collection(reply) or current == "1" or not current.isdecimal():
        return reply
    per_page = int(request.params.get("per_page", 10))
    start = max(0, (int(current) - 1) * per_page - int(args.get("rows", 1)))
    moved = again(request.having(offset=start))
    return replace(moved, headers=reply.headers)
