"""What X's problem documents mean, as the whole answer or beside the data of one.

Documentation: https://docs.x.com/x-api/fundamentals/response-codes-and-errors
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from pipeline.errors import QuotaExhausted, SourceChanged, SourceError, SourceRefused, SourceUnavailable, TokenExpired
from pipeline.http import Answer, excerpt, judge_status

GONE = "resource-not-found"
HIDDEN = frozenset({"not-authorized-for-field", "field-unauthorized"})
# Beside the data these say what is not in it; whoever reads the answer tells what that means for it.
_SPOKEN = HIDDEN | {GONE, "not-authorized-for-resource", "resource-unavailable", "disallowed-resource"}
_SPENT = frozenset({"usage-capped", "credits"})
_LAST_SECOND = 2**33
_PAYMENT_REQUIRED = 402
_REMEDIES = {
    "unsupported-authentication": 'this token speaks for an app alone: set context = "app", or give a user\'s token',
    "client-forbidden": "attach the app to a project that may use this endpoint",
    "oauth1-permissions": "give the app the permission to read",
    "not-authorized-for-resource": "the account does not let this token read it",
}


class WordsRefused(SourceChanged):
    """A parameter that this service does not know: it may speak the other dialect."""


class Fault(msgspec.Struct):
    """One entry of ``errors`` beside the data, or a whole problem document."""

    type: str = ""
    title: str = ""
    detail: str = ""
    value: object = None
    resource_id: object = None
    section: str = ""
    parameter: str = ""
    errors: list[msgspec.Raw] | None = None

    @property
    def kind(self) -> str:
        """The last part of its type, which has stood under two hosts."""
        return self.type.rstrip("/").rpartition("/")[2]

    @property
    def about(self) -> str:
        """The id or name that it speaks of."""
        return str(self.resource_id or self.value or "")


class _Beside(msgspec.Struct):
    errors: list[Fault] = []


def judge(answer: Answer) -> None:
    """Raise what a problem document means; beside data, what is not only a missing part of it."""
    if answer.status < 300:
        judge_status(answer)
        if b'"data"' not in answer.body and b'"meta"' not in answer.body and (whole := _document(answer)):
            # A problem that came with the status of a success is still no empty list.
            raise _reading(whole, answer)
        for fault in faults(answer):
            if fault.kind not in _SPOKEN:
                raise _beside(fault)
        return
    document = _document(answer)
    if document is None:
        judge_status(answer)
        return
    raise _reading(document, answer)


def faults(answer: Answer) -> list[Fault]:
    """The entries of ``errors`` beside the data."""
    if b'"errors"' not in answer.body:
        return []
    try:
        return msgspec.json.decode(answer.body, type=_Beside).errors
    except msgspec.DecodeError:
        raise SourceChanged(f"the errors beside the data cannot be read: {excerpt(answer.body)}") from None


def _beside(fault: Fault) -> SourceError:
    said = f'the answer is not whole: "{fault.detail or fault.title}" ({fault.kind or "no type"})'
    return QuotaExhausted(said) if fault.kind in _SPENT else SourceUnavailable(said)


def _document(answer: Answer) -> Fault | None:
    try:
        told = msgspec.json.decode(answer.body, type=Fault)
    except msgspec.DecodeError:
        return None
    return told if told.title or told.type or told.detail else None


def _reading(fault: Fault, answer: Answer) -> SourceError:
    kind = fault.kind if fault.kind != "about:blank" else ""
    said = f'the platform says "{_words(fault)}" (HTTP {answer.status}{f", {kind}" if kind else ""})'
    if kind in _SPENT or answer.status == _PAYMENT_REQUIRED:
        return QuotaExhausted(f"the credits or the cap of reads are spent: {said}")
    if answer.status == 429:
        return QuotaExhausted(said, resets_at=_reset(answer)) if _reset(answer) else SourceUnavailable(said)
    if answer.status == 401:
        return TokenExpired(f"renew the token: {said}")
    if answer.status >= 500 or answer.status in {408, 425}:
        return SourceUnavailable(said)
    if answer.status == 403 or kind in _REMEDIES:
        return SourceRefused(f"{_REMEDIES.get(kind, 'give the token the permission')}: {said}")
    return WordsRefused(said) if kind == "invalid-request" else SourceChanged(said)


def _words(fault: Fault) -> str:
    """The detail, and what is said of each parameter."""
    told = b" ".join(map(bytes, fault.errors or []))
    detail = fault.detail or fault.title
    return f"{detail} {excerpt(told)}" if told else detail


def _reset(answer: Answer) -> datetime | None:
    text = answer.headers.get("x-rate-limit-reset", "").strip()
    known = text.isascii() and text.isdigit() and len(text) < 12 and int(text) < _LAST_SECOND
    return datetime.fromtimestamp(int(text), UTC) if known else None
