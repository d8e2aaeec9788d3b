"""When a step began and how long it took; the clock is the caller's."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The clock of entry points: a command or a scheduler's task. Steps are given it, and never ask."""
    return datetime.now(UTC)


class Stopwatch:
    """Start of a step by the caller's clock (``started_at``, UTC without zone) and elapsed seconds."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.started_at = now().astimezone(UTC).replace(tzinfo=None)
        self.run_id = f"{self.started_at:%Y%m%dT%H%M%S%fZ}"
        self._start = time.perf_counter()

    def seconds(self) -> float:
        return round(time.perf_counter() - self._start, 3)
