"""Rest.li 2.0 as LinkedIn speaks it: errors, queries whose quoting is their structure, pages of a list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from pipeline.simulator.rest import RestError
from pipeline.simulator.wire import Reply, Request

INTERVALS = re.compile(r"\(timeRange:\(start:(\d+),end:(\d+)\),timeGranularityType:(DAY|WEEK|MONTH)\)")
LIST = re.compile(r"List\(([^()]*)\)")
DAY_MS = 86_400_000
LONGEST_ADDRESS = 4096
MOST_PER_PAGE = 100
MONTHS_ALIVE = 12
Row = dict[str, Any]


def error(status: int, code: str, message: str, number: int | None = None) -> Reply:
    body: Row = {"status": status, "code": code, "message": message}
    return Reply(body if number is None else {**body, "serviceErrorCode": number}, status=status)


def refused(status: int, code: str, message: str) -> RestError:
    return RestError(error(status, code, message))


def illegal(message: str) -> RestError:
    return refused(400, "ILLEGAL_ARGUMENT", message)


def query_of(request: Request) -> Mapping[str, str]:
    """The parameters as they were written: of the address, or of the body of a POST that stands for a GET."""
    if request.method == "POST":
        if request.headers.get("x-http-method-override") != "GET" or "?" in request.target:
            raise refused(405, "METHOD_NOT_ALLOWED", "POST is not supported here")
        text = request.body.decode("utf-8", "replace")
    elif request.method != "GET":
        raise refused(405, "METHOD_NOT_ALLOWED", f"{request.method} is not supported here")
    else:
        text = request.target.partition("?")[2]
        if len(request.target) > LONGEST_ADDRESS:
            raise refused(414, "URI_TOO_LONG", "URI Too Long")
    pairs = [part.partition("=") for part in text.split("&") if part]
    names = [name for name, _, _ in pairs]
    if len(names) != len(set(names)):
        raise illegal("A parameter comes twice")
    return {name: value for name, _, value in pairs}


def known(query: Mapping[str, str], needed: Collection[str], allowed: Collection[str] = ()) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in query:
        if name not in {*needed, *allowed}:
            raise illegal(f"Unpermitted fields present in PARAMETER: Data Processing Exception on [/{name}]")
    for name in needed:
        if name not in query:
            raise illegal(f"Parameter {name} is required")


def finder(query: Mapping[str, str], name: str) -> None:
    if query.get("q") != name:
        raise illegal(f"Finder '{query.get('q')}' is not supported by this resource")


def listed(query: Mapping[str, str], name: str) -> list[str]:
    """The names of a ``List(…)``: its parentheses and commas stand bare, its values are quoted."""
    if name not in query:
        return []
    found = LIST.fullmatch(query[name])
    if found is None or ":" in found[1]:
        raise illegal(f"Invalid value for param {name}; wrong type or other syntax error")
    return [unquote(each) for each in found[1].split(",") if each]


def interval(query: Mapping[str, str]) -> tuple[date, date] | None:
    """First and last day that are asked for; the platform's end is exclusive."""
    if "timeIntervals" not in query:
        return None
    found = INTERVALS.fullmatch(query["timeIntervals"])
    if found is None or found[3] != "DAY":
        raise illegal("Invalid timeIntervals parameter")
    start, end = int(found[1]), int(found[2])
    if end - start < DAY_MS or end > 4 * 10**12:
        raise illegal("Invalid timeIntervals parameter")
    last = datetime.fromtimestamp(end / 1000, UTC) - timedelta(milliseconds=1)
    return datetime.fromtimestamp(start / 1000, UTC).date(), last.date()


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def time_range(day: date) -> Row:
    start = milliseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))
    return {"start": start, "end": start + DAY_MS}


def elements(rows: Sequence[Row]) -> Reply:
    """All rows at once, as statistics come: the count that it names is not theirs."""
    return Reply({"paging": {"start": 0, "count": 10, "links": []}, "elements": list(rows)})


def page(request: Request, query: Mapping[str, str], rows: Sequence[Row | None], *, told: bool = True) -> Reply:
    """One page of the list. A None holds its place, but the reader may not see it: such a page is short.

    ``told``: the answer names the total.
    """
    start, count = _number(query, "start", 0), _number(query, "count", 10)
    if not 1 <= count <= MOST_PER_PAGE:
        raise illegal(f"count must be between 1 and {MOST_PER_PAGE}")
    links = []
    if start + count < len(rows):
        path = request.path.removeprefix("/linkedin")
        others = "&".join(f"{name}={value}" for name, value in query.items() if name not in {"start", "count"})
        href = f"{path}?{others}&count={count}&start={start + count}"
        links.append({"type": "application/json", "rel": "next", "href": href})
    paging: Row = {"start": start, "count": count, "links": links}
    shown = [row for row in rows[start : start + count] if row is not None]
    if told:
        paging["total"] = len(rows)
    return Reply({"paging": paging, "elements": shown})


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or len(text) > 9:
        raise illegal(f"Invalid value for param {name}; wrong type or other syntax error")
    return int(text)


def check_version(text: str | None, today: date) -> None:
    """A version is a month: there from its own month on, gone a year later."""
    if text is None:
        raise refused(
            400, "VERSION_MISSING", "A version must be present. Please specify a version by adding the Version header."
        )
    known_month = re.fullmatch(r"(20\d\d)(0[1-9]|1[0-2])", text)
    age = (today.year - int(known_month[1])) * 12 + today.month - int(known_month[2]) if known_month else -1
    if not 0 <= age <= MONTHS_ALIVE or (age == MONTHS_ALIVE and today.day > 15):
        raise RestError(inactive(text))


def inactive(version: str) -> Reply:
    return error(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
