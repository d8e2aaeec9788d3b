"""The body of an answer, whole or not at all.

HTTP clients keep silent when a body without a length, or a gzip stream, ends too early. Every way
of telling is used here: the length, the last chunk, the gzip trailer, the closing bracket.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Protocol

import msgspec

from pipeline.errors import SourceChanged, SourceUnavailable

_PIECE = 2**20
_GZIP = 16 + zlib.MAX_WBITS
# One escape of a JSON string at a time, so that a backslash that is itself escaped is passed over.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class Raw(Protocol):
    """What is needed of urllib3's response."""

    def read(self, amt: int | None = None, decode_content: bool | None = None) -> bytes: ...


def read_body(raw: Raw, headers: Mapping[str, str], *, cap: int, wire: list[bytes] | None = None) -> bytes:
    """All bytes of the body, decoded.

    ``cap``: most bytes, on the wire and decoded. ``wire`` takes in the pieces of a packed body
    as they come. SourceUnavailable where the body was cut, SourceChanged where it is larger than the
    cap or in an encoding that was not asked for.
    """
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"gzip", "x-gzip", "identity", ""}:
        named = encoding if encoding.isalnum() and len(encoding) <= 12 else "something unknown"
        raise SourceChanged(f"the answer is encoded as {named}, only gzip was asked for")
    chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
    length = None if chunked else _length(headers)
    pieces = _pieces(raw, length, cap)
    if "gzip" in encoding:
        pieces = pieces if wire is None else _copied(pieces, wire)
        return _gunzip(pieces, cap, empty_is_whole=length == 0)
    body = b"".join(pieces)
    if length is None and not chunked:
        _check_closed(body)
    return body


def _length(headers: Mapping[str, str]) -> int | None:
    text = headers.get("Content-Length")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise SourceUnavailable("the length of the answer cannot be read")
    return int(text)


def _pieces(raw: Raw, length: int | None, cap: int) -> Iterator[bytes]:
    if length is not None and length > cap:
        raise SourceChanged(f"the answer has {length} bytes, more than the {cap} that are read")
    received = 0
    while length is None or received < length:
        piece = raw.read(_PIECE if length is None else min(length - received, 8 * _PIECE), decode_content=False)
        if not piece:
            break
        received += len(piece)
        if received > cap:
            raise SourceChanged(f"the answer has more than the {cap} bytes that are read")
        yield piece
    if length is not None and received != length:
        raise SourceUnavailable(f"the answer was cut: {received} of {length} bytes came")


def _copied(pieces: Iterator[bytes], wire: list[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        wire.append(piece)
        yield piece


def _gunzip(pieces: Iterator[bytes], cap: int, *, empty_is_whole: bool) -> bytes:
    parts: list[bytes] = []
    size, wire = 0, 0
    stream = zlib.decompressobj(_GZIP)
    for piece in pieces:
        wire += len(piece)
        rest = piece
        while rest:
            if stream.eof:
                # Members may follow one another; zero bytes may pad the last one.
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                stream = zlib.decompressobj(_GZIP)
            try:
                part = stream.decompress(rest, cap - size + 1)
            except zlib.error:
                raise SourceUnavailable("the answer's gzip stream is damaged") from None
            size += len(part)
            if size > cap:
                raise SourceChanged(f"the answer unpacks to more than the {cap} bytes that are read")
            parts.append(part)
            rest = stream.unused_data if stream.eof else stream.unconsumed_tail
    if not stream.eof and not (wire == 0 and empty_is_whole):
        raise SourceUnavailable("the answer was cut: its gzip stream has no end")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _check_closed(body: bytes) -> None:
    """Only the connection's end says that this body is over, so its brackets must say so as well."""
    if body[:64].lstrip()[:1] not in (b"{", b"["):
        return
    if not _is_json(body) and not _is_json(mended(body)):
        raise SourceUnavailable("the answer was cut: its JSON has no end")


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def mended(body: bytes) -> bytes:
    """JSON whose halves of surrogate pairs, which no reader of the text could represent, are U+FFFD."""
    return _ESCAPE.sub(lambda escape: rb"\ufffd" if escape.group(1) else escape.group(), body)


def check_ends(body: bytes) -> None:
    """SourceUnavailable where a JSON object or list lacks its last bracket."""
    if body[:64].lstrip()[:1] in (b"{", b"["):
        tail = body[-64:].rstrip() or body.rstrip()
        if not tail.endswith((b"}", b"]")):
            raise SourceUnavailable("the answer was cut: its JSON has no end")
