"""What the APIs of TikTok for Business have in common: one envelope, one pace, numbers that may be a dash.

Documentation: https://business-api.tiktok.com/portal/docs?id=1737172488964097 (return codes) and
https://business-api.tiktok.com/portal/docs?id=1738084416214017 (limits)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from pipeline.errors import (
    QuotaExhausted,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.http import Answer, Known, judge_status, retry_after
from pipeline.http.reading import http_date
from pipeline.sources._answers import decode

# 10 a second and 600 a minute are the same pace.
OF_THE_APP = Known(600, per=60)
_THROTTLED = 40100
_TOKEN = frozenset({40102, 40104, 40105})
_PARAMETERS = frozenset({40001, 40002})
_TEMPORARY = frozenset({*range(40200, 40300), *range(40700, 40800), *range(50000, 60000)})
# Who was refused for a limit per minute is let in again after five.
_LOCKED_OUT = timedelta(minutes=5)
# A wait that a session may sit out.
_SHORT_WAIT = 120.0
_OF_PERMISSIONS = ("permission", "scope", "authoriz", "authoris", "access form")
_NULL = msgspec.Raw(b"null")
_NONE = (b'"-"', b'""')
_TEXTS = frozenset({"caption", "title", "display_name", "campaign_name"})

Params = list[tuple[str, str | int]]


class ParametersRefused(SourceChanged):
    """The platform does not accept what was asked; it does not say which part of it."""


class _Envelope(msgspec.Struct):
    code: object = None
    message: object = None
    request_id: object = None


def listed(names: Sequence[str]) -> str:
    """A list as the platform takes it in a query."""
    return msgspec.json.encode(names).decode()


def without_dashes(record: bytes) -> bytes:
    """The record with null where the platform writes a dash, or nothing, for a number that there is not."""
    if not any(none in record for none in _NONE):
        return record
    fields = decode(msgspec.Raw(record), dict[str, msgspec.Raw], "a record")
    return msgspec.json.encode({name: _NULL if _is_none(name, value) else value for name, value in fields.items()})


def _is_none(name: str, value: msgspec.Raw) -> bool:
    return name not in _TEXTS and bytes(value) in _NONE


def text_of(value: msgspec.Raw) -> str | None:
    """An id, whether it was written as a number or as text; None where there is none."""
    text = bytes(value).strip(b'"').decode()
    return None if text in ("", "null") else text


def judge_business(answer: Answer) -> None:
    """Raise what the envelope of the Accounts API means, whatever HTTP status carries it."""
    try:
        told = msgspec.json.decode(answer.body, type=_Envelope)
    except msgspec.DecodeError:
        told = _Envelope()
    code = _number(told.code)
    if code is None or (code == 0 and answer.status >= 300):
        judge_status(answer)
        raise SourceChanged("the answer has no code of success or failure")
    if code:
        said = f'the platform says "{told.message}" (code {code}, request {told.request_id})'
        raise _reading(code, str(told.message).lower(), said, answer)


def _reading(code: int, message: str, said: str, answer: Answer) -> SourceError:
    if code == _THROTTLED:
        return _throttled(said, answer)
    if code in _TOKEN:
        return TokenExpired(f"renew the access token: {said}")
    if code in _PARAMETERS and any(word in message for word in _OF_PERMISSIONS):
        return SourceRefused(f"grant the scopes that this account's app lacks: {said}")
    if code in _PARAMETERS:
        return ParametersRefused(said)
    if code in _TEMPORARY or answer.status >= 500 or answer.status == 429:
        return SourceUnavailable(said, retry_after=retry_after(answer.headers))
    return SourceChanged(said)


def _throttled(said: str, answer: Answer) -> SourceError:
    """No header says for how long; a short wait is sat out where the platform asks for one nevertheless."""
    asked = retry_after(answer.headers)
    if asked is not None and asked <= _SHORT_WAIT:
        return SourceUnavailable(said, retry_after=asked)
    moment = http_date(answer.headers.get("Date") or "")
    wait = _LOCKED_OUT if asked is None else timedelta(seconds=asked)
    return QuotaExhausted(f"too many requests: {said}", resets_at=moment + wait if moment else None)


def _number(code: object) -> int | None:
    text = str(code)
    return int(text) if not isinstance(code, bool) and text.isdecimal() else None
