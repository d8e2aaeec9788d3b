"""Faults that a test has injected: which request each one strikes, and how often."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

from pipeline.simulator.face import Face
from pipeline.simulator.wire import Request

# Faults of the connection itself: every platform has them.
WIRE = frozenset({"cut_body", "reset", "drip"})


class UnknownFaultError(ValueError):
    """An injection that names a platform or a kind that does not exist, or misses an argument."""


@dataclass
class Injection:
    """One fault. Of the requests that match, the first ``after`` are spared; then every ``every``-th is
    struck, ``times`` times in all (None: for ever). ``night``: only while the clock stands at it.
    """

    id: int
    kind: str
    platform: str
    path: str = ""
    times: int | None = None
    after: int = 0
    every: int = 1
    night: date | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    def matches(self, face: Face, request: Request, night: date) -> bool:
        here = self.platform in {face.name, "*"} and self.night in {None, night}
        return here and re.search(self.path, request.line) is not None

    def strikes(self) -> bool:
        """Count one matching request; whether it is struck."""
        self.seen += 1
        turn = self.seen - self.after
        if turn < 1 or (turn - 1) % self.every or (self.times is not None and self.struck >= self.times):
            return False
        self.struck += 1
        return True

    def as_json(self) -> dict[str, object]:
        return {**self.__dict__, "night": self.night.isoformat() if self.night else None}


class Faults:
    """All injections of a simulator. May be asked by many threads."""

    def __init__(self, faces: Mapping[str, Face]) -> None:
        self._faces = faces
        self._injections: list[Injection] = []
        self._lock = Lock()
        self._last = 0

    def kinds(self, platform: str) -> frozenset[str]:
        """What can be injected on a platform; on ``*`` what every platform has."""
        if platform == "*":
            return frozenset.intersection(*(self.kinds(name) for name in self._faces))
        if platform not in self._faces:
            raise UnknownFaultError(f"no platform {platform!r}: known are {', '.join(self._faces)}, *")
        face = self._faces[platform]
        return frozenset({*WIRE, *face.refusals, *face.distortions})

    def inject(self, told: Mapping[str, Any]) -> Injection:
        """Add a fault from its JSON description. Raises UnknownFaultError."""
        unknown = set(told) - {"kind", "platform", "path", "times", "after", "every", "night", "args"}
        if unknown:
            raise UnknownFaultError(f"unknown field {min(unknown)!r}")
        platform, kind = str(told.get("platform", "*")), str(told.get("kind", ""))
        if kind not in self.kinds(platform):
            raise UnknownFaultError(
                f"no fault {kind!r} on {platform}: there are {', '.join(sorted(self.kinds(platform)))}"
            )
        args = dict(told.get("args") or {})
        needed = {"retired_metric": "metric", "deleted_post": "post"}.get(kind)
        if needed and needed not in args:
            raise UnknownFaultError(f"the fault {kind} needs the argument {needed!r}")
        with self._lock:
            self._last += 1
            injection = Injection(
                id=self._last,
                kind=kind,
                platform=platform,
                path=str(told.get("path", "")),
                times=None if told.get("times") is None else int(told["times"]),
                after=int(told.get("after", 0)),
                every=max(1, int(told.get("every", 1))),
                night=date.fromisoformat(told["night"]) if told.get("night") else None,
                args=args,
            )
            re.compile(injection.path)
            self._injections.append(injection)
        return injection

    def clear(self) -> None:
        with self._lock:
            self._injections.clear()

    def striking(self, face: Face, request: Request, night: date) -> tuple[Injection, ...]:
        """The faults that this request meets, in the order in which they were injected. Counts it."""
        if not self._injections:
            return ()
        with self._lock:
            return tuple(i for i in self._injections if i.matches(face, request, night) and i.strikes())

    def as_json(self) -> list[dict[str, object]]:
        with self._lock:
            return [injection.as_json() for injection in self._injections]
