"""impact.com: the commissions that a partner of brands earns by actions on their sites.

1,000 requests an hour, told with every answer. A night costs one for each thousand actions that changed.
Documentation: https://integrations.impact.com/impact-publisher/reference/actions

Quirks that shape this module:

* An action stays pending for weeks, then it is approved or reversed: actions are asked for by the day on which they
  changed last, so that old ones come back when they do. A list covers 45 days at most.
* Lists have pages; the number of actions and the address of the next page are texts of the envelope (``@total``,
  ``@nextpageuri``, an address without its host).
* Amounts are texts, in the action's own currency; moments have a zone.
* What tells of the buyer (order number, code, city, country) is dropped at the door.
* Without the header ``Accept`` some answers are XML; without ``IR-Version`` the account's own version answers.
* A token of a scope that lacks Actions is refused with 403.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Limits, Rates, Session, judge_status, retry_after
from pipeline.http.dialects import seconds_left_headers
from pipeline.paging import by_cursor, by_window, cursor_of
from pipeline.records import objects
from pipeline.settings import Account
from pipeline.sources._answers import decode, guarded, whole
from pipeline.sources._commissions import kept_of
from pipeline.streams import Page, Stream, Unit, Window, Yield

PLATFORM = "impact"
KIND: Literal["affiliate"] = "affiliate"
ORIGIN: Literal["api"] = "api"
BASE = "https://api.impact.com"
API_VERSION = "16"
TIME_ZONE: str | None = None
# With the night itself 44 days: one fewer than a list may cover, since a day of autumn has an hour more.
RESTATEMENT_DAYS = 43
# Three years of changes.
HISTORY_DAYS: int | None = 1_095
POOL_SLOTS = 1
# The user's name is the account's id, its Account SID.
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {}

STREAMS = (
    Stream(
        name="actions",
        columns={
            "Id": "VARCHAR",
            "CampaignId": "VARCHAR",
            "CampaignName": "VARCHAR",
            "ActionTrackerId": "VARCHAR",
            "ActionTrackerName": "VARCHAR",
            "State": "VARCHAR",
            "Payout": "VARCHAR",
            "Amount": "VARCHAR",
            "Currency": "VARCHAR",
            "EventDate": "VARCHAR",
            "ReferringDate": "VARCHAR",
            "CreationDate": "VARCHAR",
            "LockingDate": "VARCHAR",
            "ClearedDate": "VARCHAR",
            "SharedId": "VARCHAR",
            "SubId1": "VARCHAR",
            "SubId2": "VARCHAR",
            "SubId3": "VARCHAR",
        },
        key=("Id",),
        # A day before its date in UTC: no zone has an earlier one.
        day="CAST(CAST(TRY_CAST(EventDate AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS DATE) - 1 AS DATE)",
    ),
)

_LONGEST_DAYS: Final = 44
_ROWS_A_PAGE: Final = 1_000
_RATES: Final = Rates(read=seconds_left_headers)
_KEPT: Final = frozenset(STREAMS[0].columns)


class _Identified(msgspec.Struct, rename="pascal"):
    id: str


class _Envelope(msgspec.Struct):
    actions: list[msgspec.Raw] = msgspec.field(name="Actions")
    total: msgspec.Raw = msgspec.field(name="@total", default=msgspec.Raw(b"null"))
    next_page: str | None = msgspec.field(name="@nextpageuri", default=None)


class _Error(msgspec.Struct, rename="pascal"):
    status: str
    message: object = ""


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the account's SID and token as user and password."""
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        basic=(account.id, account.secrets["token"]),
        headers={"Accept": "application/json", "IR-Version": API_VERSION},
        rates=_RATES,
        state=account.state,
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the actions that changed today."""
    day = datetime.now(ZoneInfo(account.time_zone)).date()
    found = _changed(account, http, Window(day, day))
    return f"partner {account.id}, {len(found)} actions changed on {day}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The actions that changed in the window, each once, as it was told last."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    told: dict[str, bytes] = {}
    for window in by_window(unit.window.since, unit.window.until, _LONGEST_DAYS):
        told |= _changed(account, http, window)
    yield Page("actions", list(told.values()))


def _changed(account: Account, http: Session, window: Window) -> dict[str, bytes]:
    """By id what changed on the days of the window, which are the account's. SourceChanged where some did not come."""
    found: dict[str, bytes] = {}
    total: int | None = None
    for envelope in by_cursor(lambda page: _page(account, http, window, page)):
        for action in objects(envelope.actions):
            name = decode(msgspec.Raw(action), _Identified, "an action").id
            found[name] = kept_of(action, _KEPT)
        total = whole(envelope.total)
    if total is None:
        raise SourceChanged("the list of actions does not say how many there are")
    if len(found) < total:
        raise SourceChanged(f"the list of actions: {total} were announced, {len(found)} came")
    return found


def _page(account: Account, http: Session, window: Window, page: str | None) -> tuple[_Envelope, str | None]:
    params: dict[str, str | int] = {
        "StartDate": _instant(account, window.since),
        "EndDate": _instant(account, window.until + timedelta(days=1), -1),
        "PageSize": _ROWS_A_PAGE,
        **({} if page is None else {"Page": page}),
    }
    answer = http.get(f"Mediapartners/{quote(account.id, safe='')}/Actions", params, judge=_judge)
    envelope = decode(answer, _Envelope, "the list of actions")
    link = envelope.next_page
    # The address has no host: only the number of the page is taken from it.
    if link and link.startswith("/"):
        link = f"{account.base}{link}"
    return envelope, cursor_of(link, account.base, "Page")


def _instant(account: Account, day: date, seconds: int = 0) -> str:
    """The midnight that begins the account's day, and so many seconds later."""
    begin = datetime.combine(day, time(), ZoneInfo(account.time_zone)).astimezone(UTC)
    return f"{begin + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def _judge(answer: Answer) -> None:
    """The status, and what the platform says of it."""
    try:
        told = msgspec.json.decode(answer.body, type=_Error)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        told = None
    if told is None or told.status != "ERROR":
        judge_status(answer)
        return
    said = f'the platform says "{told.message}"'
    if answer.status == 429 or answer.status >= 500:
        pause = retry_after(answer.headers)
        left = answer.headers.get("X-RateLimit-Reset", "")
        if pause is None and answer.status == 429 and left.isascii() and left.isdigit():
            pause = float(left[:6])
        raise SourceUnavailable(said, retry_after=pause)
    if answer.status == 401:
        raise SourceRefused(f"renew the token, and check that the id is the Account SID beside it: {said}")
    if answer.status == 403:
        raise SourceRefused(f"give the token the scope to read Actions: {said}")
    raise SourceChanged(said)
