"""``make airflow``: what it says where it cannot start, and that nothing of it is left after Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from dags.pools import pools
from dags.processes import members
from tests.airflow.client import AirflowClient
from tests.airflow.conftest import ROOT, SETTINGS

pytestmark = [pytest.mark.xdist_group("airflow")]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "VIGIE"))}
    return {**kept, "PYTHONPATH": str(ROOT)}


def module(
    name: str, *words: str | Path, cwd: Path, given: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", name, *map(str, words)],
        env=environment() | dict(given or {}),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_settings_it_says_how_to_get_some_and_offers_the_simulated_brand(tmp_path: Path) -> None:
    done = module("dags.local", cwd=tmp_path)
    assert done.returncode == 1
    assert "vigie.toml: no such settings file" in done.stderr
    assert "vigie init" in done.stderr
    assert "--simulated" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text(SETTINGS, encoding="utf-8")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = module("dags.local", "--port", str(port), cwd=tmp_path)
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_cannot_be_read_are_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text('brand = "Atelier Marin"\ntime_zone = "Europe/Pari"\n', encoding="utf-8")
    done = module("dags.local", cwd=tmp_path)
    assert done.returncode != 0
    assert "time_zone" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_pools_are_written_in_the_form_that_airflow_imports(tmp_path: Path) -> None:
    settings = tmp_path / "vigie.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    done = module("dags.pools", cwd=tmp_path, given={"VIGIE_SETTINGS": str(settings)})
    told = json.loads(done.stdout)
    assert told == pools(settings)
    assert {name: pool["slots"] for name, pool in told.items()} == {
        "vigie_matomo": 2,
        "vigie_woocommerce": 2,
        "vigie_warehouse": 1,
    }
    assert all(pool["description"] for pool in told.values())


def children(parent: int) -> set[int]:
    """Process ids of everything below ``parent``."""
    found, todo = set[int](), [parent]
    while todo:
        for task in Path(f"/proc/{todo.pop()}/task").glob("*/children"):
            below = {int(pid) for pid in task.read_text().split()} - found
            found |= below
            todo += below
    return found


def is_running(pid: int) -> bool:
    """Not one that has ended and that nobody has asked about yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def running(command: Sequence[str], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, env=environment(), cwd=cwd, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            # It ends what it started also when the test has failed; only then is it killed.
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=60)
            process.kill()


def said(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """The first line that matches."""
    assert process.stdout is not None
    for line in process.stdout:
        if match := re.search(pattern, line):
            return match
    pytest.fail(f"it ended without saying {pattern!r}, exit code {process.wait()}")


@pytest.mark.servers
@pytest.mark.timeout(1200)
def test_ctrl_c_ends_the_simulated_brands_airflow_with_every_process_of_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dags.local", "--simulated", "--home", str(tmp_path), "--port", "0"]
    with running(command, cwd=tmp_path) as process:
        platforms = int(said(process, r"simulated.*http://127\.0\.0\.1:(\d+)")[1])
        url = said(process, r"Airflow is at (http://\S+),")[1]
        assert (tmp_path / "simulated" / "vigie.toml").exists()
        below = _at_work(AirflowClient(url, {}), process.pid)
        port = int(url.rpartition(":")[2])
        assert not is_free(port)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == 0
    assert {pid for pid in below if is_running(pid)} == set()
    assert members(below) == [], "each part leads a session"
    assert is_free(port)
    assert is_free(platforms)


def _at_work(airflow: AirflowClient, parent: int) -> set[int]:
    """Wait until the scheduler has started last night by itself and a task runs; give all processes."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        runs = airflow.ask("GET", "dags/~/dagRuns?run_type=scheduled")["dag_runs"]
        running = runs and airflow.ask("GET", "dags/~/dagRuns/~/taskInstances?state=running")["task_instances"]
        if running:
            below = children(parent)
            assert len(below) >= 9, "four parts, four workers, and a task"
            return below
        time.sleep(0.2)
    pytest.fail("no task ran")
