"""The control plane, ``/__sim/…``: what a test does to the simulated world while it runs.

POST /__sim/reset?seed=7&nights=90       a new world; also posts_per_day, visits_per_day, journal_posts_per_day
GET|POST /__sim/clock?night=2026-11-02   (or instant=2026-11-03T03:00:00Z); without either it only tells
POST /__sim/clock?running=1               it ticks from now on (0: it stands still); advance=300 is added to it
POST /__sim/limits?on=1&share=0.1         rate limits that count, each a share of the platform's own; GET tells them
GET  /__sim/state                        last query, form and headers per path, counts, faults, changes
GET  /__sim/kinds                        the kinds of fault of each platform
POST /__sim/inject                       {"kind", "platform", "path", "times", "after", "every", "night", "args"}
POST /__sim/clear                        no faults any more
POST /__sim/mutate                       {"kind", "platform", "account", "target", "metric", "factor", "night"}
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from pipeline.simulator.platforms import FACES
from pipeline.simulator.simulator import Simulator
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import Change

PREFIX = "/__sim/"
# Parameters of a reset, each with the type of the world's argument.
WORLD: Mapping[str, Callable[[str], object]] = {
    "seed": int,
    "nights": int,
    "last_night": date.fromisoformat,
    "posts_per_day": float,
    "visits_per_day": float,
    "journal_posts_per_day": float,
}


def answer(request: Request, simulator: Simulator) -> Reply:
    """The answer of the control plane: JSON, with ``error`` and 400 or 404 where it cannot be done."""
    name = request.path.removeprefix(PREFIX).strip("/")
    if name not in VERBS:
        return Reply({"error": f"no such control: {name}", "known": sorted(VERBS)}, status=404)
    method, verb = VERBS[name]
    if request.method not in method:
        return Reply({"error": f"{name} wants {' or '.join(method)}"}, status=405)
    try:
        return Reply(verb(request, simulator))
    except (ValueError, KeyError, TypeError, re.error) as reason:
        return Reply({"error": str(reason)}, status=400)


def _reset(request: Request, simulator: Simulator) -> object:
    unknown = set(request.params) - set(WORLD)
    if unknown:
        raise ValueError(f"unknown parameter {min(unknown)!r}: there are {', '.join(WORLD)}")
    simulator.reset(**{name: WORLD[name](text) for name, text in request.params.items()})
    return simulator.state()


def _clock(request: Request, simulator: Simulator) -> object:
    if "night" in request.params:
        simulator.clock.set_night(date.fromisoformat(request.params["night"]))
    elif "instant" in request.params:
        simulator.clock.set_instant(datetime.fromisoformat(request.params["instant"]))
    if "advance" in request.params:
        simulator.clock.advance(float(request.params["advance"]))
    if "running" in request.params:
        simulator.clock.run(running=request.params["running"] == "1")
    return simulator.clock.as_json()


def _limits(request: Request, simulator: Simulator) -> object:
    if request.method == "POST":
        share = float(request.params.get("share", 1))
        simulator.meter.switch(on=request.params.get("on", "1") == "1", share=share)
    return {"on": simulator.meter.is_on, "buckets": simulator.meter.as_json()}


def _told(request: Request) -> Mapping[str, Any]:
    told = json.loads(request.body or b"{}")
    if not isinstance(told, dict):
        raise TypeError("the body must be a JSON object")
    return told


def _inject(request: Request, simulator: Simulator) -> object:
    return simulator.faults.inject(_told(request)).as_json()


def _clear(request: Request, simulator: Simulator) -> object:
    del request
    simulator.faults.clear()
    return {"faults": []}


def _mutate(request: Request, simulator: Simulator) -> object:
    told = _told(request)
    unknown = set(told) - {"kind", "platform", "account", "target", "metric", "factor", "night"}
    if unknown:
        raise ValueError(f"unknown field {min(unknown)!r}")
    night = told.get("night")
    change = Change(
        kind=str(told["kind"]),
        platform=str(told["platform"]),
        account=str(told.get("account", "")),
        target=str(told["target"]),
        night=date.fromisoformat(night) if night else simulator.clock.night,
        metric=None if told.get("metric") is None else str(told["metric"]),
        factor=float(told.get("factor", 1.0)),
    )
    simulator.mutate(change)
    return change.as_json()


def _state(request: Request, simulator: Simulator) -> object:
    del request
    return simulator.state()


def _kinds(request: Request, simulator: Simulator) -> object:
    del request
    return {name: sorted(simulator.faults.kinds(name)) for name in (*FACES, "*")}


VERBS: Mapping[str, tuple[tuple[str, ...], Callable[[Request, Simulator], object]]] = {
    "reset": (("POST",), _reset),
    "clock": (("GET", "POST"), _clock),
    "limits": (("GET", "POST"), _limits),
    "state": (("GET",), _state),
    "kinds": (("GET",), _kinds),
    "inject": (("POST",), _inject),
    "clear": (("POST",), _clear),
    "mutate": (("POST",), _mutate),
}
