"""What the Graph API's errors mean, whatever HTTP status carries them.

Documentation: https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from pipeline.errors import QuotaExhausted, SourceChanged, SourceError, SourceRefused, SourceUnavailable, TokenExpired
from pipeline.http import Answer, judge_status

# A wait that a session may sit out. Beyond it the quota is called exhausted until its reset.
_SHORT_WAIT_MINUTES = 2

_THROTTLED = frozenset({4, 17, 32, 613, *range(80000, 80015)})
_TOKEN = frozenset({102, 190})
_PERMISSION = frozenset({10, *range(200, 300)})
_PERMISSION_NAME = re.compile(r"\b(?:pages|read|business|ads|instagram)_[a-z_]+\b")
# One metric of a call is unknown, retired, or not for this kind of object: each edge says it in its own words.
_NO_SUCH_METRIC = re.compile(r"valid insights metric|metric\[\d+\] must be one of|metrics? .{0,200}no longer")
_NOT_FOR_THIS = re.compile(r"does not support the .{0,200}metric|metric .{0,200}not supported for")
# Numbers that exist and are not told: too few people, or an object from before its account was measured.
_BEFORE_MEASURING = 2108006
_TOO_FEW = "Not enough viewers"
_NO_SUCH_NAME = 110
_TEMPORARY = frozenset({1, 2})
_DEATH_OF_TOKEN = {
    458: "the app was removed from the account",
    459: "the account must be confirmed on facebook.com",
    460: "the password was changed",
    463: "it expired",
    464: "the account is not confirmed",
    467: "it was invalidated",
}


class MetricRefused(SourceChanged):
    """One of the metrics of a call does not exist (any more); the platform does not say which."""


class MetricOfOthers(MetricRefused):
    """One of the metrics exists, but not for this kind of object."""


class KeptBack(SourceChanged):
    """The platform has no numbers for this one object, and never will: an absence, no failure."""


class NotYetMeasured(KeptBack):
    """The object is older than the measuring of its account: so are all that are older still."""


class PermissionMissing(SourceRefused):
    """The token may not do this one thing. What it may do still comes."""


class ObjectMissing(SourceRefused):
    """The object does not exist, or the token may not see it: the platform does not say which."""


class TooMuchData(SourceChanged):
    """The platform cannot prepare so large an answer: ask for fewer objects at a time."""


@dataclass(frozen=True)
class _Fault:
    code: int
    subcode: int
    message: str
    transient: bool


class _Envelope(msgspec.Struct):
    """``errors`` beside ``data`` would say that the data is not all of it."""

    error: object = None
    errors: object = None


@dataclass(frozen=True)
class Needs:
    """What a call needs, in the words of its errors: ``permission`` for the day that the platform names none."""

    permission: str
    token: str = "page access token"  # noqa: S105 - the name of a token, no token
    thing: str = "page"


def judge(answer: Answer, *, needs: Needs) -> None:
    """Raise what the answer's ``error`` object means; without one, what its status means."""
    fault = _fault_of(answer.body)
    if fault is None:
        judge_status(answer)
        return
    raise _reading(fault, answer, needs)


def _fault_of(body: bytes) -> _Fault | None:
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except msgspec.DecodeError:
        return None
    error = envelope.error or envelope.errors
    if not error:
        return None
    told = error if isinstance(error, dict) else {"message": str(error)}
    return _Fault(
        code=_number(told.get("code")),
        subcode=_number(told.get("error_subcode")),
        message=str(told.get("message") or told.get("error_user_msg") or "no message"),
        transient=told.get("is_transient") is True,
    )


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isdecimal() else 0


