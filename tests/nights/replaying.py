"""Replay simulated nights as a user would: real HTTP, the real steps, one folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import requests

from pipeline import simulator, steps
from pipeline.errors import NightBroken
from pipeline.simulator import World
from pipeline.simulator.platforms import DEMONSTRATED
from tests.nights.forms import sending


@dataclass(frozen=True)
class Replay:
    """A brand's folder with the simulator that plays its platforms."""

    folder: Path
    url: str
    project: steps.Project
    world: World
    # What the forms of the brand's sites send until the morning after a night.
    forms: Callable[[date], None] = lambda _: None

    def clock(self, night: date) -> datetime:
        """Move every platform to the morning after ``night``."""
        self.forms(night)
        answer = requests.post(f"{self.url}/__sim/clock", params={"night": night.isoformat()}, timeout=10)
        answer.raise_for_status()
        return datetime.fromisoformat(answer.json()["instant"])

    def night(self, night: date) -> steps.Night:
        """One whole night. A night that the world breaks on purpose is told and goes on; others raise."""
        now = self.clock(night)
        outcome = steps.run(self.project, night, now=lambda: now)
        self._refuse_surprise(outcome)
        return outcome

    def nights(self, nights: Sequence[date]) -> steps.Replay:
        """Many nights and one publication, in one hold of the warehouse, as the demo does it."""
        with steps.held(self.project, command="replay"):
            return steps.replay(self.project, nights, clock=self._clock_of, on_night=self._refuse_surprise)

    def _clock_of(self, night: date) -> Callable[[], datetime]:
        now = self.clock(night)
        return lambda: now

    def _refuse_surprise(self, outcome: steps.Night) -> None:
        broken = {(p, a) for p, a, of in self.world.outages if of == outcome.night}
        if outcome.error is not None and not (broken and isinstance(outcome.error, NightBroken)):
            raise outcome.error


@contextmanager
def replay(
    folder: Path,
    platforms: Collection[str] = DEMONSTRATED,
    *,
    mend: Callable[[str], str] = str,
    **world_: Any,
) -> Iterator[Replay]:
    """The simulator and an empty project of these platforms; ``mend`` changes the text of the settings."""
    world = World(**world_)
    with simulator.serve(**world_) as server:
        settings = folder / "vigie.toml"
        text = simulator.settings_toml(server.url, last_night=world.nights[-1], platforms=platforms)
        settings.write_text(mend(text), encoding="utf-8")
        project = steps.open_project(settings, {**os.environ, **simulator.environment()})
        with sending(project, world) if "inbox" in platforms else nullcontext(lambda _: None) as forms:
            yield Replay(folder, server.url, project, world, forms)
