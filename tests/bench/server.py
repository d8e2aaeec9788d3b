"""A platform for benchmarks: pages of records rendered ahead, sent by the kernel from one file.

``python -m tests.bench.server <file> <records>`` renders, prints its port and serves until its input
closes. ``GET /records?after=<page>`` gives a page of 500 and the cursor of the next one. What it costs is
little more than the copy, so that the time that is measured is the reader's.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measure import ROOT, say
from tests.bench.post_metrics import PAGE, rendered

_AFTER = re.compile(rb"^GET /records(?:\?(?:[^ ]*&)?after=(\d+)[^ ]*)? ")
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Tue, 03 Nov 2026 03:00:00 GMT\r\n"
    b"x-rate-limit-limit: 900000\r\nx-rate-limit-remaining: 899999\r\nx-rate-limit-reset: 1793675700\r\n"
    b"Content-Length: %d\r\n\r\n"
)
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

Place = tuple[int, int]
"""Offset and length of a whole answer in the file."""


@contextmanager
def running(folder: Path, records: int) -> Iterator[int]:
    """A server in a process of its own; gives its port when everything is rendered."""
    say(f"  rendering {records:,} records")
    command = [sys.executable, "-m", "tests.bench.server", str(folder / "pages.http"), str(records)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def pages(records: int) -> int:
    return -(-records // PAGE)


def _render(file: Path, records: int) -> list[Place]:
    places, offset, last = [], 0, pages(records)
    with file.open("wb") as out:
        for number in range(last):
            body = rendered(number, records, cursor=str(number + 1) if number + 1 < last else None)
            answer = _HEAD % len(body) + body
            out.write(answer)
            places.append((offset, len(answer)))
            offset += len(answer)
    return places


def _serve(client: socket.socket, file: int, places: list[Place]) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    waiting = b""
    with client:
        while data := client.recv(65536):
            waiting += data
            while b"\r\n\r\n" in waiting:
                head, _, waiting = waiting.partition(b"\r\n\r\n")
                asked = _AFTER.match(head)
                number = int(asked[1] or 0) if asked else len(places)
                if number < len(places):
                    _send(client, file, *places[number])
                else:
                    client.sendall(_MISSING)


def _send(client: socket.socket, file: int, offset: int, length: int) -> None:
    end = offset + length
    while offset < end:
        offset += os.sendfile(client.fileno(), file, offset, end - offset)


def main() -> None:
    path, records = Path(sys.argv[1]), int(sys.argv[2])
    places = _render(path, records)
    file = os.open(path, os.O_RDONLY)
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        threading.Thread(target=_accept, args=(listener, file, places), daemon=True).start()
        print(listener.getsockname()[1], flush=True)
        sys.stdin.buffer.read()  # until the one who started us is done, or gone


def _accept(listener: socket.socket, file: int, places: list[Place]) -> None:
    while True:
        client, _ = listener.accept()
        threading.Thread(target=_serve, args=(client, file, places), daemon=True).start()


if __name__ == "__main__":
    main()
