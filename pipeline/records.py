"""An answer's body taken apart into its records, each in the platform's own bytes.

A page of 500 records is checked from the first byte to the last, but no record becomes a dict:
msgspec walks through the JSON and hands back slices. Strict: invalid UTF-8, NaN, Infinity, trailing
characters or another shape than the declared one is SourceChanged; a body that was cut, or a page
made for people, is SourceUnavailable.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar, cast

import msgspec

from pipeline.errors import SourceChanged, SourceError, SourceUnavailable
from pipeline.http.body import mended
from pipeline.http.redaction import excerpt

T = TypeVar("T")

# The first byte of every JSON object.
_OBJECT = frozenset(b"{")
_BOM = b"\xef\xbb\xbf"


def read(body: bytes, shape: type[T]) -> T:
    """The body as ``shape``: a msgspec.Struct, a dict, a list, with ``msgspec.Raw`` for what stays bytes.

    Half a surrogate pair (an emoji that the platform cut in two) is no text in any encoding; it
    becomes U+FFFD, as every reader of the text would make of it.
    """
    body = body.removeprefix(_BOM)
    if not body.isascii():
        _check_utf8(body)
    decoder = _decoder(cast("Hashable", shape))
    try:
        return cast("T", decoder.decode(body))
    except (msgspec.MsgspecError, RecursionError) as error:
        reason = str(error)
    whole = mended(body)
    if whole != body:
        try:
            return cast("T", decoder.decode(whole))
        except (msgspec.MsgspecError, RecursionError) as error:
            reason = str(error)
    raise _refusal(body, reason)


def split(body: bytes, at: str = "") -> list[bytes]:
    """The records of the list at ``at`` (``""`` the body itself, ``"data"``, ``"report.rows"``).

    Every record is a JSON object.
    """
    found: Any = read(body, _path(at, list[msgspec.Raw]))
    for name in at.split(".") if at else ():
        found = getattr(found, _attribute(name))
    return objects(found)


def by_key(body: bytes, at: str = "") -> dict[str, bytes]:
    """The object at ``at`` as a dict of name (a day, an id) → bytes of the value, whatever it is."""
    found: Any = read(body, _path(at, dict[str, msgspec.Raw]))
    for name in at.split(".") if at else ():
        found = getattr(found, _attribute(name))
    return {key: bytes(value) for key, value in found.items()}


def objects(raws: Iterable[msgspec.Raw]) -> list[bytes]:
    """The bytes of records that ``read`` left raw. SourceChanged where one is no JSON object."""
    records = list(map(bytes, raws))
    if not set(map(itemgetter(0), records)) <= _OBJECT:
        number = next(n for n, record in enumerate(records) if record[0] not in _OBJECT)
        raise SourceChanged(f"record {number + 1} of an answer is no object: {excerpt(records[number])}")
    return records


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


@cache
def _path(at: str, kind: Any) -> Any:
    """A struct for each name on the way, with nothing in it but the next one."""
    for name in reversed(at.split(".") if at else []):
        attribute = _attribute(name)
        kind = msgspec.defstruct("Envelope", [(attribute, kind)], rename={attribute: name})
    return kind


def _attribute(name: str) -> str:
    return "at_" + re.sub(r"\W", "_", name)


def _check_utf8(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        position = error.start
    else:
        return
    raise SourceChanged(f"the answer is not UTF-8 (byte {position}): {excerpt(body[max(0, position - 40) :])}")


def _refusal(body: bytes, reason: str) -> SourceError:
    start = body[:512].lstrip()
    if start.startswith(b"<"):
        return SourceUnavailable(f"a login or maintenance page came instead of data: {excerpt(body)}")
    if "truncated" in reason:
        return SourceUnavailable(f"the answer was cut: its JSON has no end: {excerpt(body)}")
    return SourceChanged(f"the answer has not the expected form ({reason}): {excerpt(body)}")
