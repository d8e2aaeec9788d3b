"""A small HTTP server that misbehaves on purpose, down to the bytes and packets.

It speaks through plain sockets, so that it can do what no web server would: reset a connection in
the middle of a body, send one byte a second, lie about lengths, cut a gzip stream.

    with FaultServer(reset_inside(b'{"data": []}'), answer(b'{"data": []}')) as server:
        ...ask server.base...
        assert server.connections == 2

Each request gets the next act of the script; the last act repeats for ever. ``server.play(…)``
replaces the script. ``server.asked`` keeps every request (method, target, headers, body) and
``server.connections`` counts connections, so a server that nobody may talk to is a canary:
``assert canary.connections == 0``. ``tls`` takes a context for https. Nothing sleeps on the real
clock except ``drip`` and ``silence``, which end when the server is closed.

An act is a function of the ``Wire`` and the request; it returns True to keep the connection.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

DATE = "Tue, 03 Nov 2026 03:00:00 GMT"


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. Names of headers are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, closing: threading.Event) -> None:
        self._sock = sock
        self._file = sock.makefile("rb")
        self._closing = closing

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def reset(self) -> None:
        """Ends the connection with RST: the other side gets an error, not an end."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self._file.close()
        self._sock.close()

    def wait(self, seconds: float) -> bool:
        """False when the server is being closed."""
        return not self._closing.wait(seconds)

    def read(self) -> Asked | None:
        line = self._file.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        headers: dict[str, str] = {}
        while (header := self._file.readline().decode("latin-1").strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = self._file.read(int(headers.get("content-length", "0")))
        return Asked(line[0], line[1], headers, body)


Act = Callable[[Wire, Asked], bool]


def head(status: int = 200, **headers: str | int | None) -> bytes:
    """Status line and headers; ``Content_Length=3`` is written Content-Length, None leaves one out."""
    fields: dict[str, str | int | None] = {"Content_Type": "application/json", "Date": DATE, **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status} Answer", *lines, "", ""]).encode("latin-1")


def answer(body: bytes = b"{}", status: int = 200, **headers: str | int | None) -> Act:
    """A proper answer with its length."""

    def act(wire: Wire, asked: Asked) -> bool:
        wire.send(head(status, Content_Length=len(body), **headers) + body)
        return True

    return act


def raw(data: bytes, *, keep: bool = False) -> Act:
    """These bytes, whatever they mean; then the connection ends properly, unless ``keep``."""

    def act(wire: Wire, asked: Asked) -> bool:
        wire.send(data)
        return keep

    return act


def compressed(body: bytes) -> Act:
    return answer(gzip.compress(body), Content_Encoding="gzip")


def chunked(*chunks: bytes, end: bool = True) -> Act:
    """Chunks; without ``end`` the connection is closed before the last, empty one."""

    def act(wire: Wire, asked: Asked) -> bool:
        parts = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
        wire.send(head(Transfer_Encoding="chunked") + parts + (b"0\r\n\r\n" if end else b""))
        return end

    return act


def reset_before() -> Act:
    """RST instead of an answer."""

    def act(wire: Wire, asked: Asked) -> bool:
        wire.reset()
        return False

    return act


def reset_inside(body: bytes) -> Act:
    """RST after half of the body."""

    def act(wire: Wire, asked: Asked) -> bool:
        wire.send(head(Content_Length=len(body)) + body[: len(body) // 2])
        # The bytes must have left before the reset overtakes them.
        wire.wait(0.02)
        wire.reset()
        return False

    return act


def drip(start: bytes, filler: bytes = b" ", every: float = 0.02) -> Act:
    """``start`` at once, then one piece of ``filler`` after the other until the reader gives up."""

    def act(wire: Wire, asked: Asked) -> bool:
        wire.send(start)
        while wire.wait(every):
            wire.send(filler)
        return False

    return act


def silence() -> Act:
    """No answer at all."""

    def act(wire: Wire, asked: Asked) -> bool:
        while wire.wait(0.02):
            pass
        return False

    return act


class FaultServer:
    """Listens on loopback from ``with`` on; see the module for how to use it."""

    def __init__(self, *acts: Act, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self._acts = list(acts)
        self._tls = tls
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    @property
    def base(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def play(self, *acts: Act) -> None:
        """A new script, from its beginning."""
        with self._lock:
            self._acts = list(acts)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        # A listener that another thread accepts on is only woken by shutting it down.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(lambda sock=sock: self._serve(sock))  # type: ignore[misc]

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(10)
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
            wire = Wire(sock, self._closing)
        except OSError:
            sock.close()
            return
        try:
            while (asked := wire.read()) is not None and self._next(asked)(wire, asked):
                pass
        except (OSError, ValueError):
            pass
        wire.close()

    def _next(self, asked: Asked) -> Act:
        with self._lock:
            self.asked.append(asked)
            return self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
