"""A process in which nobody waits for nothing: where all units sleep, the time until the first wakes is left out.

What is computed and what is asked takes the time that it takes; only a sleep of everybody costs none. The
platforms' clock is moved first, so it is never behind that of the process, and no limit is met too early.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

_TIME, _MONOTONIC, _SLEEP = time.time, time.monotonic, time.sleep
# Shorter pauses are those of a lock; a unit that ends is followed by the next one within the other.
_SHORTEST, _SETTLED = 0.01, 0.02


class SkippedTime:
    """The clock of this process. ``advance`` moves the platforms' by so many seconds."""

    def __init__(self, begins: datetime, advance: Callable[[float], object]) -> None:
        self._ahead = begins.timestamp() - _TIME()
        self._advance = advance
        self._began = _MONOTONIC()
        self._lock = threading.Condition()
        self._working = 0
        self._wakes: dict[int, float] = {}
        self._over = False
        self.skipped = 0.0

    def time(self) -> float:
        return _TIME() + self._ahead + self.skipped

    def monotonic(self) -> float:
        return _MONOTONIC() + self.skipped

    def elapsed(self) -> float:
        """Seconds since the begin, with those that were left out."""
        return self.monotonic() - self._began

    def sleep(self, seconds: float) -> None:
        if seconds < _SHORTEST:
            _SLEEP(seconds)
            return
        me, until = threading.get_ident(), self.monotonic() + seconds
        with self._lock:
            self._wakes[me] = until
            while (left := until - self.monotonic()) > 0:
                self._lock.wait(left)
            del self._wakes[me]

    @contextmanager
    def unit(self) -> Iterator[None]:
        """What is done inside is work that the clock waits for, unless it sleeps."""
        with self._lock:
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everybody who asks for the time or sleeps, in this process, does it by this clock."""
        watch = threading.Thread(target=self._watch, daemon=True)
        time.time, time.monotonic, time.sleep = self.time, self.monotonic, cast("Any", self.sleep)
        watch.start()
        try:
            yield
        finally:
            self._over = True
            watch.join()
            time.time, time.monotonic, time.sleep = _TIME, _MONOTONIC, _SLEEP

    def _watch(self) -> None:
        """Leave out what all sleep through, when that has been so for a moment."""
        before: dict[int, float] = {}
        while not self._over:
            _SLEEP(_SETTLED / 2)
            with self._lock:
                asleep = dict(self._wakes) if len(self._wakes) == self._working else {}
                if asleep and asleep == before:
                    gap = min(asleep.values()) - self.monotonic()
                    if gap > 0:
                        self._advance(gap)
                        self.skipped += gap
                    self._lock.notify_all()
                    asleep = {}
            before = asleep
