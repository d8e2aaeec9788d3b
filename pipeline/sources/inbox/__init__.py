"""Inbox: quote requests and sign-ups that the forms of the brand's own sites send, by a signed webhook.

``vigie inbox serve`` takes them at any hour and keeps them in the state folder; a night reads them from
there and asks nobody. The signature is that of the standard for requests in its plainest form:
https://www.rfc-editor.org/rfc/rfc2104 (HMAC), with the time of signing before the body.

Quirks that shape this module:

* A record belongs to the night of the day on which it came (in the account's zone), and counts on the day on
  which it happened: what a form sends late moves the day that it is about.
* The same key is stored once. Another key with the same ``id`` is a newer word on the same request: what
  came last counts.
* Names, addresses and what people wrote are dropped before anything is stored; a person is a keyed hash.
* ``secret`` and ``previous_secret`` are both good, so that a secret can be replaced without a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged, SourceUnavailable
from pipeline.http import Answer, Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import guarded, moment
from pipeline.sources.inbox.spool import Record, Spool
from pipeline.streams import Page, Stream, Unit, Yield

PLATFORM = "inbox"
KIND: Literal["inbox"] = "inbox"
ORIGIN: Literal["api"] = "api"
# Where `vigie inbox serve` listens, for the doctor alone.
BASE = "http://127.0.0.1:8787"
API_VERSION = "1"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 3
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS = ("secret",)
OPTIONAL_CREDENTIALS = ("previous_secret",)
OPTIONS: Mapping[str, object] = {
    # Another folder than the one below [paths] state.
    "spool": "",
}

STREAMS = (
    Stream(
        name="messages",
        columns={
            "id": "VARCHAR",
            "site": "VARCHAR",
            "action": "VARCHAR",
            "occurred_at": "VARCHAR",
            "received_at": "VARCHAR",
            "value": "VARCHAR",
            "currency": "VARCHAR",
            "utm_source": "VARCHAR",
            "utm_medium": "VARCHAR",
            "utm_campaign": "VARCHAR",
            "utm_content": "VARCHAR",
            "click_reference": "VARCHAR",
            "person": "VARCHAR",
        },
        key=("id",),
        day="TRY_CAST(left(occurred_at, 10) AS DATE)",
    ),
)
_A_PAGE = 1000


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the inbox itself, which only ``check`` makes use of."""
    return Session(
        platform=PLATFORM, account=account.id, night=night, base=account.base, state=account.state, limits=limits
    )


def check(account: Account, http: Session) -> str:
    """What waits in the spool, and whether somebody is there to take more."""
    waiting = sum(1 for _ in Spool(account).records())
    try:
        http.get("healthz", judge=_judge)
    except SourceUnavailable as error:
        raise SourceUnavailable(f"start `vigie inbox serve`, or set base to where it listens: {error}") from None
    return f"{waiting} messages in the spool, and the inbox answers at {account.base}"


def _judge(answer: Answer) -> None:
    if answer.status != 200 or b'"ok"' not in answer.body:
        raise SourceUnavailable(f"HTTP {answer.status}: the inbox cannot store anything")


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """What came on the days of the window, each request as it was told last."""
    return guarded(account, http, _fetch(account, unit))


def _fetch(account: Account, unit: Unit) -> Iterator[Yield]:
    zone = ZoneInfo(account.time_zone)
    found: dict[str, tuple[datetime, Record]] = {}
    for stored in Spool(account).records():
        record = stored.record
        came = moment(record.get("received_at") or "", str(stored.file))
        if not unit.window.since <= came.astimezone(zone).date() <= unit.window.until:
            continue
        identity = record.get("id")
        if identity is None:
            raise SourceChanged(f"{stored.file} has no id: nothing of ours wrote it, so move it away")
        if identity not in found or found[identity][0] <= came:
            found[identity] = came, record
    told = [msgspec.json.encode(record) for _, (_, record) in sorted(found.items())]
    for start in range(0, max(len(told), 1), _A_PAGE):
        yield Page("messages", told[start : start + _A_PAGE], announced=len(told))
