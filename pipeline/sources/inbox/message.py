"""What a form sends, checked field by field; nobody's name or address gets any further than here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn
from urllib.parse import unquote

from pipeline.sources.inbox.refusal import Refusal

ACTIONS: Final = ("quote_request", "newsletter_signup")
_ORIGIN: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "click_reference")
_LONGEST: Final = 500
_LONGEST_ID: Final = 200
_MOST: Final = Decimal(10) ** 9
_SMALLEST: Final = Decimal("0.0001")
# A clock that runs ahead by less is nobody's fault; before this many days a clock was never set.
_AHEAD: Final = timedelta(minutes=5)
_OLDEST: Final = timedelta(days=3 * 366)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """One action, as it is kept but for the person, who is still as the form knows them."""

    id: str
    site: str
    record: dict[str, str | None]
    someone: str | None


def opened(body: bytes) -> Fields:
    """The body's JSON object, numbers with a point as decimals. Refusal 400 where it is none."""
    try:
        found = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise Refusal(400, "not_json", f"the body is no JSON in UTF-8: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise Refusal(400, "not_json", "the body is JSON, but no object")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def read(fields: Fields, key: str | None, now: datetime) -> Message:
    """The message, or a Refusal 422 that names the field. ``key`` stands for an ``id`` that is missing."""
    identity = _identity(fields, key)
    site = _text(fields, "site")
    if site is None:
        raise _wrong("site", "is missing: the name of one of the [[sites]]")
    value, currency = _money(fields)
    record = {
        "id": identity,
        "site": site,
        "action": _action(fields),
        "occurred_at": _moment(fields, now),
        "received_at": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "value": value,
        "currency": currency,
        **{name: _without_address(_text(fields, name)) for name in _ORIGIN},
    }
    person, mail = _text(fields, "person"), _text(fields, "email")
    return Message(identity, site, record, person or (mail.lower() if mail else None))


def _wrong(field: str, why: str) -> Refusal:
    return Refusal(422, "wrong_field", f"{field} {why}", field)


def _text(fields: Fields, name: str) -> str | None:
    """A text without anything that no screen shows; None where it is absent, null or blank."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _wrong(name, "must be a text")
    value = value.strip()
    # Half of a pair of UTF-16 is not printable either.
    if len(value) > _LONGEST or not value.isprintable():
        raise _wrong(name, f"must be printable, on one line, and at most {_LONGEST} characters long")
    return value or None


def _identity(fields: Fields, key: str | None) -> str:
    given = fields.get("id")
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    found = _text({"id": given}, "id") or _text({"Idempotency-Key": key}, "Idempotency-Key")
    if found is None:
        raise _wrong("id", "is missing: what tells this request from every other one, the same in every attempt")
    if len(found) > _LONGEST_ID:
        raise _wrong("id", f"must be at most {_LONGEST_ID} characters long")
    if _MAIL.search(unquote(found)):
        raise _wrong("id", "must not hold an e-mail address: take the number that the form gives the request")
    return found


def _without_address(text: str | None) -> str | None:
    """Some newsletters put the reader's address into their links; it is nobody's campaign."""
    return None if text and _MAIL.search(unquote(text)) else text


def _action(fields: Fields) -> str:
    action = _text(fields, "action")
    if action not in ACTIONS:
        raise _wrong("action", f"must be one of {', '.join(ACTIONS)}")
    return action


def _moment(fields: Fields, now: datetime) -> str:
    text = _text(fields, "occurred_at")
    at = _instant(text or "")
    if at is None:
        raise _wrong("occurred_at", "must be a time with its offset, like 2026-11-02T18:05:00+01:00")
    if at > now + _AHEAD:
        raise _wrong("occurred_at", "lies in the future: check the clock of the form")
    if at < now - _OLDEST:
        raise _wrong("occurred_at", "lies more than three years back: check the clock of the form")
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _money(fields: Fields) -> tuple[str | None, str | None]:
    """Value and currency, both or none; the value as text, as exact as it came."""
    given, currency = fields.get("value"), _text(fields, "currency")
    if given is None or given == "":
        return None, None
    value = _decimal(given)
    if value is None:
        raise _wrong("value", "must be an amount like 120.50, as a number or a text")
    if not 0 <= value <= _MOST:
        raise _wrong("value", f"must lie between 0 and {_MOST:,}")
    if value != value.quantize(_SMALLEST):
        raise _wrong("value", "has more than four decimals")
    if currency is None or not _CURRENCY.fullmatch(currency):
        raise _wrong("currency", "must be three capital letters, like EUR, beside every value")
    return f"{value:f}", currency


def _decimal(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, (int, str, Decimal)):
        return None
    try:
        value = Decimal(given.strip() if isinstance(given, str) else given)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
