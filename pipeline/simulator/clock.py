"""The simulator's clock. It stands still until somebody moves it, or lets it run: there is no other "now" here."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import FETCH_HOUR, PARIS, observed_at


class Clock:
    """Stands at the fetch of a night (the next day 04:00 in Paris), or at any instant it was set to.

    ``run`` makes it tick like any clock, ``advance`` leaves out a time in which nobody asks.
    ``night`` is what the platforms answer for: the last night whose fetch is not in the future.
    """

    def __init__(self, world: World) -> None:
        self._at = observed_at(world.nights[-1])
        self._since: float | None = None

    @property
    def now(self) -> datetime:
        """The moment that every ``Date`` header says."""
        if self._since is None:
            return self._at
        return self._at + timedelta(seconds=time.monotonic() - self._since)

    @property
    def is_running(self) -> bool:
        return self._since is not None

    @property
    def night(self) -> date:
        """The night as of which every platform answers."""
        return (self.now.astimezone(PARIS) - timedelta(hours=FETCH_HOUR)).date() - timedelta(days=1)

    def set_night(self, night: date) -> None:
        self.set_instant(observed_at(night))

    def set_instant(self, instant: datetime) -> None:
        """Naive instants are UTC."""
        self._at = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
        self._since = None if self._since is None else time.monotonic()

    def advance(self, seconds: float) -> None:
        """Into the future alone: what was told of a reset stays true. ValueError for the past."""
        if not 0 <= seconds < timedelta.max.total_seconds() / 10_000:
            raise ValueError(f"a clock is not advanced by {seconds} seconds")
        self._at += timedelta(seconds=seconds)

    def run(self, *, running: bool) -> None:
        """Let it tick from where it stands, or stop it there."""
        self._at, self._since = self.now, time.monotonic() if running else None

    def as_json(self) -> dict[str, str]:
        return {"night": self.night.isoformat(), "instant": self.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
