"""Processes that see the same folder spend one limit together: not one refusal, and hardly anything left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from threading import Barrier, Lock, Thread

import pytest

from pipeline.errors import QuotaExhausted
from pipeline.http import Known, Rates, Session, judge_status, x_headers
from tests.http.limited import x
from tests.sources.loopback import Asked, Loopback, Reply

ROOT = Path(__file__).resolve().parents[2]


class Window:
    """A limit on the machine's own clock; ``window`` seconds long, the first one begins with the first request."""

    def __init__(self, limit: int, window: int) -> None:
        # The first requests wait for one another, so that nobody is done before the others have begun.
        self.first = Barrier(1)
        self.takes = 0.0
        self.limit, self.window = limit, window
        self.accepted = self.refused = 0
        self.counts: dict[int, int] = {}
        self._lock = Lock()
        self._began = 0
        self.server = Loopback(self._answer)

    def _answer(self, _asked: Asked) -> Reply:
        if not self.accepted:
            self.first.wait(30)
        time.sleep(self.takes)
        with self._lock:
            now = time.time()
            self._began = self._began or int(now)
            self.server.date = formatdate(now, usegmt=True)
            number = int((now - self._began) // self.window)
            self.counts[number] = self.counts.get(number, 0) + 1
            left = self.limit - self.counts[number]
            headers = x(self.limit, max(0, left), self._began + (number + 1) * self.window)
            if left < 0:
                self.refused += 1
                return Reply({}, 429, headers)
            self.accepted += 1
        return Reply({}, 200, headers)


def start(platform: Window, state: Path, times: int, keep: float = 0.02) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.http.spend", platform.server.base, str(state), str(times), str(keep)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def hour() -> Iterator[Window]:
    platform = Window(200, 3600)
    with platform.server:
        yield platform


def test_three_processes_spend_a_limit_to_its_end_without_a_refusal(hour: Window, tmp_path: Path) -> None:
    """Without a share that is kept, so that only what is reserved before it is sent keeps them apart."""
    hour.first, hour.takes = Barrier(3), 0.01
    processes = [start(hour, tmp_path, 150, keep=0.0) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [3, 3, 3]
    done = [int(process.communicate()[0]) for process in processes]
    assert hour.refused == 0
    assert sum(done) == hour.accepted
    assert hour.accepted >= hour.limit - 3
    assert min(done) > 0


def test_two_processes_wait_for_the_same_reset_and_nobody_is_refused(tmp_path: Path) -> None:
    platform = Window(100, 4)
    with platform.server:
        processes = [start(platform, tmp_path, 140) for _ in range(2)]
        assert [process.wait(60) for process in processes] == [0, 0]
        for process in processes:
            process.communicate()
    assert (platform.accepted, platform.refused) == (280, 0)
    *full, _ = platform.counts.values()
    assert all(count >= 95 for count in full)


def test_processes_that_are_killed_at_any_moment_leave_a_budget_that_others_can_use(
    hour: Window, tmp_path: Path
) -> None:
    for _ in range(4):
        process = start(hour, tmp_path, 1000)
        before = hour.accepted
        while hour.accepted < before + 20 and process.poll() is None:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    last = start(hour, tmp_path, 1000)
    assert last.wait(60) == 3
    last.communicate()
    assert hour.refused == 0
    # What a dead process had reserved stays reserved until the reset: one request for each of them.
    assert 196 - 4 <= hour.accepted <= 196


def test_threads_of_one_process_share_a_limit_too(hour: Window, tmp_path: Path) -> None:
    exhausted = []

    def spend(state: Path) -> None:
        with Session(
            platform="x", account="1", night=None, base=hour.server.base, rates=Rates(read=x_headers), state=state
        ) as http:
            try:
                while True:
                    http.get("posts", judge=judge_status)
            except QuotaExhausted as error:
                exhausted.append(error.resets_at)

    threads = [Thread(target=spend, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(exhausted) == 4
    assert (hour.refused, hour.accepted) == (0, 196)


def test_processes_that_keep_a_pace_keep_it_together(tmp_path: Path) -> None:
    """Two sessions that know of one another: 40 a second for both, not for each."""
    platform = Window(10**6, 3600)
    rates = Rates(known={"all requests": Known(40, per=1)})

    def spend() -> None:
        with Session(
            platform="x", account="1", night=None, base=platform.server.base, rates=rates, state=tmp_path
        ) as http:
            for _ in range(30):
                http.get("posts", judge=judge_status)

    with platform.server:
        threads = [Thread(target=spend) for _ in range(2)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        took = time.monotonic() - started
    assert platform.accepted == 60
    assert 1.4 <= took <= 3.0