def _reading(fault: _Fault, answer: Answer, needs: Needs) -> SourceError:
    number = f"{fault.code}/{fault.subcode}" if fault.subcode else f"{fault.code}"
    said = f'the platform says "{fault.message}" (code {number})'
    if fault.code in _THROTTLED or (fault.code == 100 and _is_spent(answer)):
        return _throttled(said, answer)
    special = _about_the_object(fault, said, needs)
    if special is not None:
        return special
    remedy = _remedy(fault, needs)
    if remedy:
        return _refusal(fault)(f"{remedy}: {said}")
    if fault.code in _TEMPORARY or fault.transient or answer.status >= 500:
        return SourceUnavailable(said)
    return SourceChanged(said)


def _about_the_object(fault: _Fault, said: str, needs: Needs) -> SourceError | None:
    """What only concerns one object or one metric of the call, None for everything else."""
    if "reduce the amount of data" in fault.message or (fault.code, fault.subcode) == (100, 1487534):
        return TooMuchData(said)
    if fault.code == 100 and (kind := _refused_metric(fault.message)):
        return kind(said)
    if fault.subcode == _BEFORE_MEASURING:
        return NotYetMeasured(said)
    if _TOO_FEW in fault.message:
        return KeptBack(said)
    if (fault.code, fault.subcode) == (100, 33) or fault.code == _NO_SUCH_NAME:
        return ObjectMissing(
            f"check the id of the {needs.thing}: it does not exist, or the token may not see it: {said}"
        )
    return None


def _refused_metric(message: str) -> type[MetricRefused] | None:
    if _NO_SUCH_METRIC.search(message):
        return MetricRefused
    return MetricOfOthers if _NOT_FOR_THIS.search(message) else None


def _refusal(fault: _Fault) -> type[SourceRefused]:
    if fault.code in _TOKEN:
        return TokenExpired
    return PermissionMissing if fault.code in _PERMISSION else SourceRefused


def _remedy(fault: _Fault, needs: Needs) -> str | None:
    """What a person must do, None where nobody can do anything."""
    if fault.code in _TOKEN:
        personal = "Page Access Token" in fault.message
        why = "this one belongs to a person" if personal else _DEATH_OF_TOKEN.get(fault.subcode, "it is not valid")
        return f"renew the {needs.token} ({why})"
    if fault.code in _PERMISSION:
        named = ", ".join(dict.fromkeys(_PERMISSION_NAME.findall(fault.message))) or needs.permission
        return f"grant the permission {named} and renew the token"
    if fault.code == 2635:
        return "this version of the API is no longer served: a newer Vigie, or a newer version in base, is needed"
    if fault.code == 368:
        return "the account is blocked for a time: see its support inbox"
    return None


def _is_spent(answer: Answer) -> bool:
    """Quota may be refused under another code: the usage headers then stand at 100 percent."""
    return any(max(map(_number, use.values()), default=0) >= 100 for use in _uses(answer, shares_only=True))


def _throttled(said: str, answer: Answer) -> SourceError:
    minutes = max((_number(use.get("estimated_time_to_regain_access")) for use in _uses(answer)), default=0)
    if not minutes:
        return SourceUnavailable(said)
    if minutes <= _SHORT_WAIT_MINUTES:
        return SourceUnavailable(said, retry_after=minutes * 60)
    moment = _date_of(answer)
    return QuotaExhausted(
        f"the quota is spent for {minutes} minutes: {said}",
        resets_at=moment + timedelta(minutes=minutes) if moment else None,
    )


def _uses(answer: Answer, *, shares_only: bool = False) -> Iterator[dict[str, object]]:
    """The usage objects of the headers; with ``shares_only`` reduced to their percentages."""
    for header in ("X-App-Usage", "X-Business-Use-Case-Usage"):
        try:
            told = msgspec.json.decode(answer.headers.get(header) or "{}")
        except msgspec.DecodeError:
            continue
        groups = told.values() if header.startswith("X-Business") and isinstance(told, dict) else [[told]]
        for use in (use for group in groups if isinstance(group, list) for use in group):
            if isinstance(use, dict):
                shares = ("call_count", "total_cputime", "total_time")
                yield {key: use.get(key, 0) for key in shares} if shares_only else use


def _date_of(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date") or "").astimezone(UTC)
    except ValueError:
        return None
