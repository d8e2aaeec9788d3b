"""HTTP/1.1 as the simulator speaks it: requests read from a socket, replies made into bytes.

Written by hand rather than with ``http.server`` because a fault is often a matter of single bytes (a
cut body, a drip, a reset), and because a rendered answer is then one ``sendall``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from http import HTTPStatus
from io import BufferedIOBase
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

Pairs = tuple[tuple[str, str], ...]
MAX_LINE = 65_536
MAX_BODY = 4 * 2**20
WORTH_PACKING = 1024


class MalformedRequestError(ValueError):
    """What came over the socket is not an HTTP request that we understand."""


@dataclass(frozen=True)
class Request:
    """One request. ``path`` is decoded, header names are lower-case, ``target`` is path and query as written."""

    method: str
    path: str
    query: Pairs
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: bytes = b""
    target: str = ""

    @cached_property
    def params(self) -> Mapping[str, str]:
        """Query parameters by name; of a repeated one the last."""
        return dict(self.query)

    @cached_property
    def form(self) -> Mapping[str, str]:
        """Fields of a urlencoded body; empty for any other kind of body."""
        if "urlencoded" not in self.headers.get("content-type", "").lower():
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def base(self) -> str:
        """Scheme and host under which the client knows this server."""
        return f"http://{self.headers.get('host', 'localhost')}"

    @property
    def line(self) -> str:
        """Path, query and form as one decoded text: what path patterns of faults are matched with."""
        form = "&".join(f"{k}={v}" for k, v in self.form.items() if k != "token_auth")
        query = "&".join(f"{k}={v}" for k, v in self.query)
        return f"{self.path}?{query}&{form}" if form else f"{self.path}?{query}"

    def having(self, **params: str | int | None) -> Request:
        """The same request with other query parameters; None removes one."""
        merged: dict[str, str | int | None] = {**self.params, **params}
        return replace(self, query=tuple((k, str(v)) for k, v in merged.items() if v is not None))

    def url(self, **params: str | int | None) -> str:
        """The absolute address of this request, with other parameters."""
        changed = self.having(**params)
        return f"{self.base}{self.path}?{urlencode(changed.query)}"


@dataclass(frozen=True)
class Reply:
    """An answer before it is rendered: a JSON ``document``, or a ``text`` where there is one.

    ``repeats`` is False where the same question would be answered differently a second time.
    """

    document: object = None
    status: int = 200
    headers: Pairs = ()
    text: str | None = None
    content_type: str = "application/json; charset=UTF-8"
    repeats: bool = True

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def page(text: str, status: int, headers: Pairs = ()) -> Reply:
    """An HTML answer."""
    return Reply(text=text, status=status, headers=headers, content_type="text/html; charset=UTF-8")


def read_request(stream: BufferedIOBase) -> Request | None:
    """The next request of a connection, None when the client has closed it. Raises MalformedRequestError."""
    start = stream.readline(MAX_LINE)
    if not start.strip():
        return None
    try:
        method, target, _ = start.decode("latin-1").split()
    except ValueError:
        raise MalformedRequestError("no request line") from None
    headers: dict[str, str] = {}
    while (line := stream.readline(MAX_LINE).decode("latin-1").strip()) != "":
        name, colon, value = line.partition(":")
        if not colon or len(headers) > 200:
            raise MalformedRequestError("no header")
        headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise MalformedRequestError("no usable length")
    parts = urlsplit(target)
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    body = stream.read(int(length)) if int(length) else b""
    return Request(method, unquote(parts.path), query, headers, body, target)


def rendered(reply: Reply, now: datetime, *, packed: bool) -> tuple[bytes, bytes]:
    """Header block and body as they go over the wire. Gzip where the client takes it and it pays."""
    text = json.dumps(reply.document, separators=(",", ":")) if reply.text is None else reply.text
    body, headers = text.encode(), [("Content-Type", reply.content_type), *reply.headers]
    if packed and len(body) >= WORTH_PACKING:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    return head(reply.status, now, tuple(headers)), body


def head(status: int, now: datetime, headers: Pairs) -> bytes:
    """Status line and headers, with the ``Date`` of the virtual clock."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    date = format_datetime(now, usegmt=True)
    lines = [f"HTTP/1.1 {status} {phrase}", f"Date: {date}", *(f"{k}: {v}" for k, v in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
