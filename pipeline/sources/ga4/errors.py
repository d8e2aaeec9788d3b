"""What the errors of the Google Analytics Data API mean, and how much of a property may be asked.

A report costs tokens, by how many rows and how long a range it reads: 200,000 a day, 40,000 an hour and 14,000 an
hour for one project; a property of Analytics 360 has ten times as many. What is left comes with each report.
Documentation: https://developers.google.com/analytics/devguides/reporting/data/v1/quotas
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from pipeline.errors import (
    QuotaExhausted,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.http import Allowance, Answer, Rates, judge_status, retry_after
from pipeline.http.reading import http_date
from pipeline.sources._google import SLOW_DOWN, SPENT, Refusal, next_midnight, refusal_of

_A_DAY, _AN_HOUR, _OF_A_PROJECT = "tokens of the day", "tokens of the hour", "tokens of the project's hour"
# What a standard property has; one that has more says so by what is left.
_STANDARD: Final[Mapping[str, float]] = {_A_DAY: 200_000, _AN_HOUR: 40_000, _OF_A_PROJECT: 14_000}
# Most reports cost no more: what one did cost is known with its answer.
_TOKENS_A_REPORT: Final = 10.0
# The number of requests that run at once is what a pause helps against.
_CONCURRENT_SECONDS: Final = 30.0
_REMEDIES: Final = {
    "SERVICE_DISABLED": "enable the Google Analytics Data API in the Google Cloud console",
    "accessNotConfigured": "enable the Google Analytics Data API in the Google Cloud console",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "grant the scope analytics.readonly, and sign in anew",
    "insufficientPermissions": "grant the scope analytics.readonly, and sign in anew",
}


def judge(answer: Answer) -> None:
    """Raise what the answer's ``error`` object means; without one, what its status means."""
    refusal = refusal_of(answer)
    if refusal is None:
        judge_status(answer)
        return
    raise _reading(answer, refusal)


def _reading(answer: Answer, refusal: Refusal) -> SourceError:
    said = refusal.said
    is_spent = SPENT.intersection(refusal.reasons)
    if is_spent or answer.status == 429 or refusal.status == "RESOURCE_EXHAUSTED":
        return _spent(answer, f"per day: {said}" if is_spent else said)
    if answer.status >= 500 or SLOW_DOWN.intersection(refusal.reasons):
        return SourceUnavailable(said, retry_after=retry_after(answer.headers))
    if answer.status == 401:
        return TokenExpired(f"the access token is not accepted: {said}")
    view = "check the property's id, and let the account that asks view the property"
    remedy = next((_REMEDIES[reason] for reason in refusal.reasons if reason in _REMEDIES), view)
    return SourceRefused(f"{remedy}: {said}") if answer.status in (403, 404) else SourceChanged(said)


def _spent(answer: Answer, said: str) -> SourceError:
    """Which quota is spent is only in the words."""
    words = said.lower()
    if "concurrent" in words:
        return SourceUnavailable(said, retry_after=retry_after(answer.headers) or _CONCURRENT_SECONDS)
    if "per day" in words or "daily" in words:
        spent = f"the tokens of the day are spent until midnight, Pacific: {said}"
        return QuotaExhausted(spent, resets_at=next_midnight(answer))
    if "hour" in words or "threshold" in words or "server error" in words:
        return QuotaExhausted(f"a quota of the hour is spent: {said}", resets_at=next_hour(answer))
    return SourceUnavailable(said, retry_after=retry_after(answer.headers))


def next_hour(answer: Answer) -> datetime | None:
    """When the quotas of an hour are given anew, by the platform's own clock."""
    now = http_date(answer.headers.get("Date", ""))
    return None if now is None else now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


class _Status(msgspec.Struct):
    consumed: float = 0
    remaining: float = 0


class _Quota(msgspec.Struct, rename="camel"):
    tokens_per_day: _Status | None = None
    tokens_per_hour: _Status | None = None
    tokens_per_project_per_hour: _Status | None = None


class _Told(msgspec.Struct, rename="camel"):
    property_quota: _Quota | None = None


def _left(path: str, answer: Answer) -> Iterator[Allowance]:
    """What a report says is left of each quota."""
    del path
    try:
        quota = msgspec.json.decode(answer.body, type=_Told, strict=False).property_quota
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        quota = None
    if quota is None:
        return
    for name, status, resets_at in (
        (_A_DAY, quota.tokens_per_day, next_midnight(answer)),
        (_AN_HOUR, quota.tokens_per_hour, next_hour(answer)),
        (_OF_A_PROJECT, quota.tokens_per_project_per_hour, next_hour(answer)),
    ):
        if status is not None:
            limit = max(_STANDARD[name], status.consumed + status.remaining)
            yield Allowance(name, limit, status.remaining, resets_at)


RATES: Final = Rates(read=_left, bucket=lambda _: (_A_DAY, _AN_HOUR, _OF_A_PROJECT), cost=lambda _: _TOKENS_A_REPORT)
