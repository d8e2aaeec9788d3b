"""A real HTTP server on loopback that answers what a test says: for answers that no simulator would give."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; ``target`` is path and query as they were written."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    target: str = ""


@dataclass(frozen=True)
class Reply:
    """``body``: bytes as they are, anything else as JSON."""

    body: object = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Loopback:
    """``answers`` may be replaced while the server runs; ``asked`` keeps every request."""

    def __init__(self, answers: Callable[[Asked], Reply]) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        self.date = "Tue, 03 Nov 2026 03:00:00 GMT"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(owner: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            address, body = urlsplit(self.path), self.rfile.read(length)
            asked = Asked(
                self.command,
                address.path,
                dict(parse_qsl(address.query, keep_blank_values=True)),
                dict(parse_qsl(body.decode(), keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                body,
                self.path,
            )
            owner.asked.append(asked)
            self._send(owner.answers(asked))

        do_POST = do_GET  # noqa: N815 - the name that http.server calls

        def _send(self, reply: Reply) -> None:
            self.send_response_only(reply.status)
            headers = {"Date": owner.date, "Content-Type": "application/json", **reply.headers}
            for name, value in {**headers, "Content-Length": str(len(reply.payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.payload)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
