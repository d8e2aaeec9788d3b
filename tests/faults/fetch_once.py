"""Fetches one unit in a process of its own, as the pipeline does it: for tests that kill it half-way.

python -m tests.faults.fetch_once SETTINGS PLATFORM ACCOUNT NIGHT
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline import simulator, steps


def main() -> None:
    settings, platform, account, night = sys.argv[1:]
    project = steps.open_project(Path(settings), {**os.environ, **simulator.environment()})
    [unit] = [u for u in steps.plan(project, date.fromisoformat(night), platform) if u.account == account]
    done = steps.fetch(project, unit, now=lambda: datetime(2026, 11, 3, 3, tzinfo=UTC))
    sys.stdout.write(f"{done.requests}\n")


if __name__ == "__main__":
    main()
