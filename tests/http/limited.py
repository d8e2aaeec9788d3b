"""A platform with a limit and a clock of its own: it counts, tells its headers, and refuses what is too much."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

from pipeline.http import Limits, Rates, Session, judge_status
from pipeline.settings import Secret
from tests.sources.loopback import Asked, Loopback, Reply

START = datetime(2026, 11, 3, 3, tzinfo=UTC).timestamp()

Dialect = Callable[[int, int, float], dict[str, str]]
"""Headers from the limit, what remains of it, and the reset in unix seconds."""


def x(limit: int, remaining: int, reset: float) -> dict[str, str]:
    told = {"limit": limit, "remaining": remaining, "reset": int(reset)}
    return {f"x-rate-limit-{name}": str(value) for name, value in told.items()}


def mastodon(limit: int, remaining: int, reset: float) -> dict[str, str]:
    moment = datetime.fromtimestamp(reset, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": moment}


def bluesky(limit: int, remaining: int, reset: float) -> dict[str, str]:
    told = {"Limit": limit, "Remaining": remaining, "Reset": int(reset)}
    return {f"RateLimit-{name}": str(value) for name, value in told.items()}


def silent(limit: int, remaining: int, reset: float) -> dict[str, str]:
    return {}


class Limited:
    """``limit`` requests per ``window`` seconds of its clock, which each request moves by ``takes`` seconds.

    ``sleep`` is for the sessions: it moves the clock instead of waiting, and is written down.
    """

    def __init__(self, dialect: Dialect, limit: int, window: float, *, takes: float = 0.2) -> None:
        self.dialect, self.limit, self.window, self.takes = dialect, limit, window, takes
        self.now = START
        self.accepted: list[float] = []
        self.refused: list[float] = []
        self.waits: list[float] = []
        self.others = 0
        self._began = START
        self._used = 0
        self.server = Loopback(self.answer)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def answer(self, _asked: Asked) -> Reply:
        self.now += self.takes
        self.server.date = formatdate(self.now, usegmt=True)
        if self.now >= self._began + self.window:
            self._began += self.window * ((self.now - self._began) // self.window)
            self._used = 0
        # ``others`` spend the same limit beside us, one for each of our requests.
        self._used += 1 + self.others
        left = self.limit - self._used
        headers = self.dialect(self.limit, max(0, left), self._began + self.window)
        if left < 0:
            self.refused.append(self.now)
            return Reply({"error": "too many"}, 429, headers)
        self.accepted.append(self.now)
        return Reply({"data": []}, 200, headers)

    def used_of_each_window(self) -> list[float]:
        """The share of the limit that was used in every window but the last, which the work did not fill."""
        windows: dict[float, int] = {}
        for moment in self.accepted:
            window = (moment - START) // self.window
            windows[window] = windows.get(window, 0) + 1
        return [count / self.limit for _, count in sorted(windows.items())][:-1]


TOKEN = "token-of-eighteen-letters"


def session(
    base: str,
    rates: Rates,
    *,
    state: Path | None = None,
    sleep: Callable[[float], None] = lambda _: None,
    limits: Limits | None = None,
    **more: Any,
) -> Session:
    return Session(
        platform="x",
        account="1",
        night=None,
        base=base,
        headers={"Authorization": Secret("env:TOKEN", f"Bearer {TOKEN}")},
        rates=rates,
        state=state,
        sleep=sleep,
        limits=limits,
        **more,
    )


def read(http: Session, times: int, path: str = "posts") -> None:
    for _ in range(times):
        http.get(path, judge=judge_status)


def books(state: Path) -> dict[str, Any]:
    (file,) = (state / "budgets").iterdir()
    found: dict[str, Any] = json.loads(file.read_bytes().splitlines()[0])
    return found
