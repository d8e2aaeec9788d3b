"""Crashes and broken disks while a unit lands: nothing exists, or the whole; the next run is never in the way."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import landing
from pipeline.errors import LandingError
from pipeline.streams import Page, Yield
from tests.faults.land_once import NIGHT, STREAMS, UNIT, UNREACHED, items, land

# What one landing of ``land_once`` holds.
RECORDS = 3001


def outcomes(folder: Path, how: str, *before: str) -> list[dict[str, Any]]:
    command = [*before, sys.executable, "-m", "tests.faults.land_once", str(folder), how]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("how", ["kill", "EIO", "ENOSPC"])
def test_p1_d1_and_d2_a_break_at_every_file_operation_leaves_nothing_or_the_whole(how: str, tmp_path: Path) -> None:
    found = outcomes(tmp_path, how)
    assert len(found) > 15
    assert found[-1]["status"] == UNREACHED
    for point in found[:-1]:
        # Killed, or a LandingError that names the folder.
        assert point["status"] == (-9 if how == "kill" else 4), point
        assert point["after"]["records"] in ([], [RECORDS]), point
        assert how == "kill" or point["after"]["left"] == [], point
        assert point["again"]["runs"][-1] == "run-2", point
        assert set(point["again"]["records"]) == {RECORDS}, point
        assert (point["again"]["left"], point["failures"]) == ([], 0), point
    assert {len(point["after"]["runs"]) for point in found[:-1]} == {0, 1}


def test_d1_a_limit_of_the_system_is_told_with_path_and_bytes(tmp_path: Path) -> None:
    (found,) = outcomes(tmp_path, "limit")
    assert found["message"].startswith(f"{tmp_path}/facebook/104001/2026-11-02: a file may not grow further: at least ")
    assert "more bytes needed" in found["message"]
    assert found["after"] == {"runs": [], "records": [], "left": []}


def test_d1_a_disk_that_runs_full_is_told_with_path_and_bytes(tmp_path: Path) -> None:
    inside = [shutil.which("unshare") or "unshare", "-m", "sh", "-c"]
    mount = f"mount -t tmpfs -o size=2m tmpfs {tmp_path}"
    if subprocess.run([*inside, mount], check=False, capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a small disk")
    (found,) = outcomes(tmp_path, "full", *inside, f'{mount} && exec "$0" "$@"')
    assert f"{tmp_path}/facebook/104001/2026-11-02: the disk is full: at least " in found["message"]
    assert found["after"] == {"runs": [], "records": [], "left": []}


def test_d1_a_disk_that_is_full_already_is_told_before_the_first_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.landing.stores.free_bytes", lambda _: 1000)
    with pytest.raises(LandingError, match="the disk is full: 1048576 bytes needed, 1000 free"):
        _write(tmp_path, _never())
    assert [path for path in tmp_path.rglob("*") if path.is_file() or path.suffix == ".partial"] == []


def _never() -> Iterator[Yield]:
    pytest.fail("a request was made")
    yield Page("posts", [])


def _write(root: Path | str, what: Iterator[Yield]) -> None:
    landing.write(str(root), UNIT, "r", what, STREAMS, api_version="", clock=lambda: "", requests=lambda: 0)


def test_d3_a_read_only_landing_is_told_before_the_first_request(tmp_path: Path) -> None:
    inside = [shutil.which("unshare") or "unshare", "-m", "sh", "-c"]
    mount = f"mount -t tmpfs -o ro tmpfs {tmp_path}"
    if subprocess.run([*inside, mount], check=False, capture_output=True).returncode != 0:
        pytest.skip("this user may not mount a disk")
    (found,) = outcomes(tmp_path, "full", *inside, f'{mount} && exec "$0" "$@"')
    assert "Read-only file system: the landing must be writable" in found["message"]
    assert str(tmp_path) in found["message"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_d3_a_landing_of_somebody_else_is_told_before_the_first_request(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LandingError, match="Permission denied: the landing must be writable"):
        _write(tmp_path, _never())
    tmp_path.chmod(0o700)


def test_d3_a_file_where_the_landing_should_be_is_told_before_the_first_request(tmp_path: Path) -> None:
    (tmp_path / "landing").write_text("not a folder")
    with pytest.raises(LandingError, match="landing"):
        _write(tmp_path / "landing", _never())
    with pytest.raises(LandingError, match="landing"):
        landing.record_failure(str(tmp_path / "landing"), UNIT, ValueError("x"), "r", "")


def test_p7_an_attempt_that_wakes_up_after_a_newer_one_cannot_land_a_torn_run(tmp_path: Path) -> None:
    """The newer attempt removes what it takes for a dead one's folder; the old one then ends with an error."""

    def slow() -> Iterator[Yield]:
        mixed = items()
        yield next(mixed)
        land(tmp_path, "run-1")
        yield from mixed

    with pytest.raises(LandingError):
        _write(tmp_path, slow())
    (run,) = landing.manifests(str(tmp_path))
    assert run.run_id == "run-1"
    landing.verify(run)


def test_an_object_store_that_lost_a_part_gets_no_manifest() -> None:
    import fsspec

    system, root = fsspec.filesystem("memory"), "memory://loses"

    def lose() -> str:
        """Asked for the time when all parts are written and the manifest is not."""
        system.rm(system.glob("/loses/facebook/*/*/*/posts-*")[0])
        return ""

    with pytest.raises(LandingError, match="memory:///loses/facebook/104001/2026-11-02"):
        landing.write(root, UNIT, "r", items(), STREAMS, api_version="", clock=lose, requests=lambda: 0)
    assert landing.newest(root, "facebook", "104001", NIGHT) is None
    assert system.find("/loses") == []
