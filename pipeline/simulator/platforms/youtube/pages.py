"""Pages of a list: how many, from where, and the token of the next one."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipeline.simulator.platforms.youtube.errors import refuse
from pipeline.simulator.wire import Request

Item = TypeVar("Item")
Row = dict[str, object]


def paged(
    request: Request,
    kind: str,
    items: Sequence[Item],
    shape: Callable[[Item], Row],
    *,
    default: int = 5,
    most: int = 50,
) -> Row:
    """One page. ``totalResults`` is what the platform believes; a token holds a place in the list."""
    size, start = _size(request, default, most), _place(request.params.get("pageToken"))
    shown = items[start : start + size]
    answer: Row = {"kind": f"youtube#{kind}ListResponse", "etag": f"etag-{kind}-{start}"}
    if start + size < len(items):
        answer["nextPageToken"] = token_of(start + size)
    if start:
        answer["prevPageToken"] = token_of(max(0, start - size))
    answer["pageInfo"] = {"totalResults": len(items), "resultsPerPage": size}
    return {**answer, "items": [shape(item) for item in shown]}


def _size(request: Request, default: int, most: int) -> int:
    text = request.params.get("maxResults", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise refuse("invalidParameter", f"Invalid value '{text}'. Values must be within the range: [1, {most}]")
    return int(text)


def token_of(place: int) -> str:
    """The platform's own coding: a small message with the place as a number of seven-bit groups."""
    groups = []
    while True:
        place, low = place >> 7, place & 0x7F
        groups.append(low | (0x80 if place else 0))
        if not place:
            break
    return urlsafe_b64encode(bytes([0x08, *groups, 0x10, 0x00])).decode().rstrip("=")


def _place(token: str | None) -> int:
    if token is None:
        return 0
    try:
        told = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        told = b""
    if len(told) < 4 or told[:1] != b"\x08" or told[-2:] != b"\x10\x00":
        raise refuse("invalidPageToken", "The request specifies an invalid page token.")
    return sum((group & 0x7F) << 7 * n for n, group in enumerate(told[1:-2]))
