"""Answers of any simulated platform, changed on their way out: whatever its face can do by itself, these it cannot.

    bend(server, face, change, after=2, times=1)      change(request, Outgoing) -> Outgoing
    straighten(server)                                 as it was

A change sees the whole answer unpacked, so that it works on every platform without knowing it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.simulator import Server
from pipeline.simulator.face import Args, Face
from pipeline.simulator.faults import Injection
from pipeline.simulator.wire import Pairs, Request


@dataclass(frozen=True)
class Outgoing:
    """An answer before it leaves: its status line's number, its headers and its body as text would be read."""

    status: int
    headers: Pairs
    body: bytes

    @classmethod
    def of(cls, head: bytes, body: bytes) -> Outgoing:
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        pairs = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        packed = ("Content-Encoding", "gzip") in pairs
        kept = tuple(pair for pair in pairs if pair[0] not in {"Content-Encoding", "Content-Length"})
        return cls(int(first.split()[1]), kept, gzip.decompress(body) if packed else body)

    def bytes(self) -> tuple[bytes, bytes]:
        lines = [f"{name}: {value}" for name, value in (*self.headers, ("Content-Length", str(len(self.body))))]
        return ("\r\n".join([f"HTTP/1.1 {self.status} Answer", *lines]) + "\r\n\r\n").encode("latin-1"), self.body

    @property
    def document(self) -> Any:
        """The JSON of a success, None where it is none."""
        try:
            return json.loads(self.body) if self.status == 200 else None
        except ValueError:
            return None

    def telling(self, document: object) -> Outgoing:
        return replace(self, body=json.dumps(document, separators=(",", ":")).encode())


Change = Callable[[Request, Outgoing], Outgoing]


def concerns(face: Face, request: Request) -> bool:
    return (request.path + "/").startswith(face.prefix + "/")


class Bender:
    """Stands between a simulator and its clients."""

    def __init__(self, server: Server) -> None:
        self._simulator = server.simulator
        self._plain = server.simulator.respond
        self.struck = 0
        self.asked: list[Request] = []

    def bend(self, face: Face, change: Change, *, after: int = 0, times: int | None = None) -> None:
        """Change the answers of a face, all but the first ``after``, ``times`` of them at most."""
        before, seen = self._simulator.respond, 0

        def respond(request: Request) -> tuple[bytes, bytes, Sequence[Injection]]:
            nonlocal seen
            head, body, faults = before(request)
            if not concerns(face, request):
                return head, body, faults
            seen += 1
            if seen <= after or (times is not None and seen > after + times):
                return head, body, faults
            told = Outgoing.of(head, body)
            changed = change(request, told)
            if changed is told:
                return head, body, faults
            self.struck += 1
            return *changed.bytes(), faults

        self._replace(respond)

    def listen(self) -> None:
        """Write down every request that comes."""
        before = self._simulator.respond

        def respond(request: Request) -> tuple[bytes, bytes, Sequence[Injection]]:
            self.asked.append(request)
            return before(request)

        self._replace(respond)

    def straighten(self) -> None:
        self._replace(self._plain)
        self.struck = 0
        self.asked.clear()

    def _replace(self, respond: Callable[[Request], tuple[bytes, bytes, Sequence[Injection]]]) -> None:
        self._simulator.respond = respond  # type: ignore[method-assign,assignment]


def refusing(face: Face, kind: str, args: Args | None = None, change: Change | None = None) -> Change:
    """The platform's own refusal instead of its answer, where it concerns the request; then changed."""

    def refuse(request: Request, told: Outgoing) -> Outgoing:
        reply = face.refusals[kind](request, args or {})
        if reply is None:
            return told
        body = json.dumps(reply.document) if reply.text is None else reply.text
        dates = tuple(pair for pair in told.headers if pair[0] == "Date")
        headers = (*dates, ("Content-Type", reply.content_type), *reply.headers)
        given = Outgoing(reply.status, headers, body.encode())
        return change(request, given) if change else given

    return refuse
