"""What LinkedIn's errors mean: each is a body with ``status``, ``code`` and ``message``.

Documentation: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import msgspec

from pipeline.errors import QuotaExhausted, SourceChanged, SourceError, SourceRefused, SourceUnavailable, TokenExpired
from pipeline.http import Answer, judge_status, retry_after
from pipeline.http.reading import http_date


class Gone(SourceChanged):
    """The platform does not have (any more) what was asked for."""


class _Told(msgspec.Struct):
    """``error`` and ``error_description`` are what the token endpoint says."""

    status: object = None
    code: object = None
    message: object = None
    error: object = None
    error_description: object = None


def judge(answer: Answer, *, permission: str) -> None:
    """Raise what the answer means. ``permission`` is what the call needs, which an error may not say."""
    told = _told(answer.body)
    status = answer.status
    if status < 300 and isinstance(told.status, int) and told.status >= 400:
        # An error that comes under another name is an error all the same.
        status = told.status
    words = told.message or told.error_description or told.error
    if status < 400 or (words is None and status != 429):
        judge_status(answer)
        return
    error = _reading(answer, status, f'the platform says "{words}" ({told.code or status})', permission)
    if error is not None:
        raise error
    judge_status(answer)


def _told(body: bytes) -> _Told:
    try:
        return msgspec.json.decode(body, type=_Told)
    except msgspec.DecodeError:
        return _Told()


def _reading(answer: Answer, status: int, said: str, permission: str) -> SourceError | None:
    """None where the status alone says enough."""
    if status == 429:
        return _throttled(answer, said)
    if status == 401 and "expired" in said.lower():
        return TokenExpired(f"renew the access token, it lives 60 days: {said}")
    remedies = {
        401: "authorise the application anew, the token is not accepted",
        403: f"grant the permission {permission} to a member who may see this account, and renew the token",
        426: f'set version = "{_last_month(answer)}" for this account',
    }
    if status in remedies:
        return SourceRefused(f"{remedies[status]}: {said}")
    kinds: dict[int, type[SourceError]] = {400: SourceChanged, 404: Gone}
    return kinds[status](said) if status in kinds else SourceUnavailable(said) if status >= 500 else None


def _throttled(answer: Answer, said: str) -> SourceError:
    """The quota is a day's, which begins at midnight UTC. Nothing in the answer says so: asking again is useless."""
    wait = retry_after(answer.headers)
    if wait is not None:
        return SourceUnavailable(said, retry_after=wait)
    moment = http_date(answer.headers.get("Date", ""))
    resets_at = None if moment is None else datetime.combine(moment.date() + timedelta(days=1), time(), UTC)
    return QuotaExhausted(f"the quota of the day is spent until midnight UTC: {said}", resets_at=resets_at)


def _last_month(answer: Answer) -> str:
    """A version comes every month: that of the month before the platform's own today is surely there."""
    moment = http_date(answer.headers.get("Date", ""))
    return (moment.replace(day=1) - timedelta(days=1)).strftime("%Y%m") if moment else "YYYYMM"
