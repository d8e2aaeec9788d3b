"""A process that tells of one night and is killed at one of its steps: ``python -m tests.alerts.killed FOLDER URL N``.

Its steps are the statements that it hands to SQLite; at the N-th it is gone, as by a power cut. It prints how many it
got to when it lives.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from tests.alerts.telling import Brand, channel, missing


class Counted(sqlite3.Connection):
    """Dies at the statement whose number is ``last``."""

    done, last = 0, 0

    def execute(self, *given: Any) -> sqlite3.Cursor:
        Counted.done += 1
        if Counted.done == Counted.last:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(*given)


def main() -> None:
    """Tell of one night."""
    folder, url, Counted.last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    connect = sqlite3.connect
    sqlite3.connect = lambda *given, **named: connect(*given, factory=Counted, **named)  # type: ignore[assignment]
    Brand(folder, (channel("chat", url),)).night(0, missing())
    sys.stdout.write(str(Counted.done))


if __name__ == "__main__":
    main()
