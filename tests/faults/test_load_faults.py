"""Crashes, full and failing disks, lost logs and races while nights are loaded: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from pipeline import warehouse
from pipeline.errors import WarehouseError
from pipeline.settings import Storage
from tests.faults.load_once import content, land, load, recall, run, start
from tests.warehouse.landed import FIRST, SOURCES

ROOT = os.geteuid() == 0
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
needs_root = pytest.mark.skipif(not ROOT, reason="needs root to mount a small disk")
# All of them in the nightly sweep, a few of them otherwise.
EVERY_POINT = os.environ.get("VIGIE_SWEEP") == "all"
# Only the calls that are asked for stop the process: the rest runs at full speed.
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-o")
SYSCALLS = "pwrite64,write,fsync,fdatasync,rename,unlink,ftruncate"


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four nights of two accounts, and ``clean.duckdb``: what an undisturbed load makes of them."""
    folder = tmp_path_factory.mktemp("landed")
    land(folder)
    load(folder, folder / "clean.duckdb")
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with posts that do not compress: some ten megabytes."""
    folder = tmp_path_factory.mktemp("large")
    land(folder, nights=3, posts=3000, noise=800)
    load(folder, folder / "clean.duckdb")
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=False).returncode:
        pytest.skip("this machine mounts no disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def clean(landing: Path) -> object:
    return content(landing / "clean.duckdb")


def test_a_disk_without_room_is_named_before_anything_is_written(landing: Path, small_disk: Path) -> None:
    code, said = run(landing, "--warehouse", str(small_disk / "warehouse.duckdb"))
    assert code == WarehouseError.exit_code
    assert re.search(rf"{small_disk}: \d+ bytes are free, 67108864 are needed", said)
    assert not (small_disk / "warehouse.duckdb").exists()


@needs_root
def test_d1_a_disk_that_fills_during_the_load_loses_no_commit(large: Path, small_disk: Path) -> None:
    path = small_disk / "warehouse.duckdb"
    code, said = run(large, "--warehouse", str(path), "--no-room-check")
    assert code == WarehouseError.exit_code
    assert "No space left on device" in said
    assert re.search(rf"{small_disk}: \d+ bytes are free", said)
    subprocess.run(["mount", "-o", "remount,size=100m", small_disk], check=True)
    assert run(large, "--warehouse", str(path), "--no-room-check") == (0, "done\n")
    assert content(path) == clean(large)


@pytest.mark.parametrize("megabytes", [1, 3, 6])
def test_a_file_size_limit_at_any_point_loses_no_commit(large: Path, path: Path, megabytes: int) -> None:
    limit = megabytes * 2**20

    def starve() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    code, said = run(large, "--warehouse", str(path), preexec_fn=starve)
    assert code == WarehouseError.exit_code, said
    assert "File too large" in said
    assert run(large, "--warehouse", str(path)) == (0, "done\n")
    assert content(path) == clean(large)


@needs_root
def test_a_read_only_disk_is_named(landing: Path, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    code, said = run(landing, "--warehouse", str(small_disk / "warehouse.duckdb"))
    assert code == WarehouseError.exit_code
    assert str(small_disk) in said
    assert "Traceback" not in said


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_folder_without_permission_is_named(landing: Path, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o555)
    code, said = run(landing, "--warehouse", str(folder / "warehouse.duckdb"))
    assert (code, str(folder) in said) == (WarehouseError.exit_code, True)


@needs_strace
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_database_that_could_not_be_made_is_made_by_the_next_run(landing: Path, path: Path, nth: int) -> None:
    """The disk fills while the file is made: no half of it is ever taken for a database."""
    fault = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-P",
        f"{path}.new",
        "-e",
        f"inject=pwrite64:error=ENOSPC:when={nth}",
    ]
    code, said = run(landing, "--warehouse", str(path), before=fault)
    if nth <= 3:
        assert code == WarehouseError.exit_code, said
        assert not path.exists()
    assert run(landing, "--warehouse", str(path)) == (0, "done\n")
    assert content(path) == clean(landing)
    assert not path.with_name(path.name + ".new").exists()


def killed_after(landing: Path, path: Path, nights: int) -> None:
    """A load that is killed while it still has its last night's commits in the log."""
    process = start(landing, "--warehouse", str(path), "--pause", stdin=subprocess.PIPE)
    assert process.stdout
    assert process.stdin
    for night in range(nights):
        assert process.stdout.readline() == "loaded\n"
        if night < nights - 1:
            process.stdin.write("\n")
            process.stdin.flush()
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()


def wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def test_a_log_that_was_kept_is_read_back(landing: Path, path: Path) -> None:
    killed_after(landing, path, 2)
    assert wal(path).stat().st_size > 1000
    assert run(landing, "--warehouse", str(path)) == (0, "done\n")
    assert content(path) == clean(landing)


@pytest.mark.parametrize("loss", ["missing", "cut", "cut short", "foreign", "database older"])
def test_lost_commits_are_noticed_and_named_then_loaded_again(
    landing: Path, path: Path, tmp_path: Path, loss: str
) -> None:
    killed_after(landing, path, 2)
    if loss == "missing":
        wal(path).unlink()
    elif loss == "cut":
        os.truncate(wal(path), wal(path).stat().st_size // 2)
    elif loss == "cut short":
        os.truncate(wal(path), 10)
    elif loss == "foreign":
        other = tmp_path / "other.duckdb"
        killed_after(landing, other, 1)
        shutil.copy(wal(other), wal(path))
    else:
        shutil.copy(landing / "clean.duckdb", path)
        wal(path).unlink()
    code, said = run(landing, "--warehouse", str(path))
    assert code == WarehouseError.exit_code, said
    assert str(path) in said
    assert "vigie load" in said
    # What the message says: remove the log and the memory of it, then load.
    wal(path).unlink(missing_ok=True)
    path.with_name(path.name + ".state.json").unlink()
    assert run(landing, "--warehouse", str(path)) == (0, "done\n")
    assert content(path) == clean(landing)


def test_a_database_that_vanished_is_not_silently_begun_anew(landing: Path, path: Path) -> None:
    load(landing, path)
    path.unlink()
    code, said = run(landing, "--warehouse", str(path))
    assert code == WarehouseError.exit_code
    assert f"{path}: the database is gone" in said


def points(landing: Path, path: Path) -> int:
    """How many file operations on the warehouse's files a load has."""
    trace = path.with_name("trace")
    files = [part for suffix in ("", ".wal", ".new", ".state.json.new") for part in ("-P", f"{path}{suffix}")]
    run(landing, "--warehouse", str(path), before=[*STRACE, str(trace), *files, "-e", SYSCALLS])
    return trace.read_text().count("\n")


@needs_strace
@pytest.mark.timeout(3600 if EVERY_POINT else 300)
@pytest.mark.parametrize("fault", ["signal=KILL", "error=EIO", "error=ENOSPC"])
def test_a_fault_at_any_file_operation_is_mended_by_the_next_run(landing: Path, tmp_path: Path, fault: str) -> None:
    small = tmp_path / "small"
    small.mkdir()
    land(small, nights=2, posts=20)
    load(small, small / "clean.duckdb")
    all_points = range(1, points(small, tmp_path / "counted.duckdb") + 1)
    assert len(all_points) > 40
    chosen = all_points if EVERY_POINT else random.Random(fault).sample(all_points, 5)
    for nth in chosen:
        path = tmp_path / f"{nth}.duckdb"
        files = [part for suffix in ("", ".wal", ".new", ".state.json.new") for part in ("-P", f"{path}{suffix}")]
        inject = ["-e", f"inject={SYSCALLS}:{fault}:when={nth}"]
        code, said = run(small, "--warehouse", str(path), before=[*STRACE, "/dev/null", *files, *inject])
        assert code in (0, WarehouseError.exit_code, 1, -signal.SIGKILL, 128 + signal.SIGKILL), said
        assert run(small, "--warehouse", str(path)) == (0, "done\n"), (nth, said)
        assert content(path) == clean(small), (nth, said)


@needs_strace
def test_a_commit_whose_sync_fails_ends_the_process(landing: Path, path: Path) -> None:
    with warehouse.open_warehouse(path, Storage(), sealed=False, command="test", night=None) as con:
        warehouse.ensure_tables(con, SOURCES)
    fault = ["-P", f"{path}.wal", "-e", "inject=fsync,fdatasync:error=EIO:when=1+"]
    code, said = run(landing, "--warehouse", str(path), before=[*STRACE, "/dev/null", *fault])
    assert code == WarehouseError.exit_code, said
    assert "could not confirm a commit" in said
    assert "start again" in said
    assert run(landing, "--warehouse", str(path)) == (0, "done\n")
    assert content(path) == clean(landing)


@pytest.mark.parametrize(
    ("point", "told", "there"),
    [
        ("BEFORE_HEADER", True, False),
        ("AFTER_FREE_LIST_WRITE", True, False),
        ("BEFORE_TRUNCATE", True, True),
        ("BEFORE_WAL_FINISH", True, True),
        ("BEFORE_MOVING_RECOVERY", False, True),
        ("BEFORE_DELETING_CHECKPOINT_WAL", False, True),
    ],
)
def test_b1_a_commit_that_was_reported_as_failed_is_not_done_twice(
    landing: Path, path: Path, point: str, told: bool, there: bool
) -> None:
    """COMMIT may raise although it is durable: what is there is for the ledger to say, not for the error."""
    landed = recall(landing)
    tonight = [m for m in landed.all() if m.unit.night == FIRST]

    def load_tonight(*, broken: bool) -> list[str]:
        with warehouse.open_warehouse(path, Storage(), sealed=False, command="test", night=FIRST) as con:
            warehouse.ensure_tables(con, SOURCES)
            if broken:
                con.execute(f"set wal_autocheckpoint = '1KB'; set debug_checkpoint_abort = '{point}'")
            done = warehouse.load(con, tonight, SOURCES, night=FIRST, files=landed.files, runs=landed.runs)
            return [unit.state for unit in done]

    with pytest.raises(WarehouseError, match="start again") if told else nullcontext():
        load_tonight(broken=True)
    assert load_tonight(broken=False) == (["already"] * 2 if there else ["loaded"] * 2)
    load(landing, path)
    assert content(path) == clean(landing)


def test_p2_eight_kills_in_a_row_converge(large: Path, path: Path) -> None:
    draw = random.Random(11)
    began = time.monotonic()
    run(large, "--warehouse", str(path.with_name("timed.duckdb")))
    takes = time.monotonic() - began
    for _ in range(8):
        process = start(large, "--warehouse", str(path))
        time.sleep(draw.uniform(0.3, 1.0) * takes)
        process.kill()
        process.communicate()
    assert run(large, "--warehouse", str(path)) == (0, "done\n")
    assert content(path) == clean(large)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_leaves_the_lock_free_within_ten_seconds(large: Path, path: Path, stop: signal.Signals) -> None:
    process = start(large, "--warehouse", str(path))
    while not path.exists():
        time.sleep(0.05)
    process.send_signal(stop)
    process.communicate(timeout=10)
    with warehouse.open_warehouse(path, Storage(), sealed=False, command="test", night=None):
        pass


def test_p6_of_two_loads_at_once_one_writes_and_the_other_is_told(landing: Path, path: Path) -> None:
    pairs = 200 if EVERY_POINT else 3
    for pair in range(pairs):
        here = path.with_name(f"{pair}.duckdb")
        first = start(landing, "--warehouse", str(here), "--pause", stdin=subprocess.PIPE)
        assert first.stdout
        assert first.stdin
        assert first.stdout.readline() == "loaded\n"
        code, said = run(landing, "--warehouse", str(here))
        assert code == 8
        assert re.search(rf"held by pid {first.pid} on \S+ \(load\) since 20\d\d-", said)
        first.communicate("\n" * 10)
        assert first.returncode == 0
        if pair == 0:
            assert content(here) == clean(landing)


def test_p6_two_loads_that_start_together_leave_what_one_would(landing: Path, path: Path) -> None:
    for pair in range(20 if EVERY_POINT else 2):
        here = path.with_name(f"{pair}.duckdb")
        both = [start(landing, "--warehouse", str(here)) for _ in range(2)]
        codes = [process.wait(timeout=60) for process in both]
        said = [process.communicate()[0] for process in both]
        assert set(codes) <= {0, 8}, said
        assert 0 in codes
        assert content(here) == clean(landing)


def test_s1_the_same_nights_loaded_three_times_are_as_loaded_once(landing: Path, path: Path) -> None:
    for _ in range(3):
        assert run(landing, "--warehouse", str(path)) == (0, "done\n")
        assert content(path) == clean(landing)
