"""The inbox over HTTP: small answers, short patience, and nothing of a message in the log."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from pipeline.errors import VigieError
from pipeline.sources.inbox.desk import Desk
from pipeline.sources.inbox.refusal import Refusal

log = logging.getLogger(__name__)

HOST, PORT, PATH = "127.0.0.1", 8787, "/inbox"
_SECONDS_TO_DRAIN, _PARTS_TO_DRAIN = 0.5, 64
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Patience:
    """How much is taken at once: bytes of a body, seconds of a request, requests side by side."""

    body: int = 65_536
    seconds: float = 10.0
    connections: int = 32


class Inbox(ThreadingHTTPServer):
    """Serves until ``shutdown``; ``server_close`` then waits for the requests that are being answered."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], desk: Desk, patience: Patience | None = None) -> None:
        self.desk, self.patience = desk, patience or Patience()
        self._places = threading.BoundedSemaphore(self.patience.connections)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own while there is a place; else the sender is asked to come again."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        log.warning("503 busy: %d requests at once", self.patience.connections)
        with contextlib.suppress(OSError):
            request.sendall(_BUSY)
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up is not waited for; nothing of theirs is printed."""
        del request, client_address
        log.info("a request ended before its answer", exc_info=log.isEnabledFor(logging.DEBUG))


class _Handler(BaseHTTPRequestHandler):
    """One request of one connection."""

    server: Inbox
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "vigie", ""
    _METHODS: ClassVar = {"/healthz": "GET, HEAD", PATH: "POST"}

    def setup(self) -> None:
        self._began = time.monotonic()
        super().setup()
        self.connection.settimeout(self.server.patience.seconds)
        # Who sends a letter every second must end as well.
        self._end = threading.Timer(self.server.patience.seconds + 1, self._hang_up)
        self._end.daemon = True
        self._end.start()

    def finish(self) -> None:
        super().finish()
        self._drain()
        self._end.cancel()

    def _drain(self) -> None:
        """Hear the sender out for a moment: who is cut off while sending does not read the answer."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_SECONDS_TO_DRAIN)
            for _ in range(_PARTS_TO_DRAIN):
                if not self.connection.recv(65_536):
                    break

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path != "/healthz":
            self._refuse(self._elsewhere(path))
            return
        try:
            self.server.desk.try_out()
        except OSError as error:
            self._answer(503, {"status": "cannot store", "message": os.strerror(error.errno or 0)})
            return
        self._answer(200, {"status": "ok"})

    do_HEAD = do_GET  # noqa: N815 - the library calls it so

    def do_POST(self) -> None:
        try:
            path = self.path.partition("?")[0]
            if path != PATH:
                raise self._elsewhere(path)
            body = self._body()
            taken = self.server.desk.take(
                {name: self._only(name) for name in ("X-Vigie-Signature", "Idempotency-Key")}, body
            )
        except Refusal as refusal:
            self._refuse(refusal)
        except (OSError, VigieError) as error:
            log.warning("nothing can be stored: %s", error)
            self._answer(503, {"error": "not_stored", "message": "nothing was stored: send it again"}, retry=60)
        else:
            word = f"{taken.status} {taken.action} of {taken.site}"
            self._answer(200, {"status": taken.status, "id": taken.id}, word)

    def _other(self) -> None:
        self._refuse(self._elsewhere(self.path.partition("?")[0]))

    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _other  # noqa: N815 - the library calls them so

    def _elsewhere(self, path: str) -> Refusal:
        if path in self._METHODS:
            return Refusal(405, "wrong_method", f"{path} takes {self._METHODS[path]}")
        return Refusal(404, "nothing_here", f"messages are taken at POST {PATH}")

    def _only(self, name: str) -> str | None:
        """A header that may come once: of two, nobody knows which is meant."""
        found = self.headers.get_all(name, [])
        return ",".join(found) if found else None

    def _body(self) -> bytes:
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refusal(415, "wrong_type", "Content-Type must be application/json")
        length, encoding = self.headers.get("Content-Length"), self.headers.get("Content-Encoding", "identity")
        if encoding != "identity":
            raise Refusal(415, "wrong_type", "send the body without Content-Encoding")
        if length is None or "Transfer-Encoding" in self.headers:
            raise Refusal(411, "no_length", "send the body whole, with Content-Length")
        if not (length.isascii() and length.isdecimal() and len(length) < 16):
            raise Refusal(400, "no_length", "Content-Length is no number")
        if int(length) > self.server.patience.body:
            raise Refusal(413, "too_large", f"a message has at most {self.server.patience.body} bytes")
        return self._read(int(length))

    def _read(self, length: int) -> bytes:
        body = b""
        while len(body) < length:
            left = self._began + self.server.patience.seconds - time.monotonic()
            try:
                self.connection.settimeout(max(left, 0.001))
                more = self.rfile.read1(length - len(body))
            except TimeoutError:
                more, left = b"", 0
            if left <= 0:
                raise Refusal(408, "too_slow", f"the body took more than {self.server.patience.seconds:g} s")
            if not more:
                raise Refusal(400, "cut", "the body is shorter than Content-Length says")
            body += more
        return body

    def _refuse(self, refusal: Refusal) -> None:
        self._answer(refusal.status, refusal.document(), f"{refusal.code} {refusal.field or ''}".rstrip())

    def _answer(self, status: int, document: dict[str, object], word: str = "", retry: int | None = None) -> None:
        """One JSON line, one line in the log, and the connection ends."""
        content = json.dumps(document).encode() + b"\n"
        took = 1000 * (time.monotonic() - self._began)
        place = self.path if self.path in self._METHODS else "elsewhere"
        log.info("%s %s %d %s %.0f ms", self.command, place, status, word or document.get("status"), took)
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        if status == 405:
            self.send_header("Allow", self._METHODS[self.path.partition("?")[0]])
        if retry is not None:
            self.send_header("Retry-After", str(retry))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses before a method is known: in the same form."""
        del explain
        # Else an answer to what has no version has no status either.
        self.request_version = self.protocol_version
        self.command, self.path = getattr(self, "command", None) or "?", getattr(self, "path", "")
        self._answer(int(code), {"error": "bad_request", "message": message or "no request of HTTP"}, "bad_request")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """The library's own lines repeat what was sent: ours do not."""
