"""Processes that are started together and ended together, with everything that they started themselves."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PROC = Path("/proc")
# A task that is at work gets this long to end by itself.
GRACE = 15.0


class Processes:
    """``with Processes() as some: some.start(…)``: each in a session of its own, none left afterwards.

    ``grace``: seconds given to those that do not end at once.
    """

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """Start ``command``; both its outputs are appended to ``log``."""
        with log.open("ab") as out:
            self._started[name] = subprocess.Popen(
                command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    def pid(self, name: str) -> int:
        """Process id of one that was started; it is also that of its session."""
        return self._started[name].pid

    def ended(self) -> list[str]:
        """Names of those that have ended by themselves."""
        return [name for name, process in self._started.items() if process.poll() is not None]

    def end(self) -> None:
        """Ask them to end, all but the first at once, then the first: it is what the others talk to, also at the end.

        Whatever of their sessions is left then is killed.
        """
        first, others = list(self._started.values())[:1], list(self._started.values())[1:]
        for wave in (others, first):
            for process in wave:
                process.terminate()
            until = time.monotonic() + self._grace
            for process in wave:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
        # Tasks run in process groups of their own, so the group alone would leave them behind.
        sessions = {process.pid for process in self._started.values()}
        while left := members(sessions):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        for process in self._started.values():
            process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def members(sessions: set[int]) -> list[int]:
    """Process ids that belong to one of the sessions and still run (what is dead and not yet reaped does not)."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            # After the name in parentheses, which may hold anything: state, parent, group, session.
            state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) in sessions and state not in "ZX":
                found.append(int(entry.name))
    return found
