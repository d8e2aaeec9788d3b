"""How bytes reach the client: at once, or cut, dripped, or with the connection torn down."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Sequence

from pipeline.simulator.faults import WIRE, Injection


def deliver(connection: socket.socket, head: bytes, body: bytes, faults: Sequence[Injection]) -> bool:
    """Send an answer; whether the connection may be used for another one."""
    fault = next((f for f in faults if f.kind in WIRE), None)
    if fault is None:
        connection.sendall(head + body)
        return True
    match fault.kind:
        case "cut_body":
            _cut(connection, head, body, fault)
        case "reset":
            _reset(connection, head, body, fault)
        case _:
            _drip(connection, head, body, fault)
    return False


def _cut(connection: socket.socket, head: bytes, body: bytes, fault: Injection) -> None:
    """The first ``share`` (half) of the body, then a regular end of the connection.

    ``length`` false: nothing announced how long the body is, so only its content can tell.
    """
    if not fault.args.get("length", True):
        head = _without_length(head)
    connection.sendall(head + body[: int(len(body) * float(fault.args.get("share", 0.5)))])


def _reset(connection: socket.socket, head: bytes, body: bytes, fault: Injection) -> None:
    """RST instead of an answer, or ``where`` = ``inside`` the body."""
    if fault.args.get("where") == "inside":
        connection.sendall(head + body[: len(body) // 2])
        # Let the client read what was sent: a reset discards whatever is still on its way.
        time.sleep(0.05)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _drip(connection: socket.socket, head: bytes, body: bytes, fault: Injection) -> None:
    """One byte of the body every ``interval`` (1) seconds, ``bytes`` of them at most (600)."""
    connection.sendall(head)
    try:
        for n in range(min(len(body), int(fault.args.get("bytes", 600)))):
            connection.sendall(body[n : n + 1])
            time.sleep(float(fault.args.get("interval", 1.0)))
    except OSError:
        return  # the client had enough


def _without_length(head: bytes) -> bytes:
    lines = head.split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(b"content-length")]
    return b"\r\n".join([kept[0], b"Connection: close", *kept[1:]])
