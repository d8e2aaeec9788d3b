"""All platforms, simulated in a process of their own, with limits that count and a clock that runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import requests

from tests.bench.measure import ROOT

LAST_NIGHT = date(2026, 11, 2)
_SERVE = "from pipeline.simulator import run_forever; run_forever(0, 7, 1)"


@dataclass(frozen=True)
class Limit:
    """One limit of a platform as the night has used it: the end of each window with what was used in it."""

    platform: str
    name: str
    limit: int
    window: float | str
    refused: int
    used: Mapping[datetime, int]

    def least_seconds(self, begin: datetime) -> float:
        """When the last of these requests could be sent at the earliest, if only this limit held anybody up."""
        windows = -(-sum(self.used.values()) // self.limit)
        if windows < 2:
            return 0.0
        if isinstance(self.window, str):
            raise SystemExit(f"a day's limit of {self.platform} is too small for one night: {self.name}")
        first = (begin.timestamp() // self.window + 1) * self.window - begin.timestamp()
        return first + (windows - 2) * self.window

    def share_used(self) -> float | None:
        """Of all windows but the last, which the work need not fill; None where there is no other."""
        full = sorted(self.used.items())[:-1]
        return sum(count for _, count in full) / (len(full) * self.limit) if full else None


@contextmanager
def running() -> Iterator[str]:
    """The address of the platforms."""
    command = [sys.executable, "-c", _SERVE]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def control(url: str, verb: str, **params: object) -> dict[str, Any]:
    answer = requests.post(f"{url}/__sim/{verb}", params={key: str(value) for key, value in params.items()}, timeout=60)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def limits(url: str) -> list[Limit]:
    """Every limit that was met with."""
    told = requests.get(f"{url}/__sim/limits", timeout=60).json()["buckets"]
    return [
        Limit(
            one["platform"],
            one["bucket"],
            one["limit"],
            one["window"],
            one["refused"],
            {datetime.fromisoformat(ends): count for ends, count in one["used"].items()},
        )
        for one in told
    ]


def begin(url: str, *, share: float, **world: object) -> datetime:
    """A new world at its last night, with limits of this ``share``; the clock runs from the moment given back."""
    control(url, "reset", last_night=LAST_NIGHT, **world)
    control(url, "limits", on=1, share=share)
    at = datetime.fromisoformat(control(url, "clock", night=LAST_NIGHT)["instant"])
    control(url, "clock", running=1)
    return at
