"""Reading answers without interpreting them: shapes are checked, the values stay the platform's bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar
from urllib.parse import quote

import msgspec

from pipeline import records
from pipeline.errors import SourceChanged, SourceError
from pipeline.http import Answer, Session, redact
from pipeline.settings import Account
from pipeline.streams import Page, Unit, Yield

T = TypeVar("T")

# A level that the platform only knows for "now" may stand for a night that ended this long ago.
_FRESH_DAYS = 2
_SHORTEST_SECRET = 8
_LONGEST_NUMBER = 20


def guarded(account: Account, http: Session, items: Iterator[Yield]) -> Iterator[Yield]:
    """The same items, safe to keep: no record repeats a credential, every error names its unit.

    Some platforms put the token into links inside their answers.
    """
    values = [secret.reveal() for secret in account.secrets.values()]
    known: tuple[str, ...] = ()
    secrets: list[bytes] = []
    try:
        for item in items:
            # A session gets new tokens while it reads.
            held = (*values, *(http.token.seen() if http.token else ()))
            if held != known:
                known = held
                secrets = [text.encode() for value in known for text in sorted(_spellings(value))]
            if isinstance(item, Page) and any(secret in record for record in item.records for secret in secrets):
                yield replace(item, records=[_without(record, secrets) for record in item.records])
            else:
                yield item
    except SourceError as error:
        message = redact(str(error))
        error.args = (message if message.startswith(http.label) else f"{http.label}: {message}",)
        raise
    except (RecursionError, UnicodeDecodeError) as error:
        # Nested without end, or bytes that are no text: whoever sent it, it is not what was agreed.
        raise SourceChanged(f"{http.label}: an answer that no program can read: {type(error).__name__}") from None


def _spellings(secret: str) -> set[str]:
    """A short word is no credential that could be told from other text."""
    return {secret, quote(secret, safe="")} if len(secret) >= _SHORTEST_SECRET else set()


def _without(record: bytes, secrets: Sequence[bytes]) -> bytes:
    for secret in secrets:
        record = record.replace(secret, b"***")
    return record


def decode(answer: Answer | msgspec.Raw, shape: type[T], what: str) -> T:
    """The answer's body in the given shape; SourceChanged says ``what`` does not fit, and where."""
    try:
        return records.read(bytes(answer) if isinstance(answer, msgspec.Raw) else answer.body, shape)
    except SourceChanged as fault:
        raise SourceChanged(f"{what}: {fault}") from None


def whole(value: msgspec.Raw) -> int | None:
    """A whole number, whether it was written as one or as text; None for everything else."""
    text = bytes(value).strip(b'"')
    return int(text) if text.isdigit() and len(text) < _LONGEST_NUMBER else None


def one_line(record: bytes | msgspec.Raw) -> bytes:
    """The same JSON without line breaks; numbers and texts as they were written."""
    plain = bytes(record)
    return msgspec.json.format(plain, indent=-1) if b"\n" in plain or b"\r" in plain else plain


def moment(text: str, what: str) -> datetime:
    """An instant as a platform writes it (``2026-11-01T12:00:00+0000``). SourceChanged where it has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise SourceChanged(f"{what} has no usable time: {text!r}")
    return found


def is_object(value: bytes | msgspec.Raw) -> bool:
    return bytes(value).lstrip()[:1] == b"{"


def in_front(record: bytes | msgspec.Raw, **fields: object) -> bytes:
    """The record with our own ``fields`` before the platform's, which stay untouched."""
    ours, theirs = msgspec.json.encode(fields)[:-1], one_line(record).lstrip()[1:]
    return ours + (theirs if theirs.strip() == b"}" else b"," + theirs)


def too_late(unit: Unit, http: Session) -> str | None:
    """Why a level of "now" must not be written down for the night, None when it may.

    The platform's clock decides (the ``Date`` of its first answer).
    """
    if http.first_date is None:
        return None
    late = (date.fromisoformat(http.first_date[:10]) - unit.night).days
    return f"asked {late} days after the night: the platform only gives today's" if late > _FRESH_DAYS else None
