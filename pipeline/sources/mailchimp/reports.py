"""Letters that were sent, with what came of them so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources._answers import decode, moment
from pipeline.sources.mailchimp.api import after, walked
from pipeline.streams import Unit

# Neither titles nor addresses of previews: what a letter is called may be about one reader.
_ASKED = (
    "id", "list_id", "type", "send_time", "emails_sent", "abuse_reports", "unsubscribed", "bounces", "forwards",
    "opens", "clicks", "ecommerce",
)  # fmt: skip


class _Report(msgspec.Struct):
    send_time: str
    list_id: str = ""


@dataclass(frozen=True)
class Letter:
    """One letter: the day on which it was sent, and its numbers as the platform wrote them."""

    day: date
    record: bytes


def sent(account: Account, unit: Unit, http: Session) -> Iterator[Letter]:
    """The letters of the window that went to this audience."""
    rows = walked(
        account,
        http,
        "reports",
        "reports",
        {
            "fields": ",".join([*(f"reports.{name}" for name in _ASKED), "total_items"]),
            "since_send_time": after(account, unit.window.since),
        },
    )
    for row in rows:
        told = decode(msgspec.Raw(row), _Report, "a report")
        if told.list_id != account.id:
            continue
        day = moment(told.send_time, "a report").astimezone(ZoneInfo(account.time_zone)).date()
        if day <= unit.window.until:
            yield Letter(day, _kept(row))


def _kept(row: bytes) -> bytes:
    fields = decode(msgspec.Raw(row), dict[str, msgspec.Raw], "a report")
    return msgspec.json.encode({name: fields[name] for name in _ASKED if name in fields and name != "list_id"})
