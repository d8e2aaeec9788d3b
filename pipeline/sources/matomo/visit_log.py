"""The log of single visits (``Live.getLastVisitsDetails``), reduced to what a journey is made of.

Documentation: https://developer.matomo.org/api-reference/reporting-api (module Live)

* The log has whoever came: an address, a cookie, a name, a place, a browser, every page. None of it leaves this
  module but the cookie, as a keyed hash.
* It is a list without a total, the visit that ended last first. A visit that is added or deleted while it is
  read shifts the pages: each page begins with the visit that ended the one before, or the day is read again.
* An owner may switch it off, for a site or for all; a token may view reports and not this.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from pipeline.errors import SourceChanged, SourceUnavailable
from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources._persons import person
from pipeline.sources.matomo.bulk import MOST_CALLS, Question, answers
from pipeline.sources.matomo.reports import NoAccessError, NotGivenError
from pipeline.streams import Absent, Note, Page, Unit, Yield

STREAM: Final = "visit_log"
_METHOD: Final = "Live.getLastVisitsDetails"
# Some kilobytes each: as many as an answer can hold without harm, over all the days of a request.
_VISITS_A_REQUEST: Final = 2000
_MOST_READINGS: Final = 3
_MOST_NAMED: Final = 5
_CAMPAIGN: Final = ("utm_", "mtm_", "pk_")
_NOT_GIVEN: Final = (
    "the log of visits is not given: let the token's user view the site, switch on the visits log (plugin Live) for"
    " it, or set visit_log = false"
)

_Text = str | int | float | None


class _Action(msgspec.Struct, rename="camel"):
    type: str = ""
    url: str | None = None
    goal_id: _Text = None
    order_id: _Text = None
    revenue: msgspec.Raw = msgspec.Raw(b"null")


class _Visit(msgspec.Struct, rename="camel"):
    id_visit: str | int
    visitor_id: str | None = None
    first_action_timestamp: str | int | None = None
    server_timestamp: str | int | None = None
    referrer_type: str | None = None
    referrer_name: _Text = None
    referrer_url: str | None = None
    campaign_name: _Text = None
    campaign_keyword: _Text = None
    campaign_source: _Text = None
    campaign_medium: _Text = None
    campaign_content: _Text = None
    # A list whose numbers have a gap comes as an object.
    action_details: list[_Action] | dict[str, _Action] = []


class _ShiftedError(Exception):
    """The list is not the one that the page before was of."""


class _Day:
    """How far the log of one day is read."""

    def __init__(self, day: date, counted: int) -> None:
        self.day = day.isoformat()
        self.counted = counted
        self.records: dict[str, bytes] = {}
        self.is_done = False
        self._last: str | None = None
        self._readings = 1

    def question(self, size: int) -> Question:
        place = {"filter_limit": str(size), "filter_offset": str(max(0, len(self.records) - 1))}
        return Question(_METHOD, {"period": "day", "date": self.day, **place})

    def take(self, account: Account, page: list[_Visit], size: int) -> None:
        """The visits of a page; from the first one again where the list has shifted since the page before."""
        try:
            new = self._following(page)
        except _ShiftedError:
            if self._readings == _MOST_READINGS:
                raise SourceUnavailable(f"the log of {self.day} shifts whenever it is read") from None
            self.records, self._last, self._readings = {}, None, self._readings + 1
            return
        for visit in new:
            self._last = str(visit.id_visit)
            self.records[self._last] = _record(account, self.day, visit)
        self.is_done = not new or (len(page) < size and len(self.records) >= self.counted)

    def _following(self, page: list[_Visit]) -> list[_Visit]:
        if self._last is not None and (not page or str(page[0].id_visit) != self._last):
            raise _ShiftedError
        new = page if self._last is None else page[1:]
        numbers = {str(visit.id_visit) for visit in new}
        if len(numbers) < len(new) or numbers & self.records.keys():
            raise _ShiftedError
        return new


def visit_log(account: Account, unit: Unit, http: Session, counted: Mapping[str, int]) -> Iterator[Yield]:
    """The visits of each day of the unit. ``counted``: how many of them the report of the visits has, by day."""
    fewer: list[str] = []
    came = False
    span = (unit.window.until - unit.window.since).days + 1
    days = [unit.window.since + timedelta(days=n) for n in range(span)]
    walked = _walk(account, http, [_Day(day, counted.get(day.isoformat(), 0)) for day in days])
    try:
        for day in walked:
            yield Page(STREAM, list(day.records.values()))
            came = came or bool(day.records)
            fewer += [day.day] if len(day.records) < day.counted else []
    except (NoAccessError, NotGivenError) as refused:
        if came:
            raise
        yield Absent(STREAM, f"{_NOT_GIVEN}: {refused}")
    if fewer:
        named = ", ".join(fewer[:_MOST_NAMED]) + (
            f" and {len(fewer) - _MOST_NAMED} more" if fewer[_MOST_NAMED:] else ""
        )
        yield Note(
            "visits_not_in_log",
            f"the log has fewer visits than were counted on {named}: they were deleted, or are held back",
        )


def _walk(account: Account, http: Session, days: Sequence[_Day]) -> Iterator[_Day]:
    """Read several days side by side, a page of each in a request, and give each when it has come to its end."""
    # The longest first: none of them is left for requests of its own.
    waiting, read = deque(sorted(days, key=lambda day: -day.counted)), list[_Day]()
    while waiting or read:
        while waiting and len(read) < MOST_CALLS:
            read.append(waiting.popleft())
        size = _VISITS_A_REQUEST // len(read)
        for day, part in zip(read, answers(account, http, [day.question(size) for day in read]), strict=True):
            day.take(account, decode(part.read(), list[_Visit], f"the log of {day.day}"), size)
        yield from (day for day in read if day.is_done)
        read = [day for day in read if not day.is_done]


def _record(account: Account, day: str, visit: _Visit) -> bytes:
    details = visit.action_details
    actions = list(details.values()) if isinstance(details, dict) else details
    landing = next((action.url for action in actions if action.type == "action" and action.url), "")
    record = {
        "day": day,
        "idVisit": str(visit.id_visit),
        "visitor": person(account, visit.visitor_id),
        "started_at": _started(visit),
        "referrerType": visit.referrer_type,
        "referrerName": visit.referrer_name,
        "referrerHost": _host(visit.referrer_url),
        "campaignName": visit.campaign_name,
        "campaignKeyword": visit.campaign_keyword,
        "campaignSource": visit.campaign_source,
        "campaignMedium": visit.campaign_medium,
        "campaignContent": visit.campaign_content,
        "landing": _campaign_parameters(landing),
        "goals": [str(action.goal_id) for action in actions if action.type == "goal" and action.goal_id is not None],
        "orders": [
            {"orderId": str(action.order_id), "revenue": action.revenue}
            for action in actions
            if action.type == "ecommerceOrder" and action.order_id is not None
        ],
    }
    return msgspec.json.encode(record)


def _started(visit: _Visit) -> str:
    """When the visit began, in UTC; servers that do not tell its first action tell one moment of it."""
    told = visit.first_action_timestamp or visit.server_timestamp
    try:
        return datetime.fromtimestamp(int(told or ""), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        raise SourceChanged(f"a visit of the log has no usable time: {told!r}") from None


def _host(address: str | None) -> str | None:
    """Whose page led here. Its path and query may name somebody."""
    try:
        return urlsplit(address or "").hostname
    except ValueError:
        return None


def _campaign_parameters(address: str) -> dict[str, str]:
    """What the link carried for analytics, a shortener's too: it leads here with all that it was given."""
    try:
        query = urlsplit(address).query
    except ValueError:
        return {}
    return {name: value for name, value in parse_qsl(query) if name.lower().startswith(_CAMPAIGN)}
