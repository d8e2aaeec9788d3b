"""What is started together ends together: stubborn processes, their children, and children that left the group."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from dags.processes import Processes, members

# A part that does not listen to SIGTERM, whose child leads a process group of its own, as Airflow's tasks do.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = "import os, signal, time; os.setpgid(0, 0); signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", child])
print("ready", os.getpid(), flush=True)
time.sleep(600)
"""


def started(log: Path, *, lines: int) -> list[int]:
    """Process ids of those that have said that they are ready."""
    for _ in range(600):
        said = [line.split() for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
        if len(said) == lines:
            return [int(pid) for _, pid in said]
        time.sleep(0.05)
    pytest.fail("they did not start")


def test_a_process_that_does_not_listen_is_ended_with_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Processes(grace=0.3) as some:
        for name in ("one", "two"):
            some.start(name, [sys.executable, "-c", STUBBORN], {}, log)
        sessions = set(started(log, lines=2))
        until = time.monotonic() + 30
        while len(members(sessions)) < 4 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(members(sessions)) == 4, "two, and a child of each"
        assert some.ended() == []
        began = time.monotonic()
    assert members(sessions) == []
    assert time.monotonic() - began < 5, "all are waited for at once"


def test_they_end_too_when_what_runs_beside_them_fails(tmp_path: Path) -> None:
    sessions: set[int] = set()

    def interrupted() -> None:
        with Processes(grace=0.3) as some:
            some.start("one", [sys.executable, "-c", STUBBORN], {}, tmp_path / "log")
            sessions.update(started(tmp_path / "log", lines=1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert sessions
    assert members(sessions) == []


def test_one_that_has_ended_by_itself_is_named(tmp_path: Path) -> None:
    with Processes() as some:
        some.start("short", [sys.executable, "-c", "raise SystemExit('out of luck')"], {}, tmp_path / "log")
        some.start("long", [sys.executable, "-c", "import time; time.sleep(600)"], {}, tmp_path / "long")
        for _ in range(600):
            if some.ended():
                break
            time.sleep(0.05)
        assert some.ended() == ["short"]
    assert "out of luck" in (tmp_path / "log").read_text(encoding="utf-8")
