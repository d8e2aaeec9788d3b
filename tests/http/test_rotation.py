"""A refresh token that rotates is stored before it is used, by one process at a time, whoever dies when."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import TokenExpired
from tests.http.granting import ALL, LIFE, START, Granting, read, session
from tests.sources.loopback import Asked, Reply

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def platform() -> Iterator[Granting]:
    platform = Granting()
    with platform.server:
        yield platform


def start(platform: Granting, state: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.http.reader", platform.server.base, str(state)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> str:
    text, _ = process.communicate(timeout=60)
    return text.strip()


def stored(state: Path) -> dict[str, object]:
    (file,) = (state / "tokens").glob("*.json")
    found: dict[str, object] = json.loads(file.read_bytes())
    return found


def test_the_grant_is_on_disk_when_its_access_token_is_first_used(platform: Granting, tmp_path: Path) -> None:
    seen: list[tuple[object, object, object]] = []

    def look() -> None:
        found = stored(tmp_path)
        seen.append((found["access"], found["refresh"], found.get("renewing")))

    platform.on_first_use = look
    with session(platform.server.base, tmp_path) as http:
        read(http, between=lambda page: platform.pass_time(LIFE) if page == 5 else None)
    assert seen == [
        ("access-token-0001", "refresh-token-0001", None),
        ("access-token-0002", "refresh-token-0002", None),
    ]


def test_what_is_stored_survives_the_machine_and_not_only_the_process(
    platform: Granting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is synced before it gets its name, the folder afterwards: in this order, before the first use."""
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(handle: int) -> None:
        steps.append("sync " + Path(f"/proc/self/fd/{handle}").readlink().name.partition("-")[0])
        sync(handle)

    def noted_replace(old: Path, new: Path) -> Path:
        steps.append("rename")
        return replace(old, new)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    platform.on_renewal = lambda: steps.append("rotated")
    platform.on_first_use = lambda: steps.append("used")
    with session(platform.server.base, tmp_path) as http:
        read(http)
    durable = ["sync x", "rename", "sync tokens"]
    assert steps == [*durable, "rotated", *durable, "used"]


def test_a_process_that_dies_at_the_first_use_leaves_an_account_that_goes_on(
    platform: Granting, tmp_path: Path
) -> None:
    victim: list[subprocess.Popen[str]] = []
    platform.on_first_use = lambda: os.kill(victim[0].pid, signal.SIGKILL) if platform.renewals == 1 else None
    with platform._lock:
        victim.append(start(platform, tmp_path))
    assert victim[0].wait(60) == -signal.SIGKILL
    victim[0].communicate()
    second = start(platform, tmp_path)
    assert said(second) == str(len(ALL))
    assert platform.renewals == 1


def test_a_process_that_dies_between_rotation_and_storing_is_told_with_the_steps_to_take(
    platform: Granting, tmp_path: Path
) -> None:
    victim: list[subprocess.Popen[str]] = []
    platform.on_renewal = lambda: os.kill(victim[0].pid, signal.SIGKILL)
    with platform._lock:
        victim.append(start(platform, tmp_path))
    assert victim[0].wait(60) == -signal.SIGKILL
    victim[0].communicate()
    with session(platform.server.base, tmp_path) as http, pytest.raises(TokenExpired) as error:
        read(http)
    text = str(error.value)
    assert "UTC was cut before its answer was stored; connect the account again" in text
    assert "put the new token into env:X_REFRESH_TOKEN" in text
    # A person does so.
    platform.on_renewal = lambda: None
    platform.refresh = "refresh-token-of-a-person"
    with session(platform.server.base, tmp_path, "refresh-token-of-a-person") as http:
        assert read(http) == ALL


def test_processes_that_renew_at_once_rotate_once(platform: Granting, tmp_path: Path) -> None:
    platform.on_renewal = lambda: time.sleep(0.5)
    processes = [start(platform, tmp_path) for _ in range(3)]
    assert [said(process) for process in processes] == [str(len(ALL))] * 3
    assert platform.renewals == 1


def test_a_session_whose_token_another_process_renewed_takes_the_new_one(platform: Granting, tmp_path: Path) -> None:
    with session(platform.server.base, tmp_path) as ours, session(platform.server.base, tmp_path) as other:
        assert len(read(ours)) == len(read(other)) == len(ALL)
        # The old access token dies with the rotation, as X does it.
        platform.pass_time(LIFE)
        read(other)
        assert read(ours) == ALL
    assert platform.renewals == 2


def test_a_platform_that_was_away_before_it_rotated_is_asked_again(platform: Granting, tmp_path: Path) -> None:
    answer, away = platform.server.answers, [Reply({}, 503)]

    def answers(asked: Asked) -> Reply:
        return away.pop() if asked.path == "/token" and away else answer(asked)

    platform.server.answers = answers
    with session(platform.server.base, tmp_path) as http:
        assert read(http) == ALL
    assert platform.renewals == 1
    assert platform.now == START
