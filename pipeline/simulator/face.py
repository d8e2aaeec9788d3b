"""What a platform's face consists of, so that the server can play any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipeline.simulator.allowance import Allowance
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World

# Arguments of a fault as the test gave them.
Args = Mapping[str, Any]
Again = Callable[[Request], Reply]
Refusal = Callable[[Request, Args], Reply | None]
Distortion = Callable[[Reply, Request, Args, Again], Reply]


@dataclass(frozen=True)
class Face:
    """One platform. ``prefix`` is where it lives on this server.

    ``account`` tells whose data a request asks for (None: nobody's). ``answer`` gives the platform's
    answer as of a night. ``refusals`` are faults that answer instead of the platform (None: this
    request is not concerned); ``distortions`` are faults that change its answer, and may ask again.
    ``allowance`` are its limits, where they are switched on.
    """

    name: str
    platform: str
    prefix: str
    account: Callable[[Request], str | None]
    answer: Callable[[Request, World, date], Reply]
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    distortions: Mapping[str, Distortion] = field(default_factory=dict)
    allowance: Allowance | None = None
