"""Awin: the commissions that a publisher of the brand earns by sales on other sites.

20 calls a minute for a user, counted here, since no answer tells. A night costs three.
Documentation: https://help.awin.com/apidocs/returns-a-list-of-transactions-for-a-given-publisher

Quirks that shape this module:

* A list covers 31 days at most and has neither pages nor a total.
* A sale stays pending for weeks, then it is approved or declined, or its amount is amended: each night reads
  what was sold, validated or amended in the window, so that old sales come back when they change.
* Days are those of the zone that is asked for, and come without it: it is put in front of each record.
* Amounts are numbers. ``clickRefs`` is an object or null; what the brand's links carry stands there.
* What tells of the buyer (``ipHash``, country, devices, voucher, order number) is dropped at the door.
* An error comes as an object where a list is expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Known, Limits, Rates, Session, judge_status
from pipeline.paging import by_window
from pipeline.records import objects
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, guarded
from pipeline.sources._commissions import kept_of
from pipeline.sources._pace import is_paced
from pipeline.streams import Page, Stream, Unit, Yield

PLATFORM = "awin"
KIND: Literal["affiliate"] = "affiliate"
ORIGIN: Literal["api"] = "api"
BASE = "https://api.awin.com"
API_VERSION = "1"
TIME_ZONE: str | None = None
# With the night itself 31 days: as many as one call may ask for.
RESTATEMENT_DAYS = 30
HISTORY_DAYS: int | None = None
POOL_SLOTS = 1
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {
    # Whether calls are paced: "", where the address is the platform's (https), "always" or "never".
    "paced": "",
}

STREAMS = (
    # `timezone` is put in front by us: the dates are of that zone and do not name it.
    Stream(
        name="transactions",
        columns={
            "timezone": "VARCHAR",
            "id": "BIGINT",
            "advertiserId": "BIGINT",
            "commissionStatus": "VARCHAR",
            "commissionAmount": "JSON",
            "saleAmount": "JSON",
            "clickRefs": "JSON",
            "clickDate": "VARCHAR",
            "transactionDate": "VARCHAR",
            "validationDate": "VARCHAR",
            "type": "VARCHAR",
            "amended": "BOOLEAN",
            "oldSaleAmount": "JSON",
            "oldCommissionAmount": "JSON",
            "paidToPublisher": "BOOLEAN",
        },
        key=("id",),
        day="TRY_CAST(left(transactionDate, 10) AS DATE)",
    ),
)

_LONGEST_DAYS = 31
_KINDS_OF_DATE = ("transaction", "validation", "amendment")
_RATES = Rates(known={"calls": Known(20, per=60)}, bucket=lambda _: "calls")
_KEPT = frozenset(STREAMS[0].columns)


class _Identified(msgspec.Struct):
    id: int | str


class _Error(msgspec.Struct):
    error: str
    description: str = ""


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the user's token in a header, at the platform's pace."""
    token = account.secrets["token"]
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        headers={"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")},
        rates=_RATES if is_paced(account, account.base) else None,
        state=account.state,
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the sales of today."""
    day = datetime.now(ZoneInfo(account.time_zone)).date()
    found = _asked(account, http, day, day, "transaction")
    return f"publisher {account.id}, {len(found)} sales on {day}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """What was sold, validated or amended in the window, each sale once, as it was told last."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    told: dict[str, bytes] = {}
    for window in by_window(unit.window.since, unit.window.until, _LONGEST_DAYS):
        for kind in _KINDS_OF_DATE:
            for sale in _asked(account, http, window.since, window.until, kind):
                told[str(decode(msgspec.Raw(sale), _Identified, "a sale").id)] = kept_of(
                    sale, _KEPT, timezone=account.time_zone
                )
    yield Page("transactions", list(told.values()))


def _asked(account: Account, http: Session, since: date, until: date, kind: str) -> list[bytes]:
    path = f"publishers/{quote(account.id, safe='')}/transactions/"
    params = {
        "startDate": f"{since}T00:00:00",
        "endDate": f"{until}T23:59:59",
        "timezone": account.time_zone,
        "dateType": kind,
    }
    return objects(decode(http.get(path, params, judge=_judge), list[msgspec.Raw], "the sales"))


def _judge(answer: Answer) -> None:
    """The status, and an error object where a list is expected."""
    if answer.status == 429:
        raise SourceUnavailable("HTTP 429: more than 20 calls in a minute", retry_after=60)
    try:
        told = msgspec.json.decode(answer.body, type=_Error)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        told = None
    if told is None or answer.status >= 500:
        judge_status(answer)
        return
    said = f'the platform says "{told.description}" ({told.error})'
    if answer.status in {401, 403} or "unauthor" in told.error or "invalid_token" in told.error:
        raise SourceRefused(f"renew the token of this account, or give its user access to the publisher: {said}")
    raise SourceChanged(said)
