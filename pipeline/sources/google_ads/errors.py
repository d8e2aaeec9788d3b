"""What the errors of the Google Ads API mean.

Documentation: https://developers.google.com/google-ads/api/docs/best-practices/understand-api-errors and
https://developers.google.com/google-ads/api/docs/common-errors
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
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
from pipeline.http import Answer, judge_status, retry_after
from pipeline.http.reading import http_date
from pipeline.sources._google import SLOW_DOWN, SPENT

_EXPIRED: Final = frozenset({"OAUTH_TOKEN_EXPIRED", "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_REVOKED"})
# Of the day; what else is called a quota is of the moment.
_SPENT: Final = "RESOURCE_EXHAUSTED"
_LIMITS: Final = SPENT | SLOW_DOWN
_KINDS_OF_THE_MOMENT: Final = frozenset({"internalError", "databaseError"})
_KINDS_OF_ACCESS: Final = frozenset({"authorizationError", "authenticationError"})
_REMEDIES: Final[Mapping[str, str]] = {
    "CUSTOMER_NOT_ENABLED": "the ad account is closed, or not set up to its end: open it in Google Ads, or take it out",
    "CUSTOMER_NOT_FOUND": "check the id of the ad account: there is none of this number",
    "INVALID_CUSTOMER_ID": "check the id of the ad account: ten digits",
    "INVALID_LOGIN_CUSTOMER_ID": "check login_customer_id: the ten digits of the manager account",
    "USER_PERMISSION_DENIED": (
        "sign in as somebody who may read the ad account; where that is through a manager account, set"
        " login_customer_id to it"
    ),
    "NOT_ADS_USER": "whoever signed in has no Google Ads account: sign in as somebody who may read this one",
    "TWO_STEP_VERIFICATION_NOT_ENROLLED": "whoever signed in must switch on the verification in two steps",
    "DEVELOPER_TOKEN_NOT_APPROVED": "the developer token is for test accounts only: apply for Basic access",
    "DEVELOPER_TOKEN_INVALID": "check the developer token: it does not exist",
    "DEVELOPER_TOKEN_PROHIBITED": "the developer token belongs to another Google Cloud project: take that one's client",
    "DEVELOPER_TOKEN_PARAMETER_MISSING": "check the developer token: none arrived",
    "REQUESTED_METRICS_FOR_MANAGER": (
        "the account is a manager account, which has no costs: take the id of the account below it, and this one as"
        " login_customer_id"
    ),
    "UNSUPPORTED_VERSION": "this version of the API has ended: name a newer one in base, or install a newer Vigie",
    "SERVICE_DISABLED": "enable the Google Ads API in the Google Cloud console",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "grant the scope adwords, and sign in anew",
}


class _QuotaDetails(msgspec.Struct, rename="camel"):
    retry_delay: str = ""


class _ErrorDetails(msgspec.Struct, rename="camel"):
    quota_error_details: _QuotaDetails | None = None


class _AdsError(msgspec.Struct, rename="camel"):
    error_code: dict[str, str] = {}
    message: str = ""
    details: _ErrorDetails | None = None


class _Detail(msgspec.Struct):
    # Of a failure of Google Ads, and of Google's services at large.
    errors: list[_AdsError] = []
    reason: str = ""


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""
    status: str = ""
    details: list[_Detail] = []
    # Where the token endpoint answers as Google's older services do.
    errors: list[_Detail] = []


class _Envelope(msgspec.Struct):
    error: _Error | None = None


def judge(answer: Answer) -> None:
    """Raise what an ``error`` means, wherever in the answer it stands; without one, what the status means."""
    error = _error_of(answer.body)
    if error is None:
        judge_status(answer)
        return
    raise _meaning(answer, error)


def _error_of(body: bytes) -> _Error | None:
    """The first error of the batches, or of the answer where it is one object."""
    try:
        told = msgspec.json.decode(body, type=list[_Envelope] | _Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    batches = told if isinstance(told, list) else [told]
    return next((batch.error for batch in batches if batch.error is not None), None)


def _meaning(answer: Answer, error: _Error) -> SourceError:
    failures = [failure for detail in error.details for failure in detail.errors]
    codes = {code: kind for failure in failures for kind, code in failure.error_code.items()}
    names = [*codes, *(detail.reason for detail in (*error.details, *error.errors) if detail.reason)]
    words = "; ".join(failure.message for failure in failures) or error.message
    said = f'the platform says "{words}" ({", ".join(names) or error.status})'
    if "quotaError" in codes.values() or error.status == _SPENT or _LIMITS.intersection(names):
        return _quota(answer, failures, _SPENT in codes or bool(SPENT.intersection(names)), said)
    remedy = next((_REMEDIES[name] for name in names if name in _REMEDIES), None)
    if remedy:
        return SourceRefused(f"{remedy}: {said}")
    # Within a list the answer as a whole has gone well.
    status = error.code or answer.status
    if status >= 500 or _KINDS_OF_THE_MOMENT.intersection(codes.values()):
        return SourceUnavailable(said, retry_after=retry_after(answer.headers))
    if status == 401 or _EXPIRED.intersection(codes):
        return TokenExpired(f"the access token is not accepted: {said}")
    is_refused = status == 403 or _KINDS_OF_ACCESS.intersection(codes.values())
    return SourceRefused(f"whoever signed in may not read it: {said}") if is_refused else SourceChanged(said)


def _quota(answer: Answer, failures: Sequence[_AdsError], is_spent: bool, said: str) -> SourceError:
    """Operations of the day are spent, or too many were asked for at once; the platform says how long to wait."""
    told = [failure.details.quota_error_details for failure in failures if failure.details is not None]
    waits = [
        float(found[1]) for each in told if each and (found := re.fullmatch(r"(\d{1,7}(?:\.\d+)?)s", each.retry_delay))
    ]
    wait = max(waits, default=None)
    if not is_spent:
        return SourceUnavailable(said, retry_after=retry_after(answer.headers) if wait is None else wait)
    now = http_date(answer.headers.get("Date", ""))
    resets_at = now + timedelta(seconds=wait) if now is not None and wait is not None else None
    return QuotaExhausted(f"the operations of the developer token are spent: {said}", resets_at=resets_at)
