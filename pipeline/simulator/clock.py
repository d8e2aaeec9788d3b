"""The simulator's clock. It stands still until somebody moves it: there is no other "now" here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import FETCH_HOUR, PARIS, observed_at


class Clock:
    """Stands at the fetch of a night (the next day 04:00 in Paris), or at any instant it was set to.

    ``night`` is what the platforms answer for: the last night whose fetch is not in the future.
    """

    def __init__(self, world: World) -> None:
        self.now = observed_at(world.nights[-1])

    @property
    def night(self) -> date:
        """The night as of which every platform answers."""
        return (self.now.astimezone(PARIS) - timedelta(hours=FETCH_HOUR)).date() - timedelta(days=1)

    def set_night(self, night: date) -> None:
        self.now = observed_at(night)

    def set_instant(self, instant: datetime) -> None:
        """Naive instants are UTC."""
        self.now = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)

    def as_json(self) -> dict[str, str]:
        return {"night": self.night.isoformat(), "instant": self.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
