"""What time it is where the platform is: its resets and the lives of its tokens are moments of its clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.http.reading import http_date

# Two machines' clocks differ by less than this many seconds.
_SAME_TIME = 1800.0


class Clock:
    """This machine's clock, corrected by the ``Date`` of the last answer. Belongs to one session.

    ``Date`` has whole seconds, cut off: the platform's true time is never earlier than ``now``, so
    what is asked at a reset is never asked before it. ``seconds``: how long the session may last.
    """

    def __init__(self, sleep: Callable[[float], None], seconds: float = math.inf) -> None:
        self._sleep = sleep
        self._ends = time.monotonic() + seconds
        self._ahead = 0.0
        self.skew = 0.0
        self.is_told = False

    @property
    def is_sure(self) -> bool:
        """False until the first answer, where the platform was last seen to live in another time.

        A platform that is played has its own days; nobody can know which one it is in now.
        """
        return self.is_told or abs(self.skew) < _SAME_TIME

    def local(self) -> float:
        """Seconds of this machine's clock, plus the pauses that a test only wrote down."""
        return time.time() + self._ahead

    def now(self) -> float:
        return self.local() + self.skew

    def left(self) -> float:
        """Seconds that remain of the session, at least 0."""
        return max(0.0, self._ends - time.monotonic())

    def told(self, date: str | None) -> None:
        """Set by an answer's ``Date`` header."""
        if date and (moment := http_date(date)):
            self.skew = moment.timestamp() - self.local()
            self.is_told = True

    def assume(self, skew: float) -> None:
        """What another session has learnt, until an answer tells."""
        if not self.is_told:
            self.skew = skew

    def sleep(self, seconds: float) -> None:
        """Pause. A clock that is not moved by it (a test's) is moved here."""
        if seconds > 0:
            start = time.monotonic()
            self._sleep(seconds)
            self._ahead += max(0.0, seconds - (time.monotonic() - start))


def utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
