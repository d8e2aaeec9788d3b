"""All platforms together behind one address: finds the face, strikes with faults, remembers what was asked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from pipeline.simulator.allowance import Charged, Meter, told_instead
from pipeline.simulator.clock import Clock
from pipeline.simulator.copies import copy_of
from pipeline.simulator.face import Face
from pipeline.simulator.faults import Faults, Injection
from pipeline.simulator.platforms import FACES
from pipeline.simulator.wire import Reply, Request, page, rendered
from pipeline.simulator.world import Change, World

CACHE_BYTES = 256 * 2**20
Rendered = tuple[bytes, bytes]


class Simulator:
    """The state behind the server. ``respond`` may be called by many threads.

    Rendered answers are kept by everything that they depend on, so that a benchmark that asks a
    second time measures its own speed and not the simulator's.
    """

    def __init__(self, *, limits: bool = False, **world: Any) -> None:
        self._lock = Lock()
        self.reset(**world)
        self.meter.switch(on=limits)

    def reset(self, **world: Any) -> None:
        """A new world (arguments of ``World``), no faults, no limits, nothing remembered, clock at the last night."""
        self.world = World(**world)
        self.clock = Clock(self.world)
        self.faults = Faults(FACES)
        self.meter = Meter()
        self._requests: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._last: dict[str, dict[str, object]] = {}
        self._forget()

    def _forget(self) -> None:
        self._cache: dict[object, Rendered] = {}
        self._replies: dict[object, Reply] = {}
        self._cached_bytes = 0

    def mutate(self, change: Change) -> None:
        """Change the world. Raises ValueError for a change that this platform does not know."""
        self.world = self.world.changed(change)
        self._forget()

    def respond(self, request: Request) -> tuple[bytes, bytes, Sequence[Injection]]:
        """Header block and body, and the faults that the way to the client has in store."""
        copy = copy_of(request)
        request = copy.heard(request) if copy else request
        face = next((f for f in FACES.values() if (request.path + "/").startswith(f.prefix + "/")), None)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        if face is None:
            nothing = page("<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>", 404)
            return *rendered(nothing, self.clock.now, packed=packed), ()
        striking = self._note(face, request)
        bent = [fault for fault in striking if fault.kind in face.refusals or fault.kind in face.distortions]
        if self.meter.is_on or copy:
            reply = self._counted(face, request, bent)
            answer = rendered(copy.told(reply) if copy else reply, self.clock.now, packed=packed)
        elif bent:
            answer = rendered(self._struck(face, request, bent), self.clock.now, packed=packed)
        else:
            answer = self._kept(face, request, packed=packed)
        with self._lock:
            self._statuses[int(answer[0][9:12])] += 1
        return *answer, striking

    def _note(self, face: Face, request: Request) -> tuple[Injection, ...]:
        """Remember the request; the faults that strike it."""
        with self._lock:
            self._requests[request.path] += 1
            self._last[request.path] = {
                "method": request.method,
                "query": dict(request.query),
                "form": dict(request.form),
                "headers": dict(request.headers),
            }
        return self.faults.striking(face, request, self.clock.night)

    def _plain(self, face: Face, request: Request) -> Reply:
        """The platform's own answer, which is an outage for the whole night where the world says so."""
        night, account = self.clock.night, face.account(request)
        if (face.platform, account, night) in self.world.outages:
            return face.refusals["unavailable"](request, {}) or Reply(status=503)
        return face.answer(request, self.world, night)

    def _struck(self, face: Face, request: Request, faults: Sequence[Injection]) -> Reply:
        """The answer as the faults leave it: the first refusal wins, otherwise every distortion is made."""
        for fault in faults:
            refusal = face.refusals.get(fault.kind)
            refused = refusal(request, fault.args) if refusal else None
            if refused is not None:
                return refused
        reply = self._plain(face, request)
        for fault in faults:
            distortion = face.distortions.get(fault.kind)
            if distortion:
                reply = distortion(reply, request, fault.args, lambda other: self._plain(face, other))
        return reply

    def _counted(self, face: Face, request: Request, faults: Sequence[Injection]) -> Reply:
        """The answer of a platform that counts, with what it tells of its limits, or its refusal."""
        charged = Charged((), None)
        if self.meter.is_on and face.allowance:
            charged = self.meter.charge(face.platform, face.allowance, request, self.clock.now)
        if charged.refusal:
            return charged.refusal
        reply = self._struck(face, request, faults) if faults else self._remembered(face, request)
        told = face.allowance.told(request, charged.counts) if face.allowance and charged.counts else ()
        return told_instead(reply, told)

    def _remembered(self, face: Face, request: Request) -> Reply:
        """The platform's own answer, made once a night: what it says of limits and of the time comes later."""
        headers = frozenset(request.headers.items())
        key = (self.clock.night, request.method, request.path, request.target, request.query, request.body, headers)
        found = self._replies.get(key)
        if found is None:
            found = self._plain(face, request)
            if found.text is None:
                found = replace(found, text=json.dumps(found.document, separators=(",", ":")))
            if found.repeats:
                self._replies[key] = found
        return found

    def _kept(self, face: Face, request: Request, *, packed: bool) -> Rendered:
        """The rendered answer, from the cache where it has been given before."""
        headers = frozenset(request.headers.items())
        key = (self.clock.now, request.method, request.path, request.target, request.query, request.body, headers)
        found = self._cache.get(key)
        if found is None:
            reply = self._plain(face, request)
            found = rendered(reply, self.clock.now, packed=packed)
            if not reply.repeats:
                return found
            with self._lock:
                self._cached_bytes += len(found[1]) + 1000
                if self._cached_bytes > CACHE_BYTES:
                    self._forget()
                self._cache[key] = found
        return found

    def state(self) -> dict[str, object]:
        """What has been asked and what is set, as JSON."""
        with self._lock:
            requests, last = dict(self._requests), dict(self._last)
            statuses = {str(status): count for status, count in sorted(self._statuses.items())}
        return {
            "seed": self.world.seed,
            "nights": [night.isoformat() for night in (self.world.nights[0], self.world.nights[-1])],
            "clock": self.clock.as_json(),
            "requests": {"total": sum(requests.values()), "by_path": requests, "by_status": statuses},
            "last": last,
            "faults": self.faults.as_json(),
            "changes": [change.as_json() for change in self.world.changes],
        }
