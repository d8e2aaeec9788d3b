"""What TikTok's error codes mean. Most of them come with HTTP 200.

Documentation: https://business-api.tiktok.com/portal/docs?id=1737172488964097 (return codes),
https://business-api.tiktok.com/portal/docs?id=1738084416214017 (limits) and
https://developers.tiktok.com/doc/tiktok-api-v2-error-handling
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from pipeline.errors import QuotaExhausted, SourceChanged, SourceError, SourceRefused, SourceUnavailable, TokenExpired
from pipeline.http import Answer, judge_status, retry_after
from pipeline.http.reading import http_date

_THROTTLED = 40100
_TOKEN = frozenset({40102, 40104, 40105})
_PARAMETERS = frozenset({40001, 40002})
_TEMPORARY = frozenset({*range(40200, 40300), *range(40700, 40800), *range(50000, 60000)})
# Who was refused for a limit per minute is let in again after five.
_LOCKED_OUT = timedelta(minutes=5)
# A wait that a session may sit out.
_SHORT_WAIT = 120.0
_A_MINUTE = 60.0
_OF_PERMISSIONS = ("permission", "scope", "authoriz", "authoris", "access form")


class ParametersRefused(SourceChanged):
    """The platform does not accept what was asked; it does not say which part of it."""


class _Envelope(msgspec.Struct):
    code: object = None
    message: object = None
    request_id: object = None


class _Told(msgspec.Struct):
    code: object = None
    message: object = None
    log_id: object = None


class _Wrapped(msgspec.Struct):
    error: _Told | None = None


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


def judge_display(answer: Answer) -> None:
    """Raise what the ``error`` of the Display API means; its code is a word, ``ok`` for success."""
    try:
        told = msgspec.json.decode(answer.body, type=_Wrapped).error
    except msgspec.DecodeError:
        told = None
    if told is None or (told.code == "ok" and answer.status >= 300):
        judge_status(answer)
        raise SourceChanged("the answer has no code of success or failure")
    code = str(told.code)
    if code == "ok":
        return
    said = f'the platform says "{told.message}" ({code}, log {told.log_id})'
    if code == "rate_limit_exceeded":
        asked = retry_after(answer.headers)
        raise SourceUnavailable(said, retry_after=_A_MINUTE if asked is None else asked)
    if code == "access_token_invalid":
        raise TokenExpired(f"renew the access token: {said}")
    if code in {"scope_not_authorized", "scope_permission_missed"}:
        raise SourceRefused(f"grant the scopes user.info.basic, user.info.stats and video.list: {said}")
    if code == "internal_error" or answer.status >= 500:
        raise SourceUnavailable(said)
    raise SourceChanged(said)


def _number(code: object) -> int | None:
    text = str(code)
    return int(text) if not isinstance(code, bool) and text.isdecimal() else None
