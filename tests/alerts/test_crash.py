"""A crash neither loses nor repeats a message, but one that was handed over and not yet marked: that comes twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.alerts.receivers import Inbox, Request
from tests.alerts.telling import Brand, channel, missing

ROOT = Path(__file__).resolve().parents[2]


def play(folder: Path, url: str, last: int) -> subprocess.CompletedProcess[str]:
    """Tell of a night in a process of its own, which dies at its ``last`` statement."""
    return subprocess.run(
        [sys.executable, "-m", "tests.alerts.killed", str(folder), url, str(last)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def marks(inbox: Inbox) -> Counter[str]:
    return Counter(request.headers["Idempotency-Key"] for request in inbox.requests)


def test_killed_at_any_statement_a_message_comes_and_only_a_doubtful_one_twice(tmp_path: Path) -> None:
    whole = Inbox()
    with whole.open() as url:
        statements = int(play(tmp_path / "whole", url, 0).stdout)
    assert len(whole.requests) == 1

    def killed(last: int) -> int:
        folder, inbox = tmp_path / str(last), Inbox()
        with inbox.open() as url:
            assert play(folder, url, last).returncode == -signal.SIGKILL
            brand = Brand(folder, (channel("chat", url),))
            brand.night(0, missing(), hours=1)
            brand.night(0, missing(), hours=2)
        assert len(marks(inbox)) == 1, f"lost, or told as two, when killed at statement {last}"
        assert all("It may have come before" in one.content["message"] for one in inbox.requests[1:])
        return len(inbox.requests)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(killed, range(1, statements + 1)))
    assert statements > 15
    # Twice only where it died after the hand-over: at the three statements that mark the message as delivered.
    assert Counter(found) == {1: statements - 3, 2: 3}


def test_a_sender_that_dies_while_the_channel_is_answering_leaves_nothing_lost(tmp_path: Path) -> None:
    """The channel has the message, the sender never learns it."""
    dying: list[int] = []

    def end_the_sender(_: Request) -> None:
        if dying:
            os.kill(dying.pop(), signal.SIGKILL)

    inbox = Inbox(on_post=end_the_sender)
    with inbox.open() as url:
        sender = subprocess.Popen(
            [sys.executable, "-m", "tests.alerts.killed", str(tmp_path), url, "0"],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        dying.append(sender.pid)
        assert sender.wait(120) == -signal.SIGKILL
        brand = Brand(tmp_path, (channel("chat", url),))
        assert [one.state for one in brand.messages()] == ["sending"]
        brand.night(0, missing(), hours=1)
        brand.night(0, missing(), hours=2)
    first, second = inbox.requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert "It may have come before" not in first.content["message"]
    assert "It may have come before" in second.content["message"]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 100])
def test_a_store_that_is_damaged_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    from pipeline.errors import ConfigError

    (tmp_path / "alerts.sqlite").write_bytes(content)
    brand = Brand(tmp_path, ())
    if not content:
        assert brand.night(0) == ()
        return
    with pytest.raises(ConfigError, match=r"alerts\.sqlite: cannot be used .*: move it away to begin anew"):
        brand.night(0)
