"""What readers see while a publication is made, killed, refused, or rolled back."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import PublishError
from pipeline.publish import ContentDiffersError, before, current, publish, rollback
from tests.faults.publish_once import TABLES

POINTS = 20
SYSCALLS = (
    "openat,pwrite64,write,fdatasync,fsync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,mkdir,chmod"
)
BOTH = "select reactions from kpi.post_daily union select reactions from kpi.post"
NOON = datetime(2026, 11, 3, 12)


def fill(con: duckdb.DuckDBPyConnection, generation: int, rows: int = 3000) -> None:
    """Every row of every table carries the same number, so that a mixed generation would show."""
    con.execute("create schema if not exists kpi")
    con.execute(
        "create or replace table kpi.post_daily as select 'p' || (i % 40) as post_id, "
        "date '2026-09-01' + (i // 40)::int as day, ? ::bigint as reactions from range(?) t(i)",
        [generation, rows],
    )
    con.execute(
        "create or replace table kpi.post as select 'p' || i as post_id, ? ::bigint as reactions from range(40) t(i)",
        [generation],
    )


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        fill(con, 1)
    return path


def published(warehouse: Path, folder: Path, night: int) -> str:
    with duckdb.connect(str(warehouse)) as con:
        done = publish(con, folder, TABLES, night=date(2026, 11, night), code_version="test", published_at=NOON)
    return done.generation


def refill(warehouse: Path, generation: int) -> None:
    with duckdb.connect(str(warehouse)) as con:
        fill(con, generation)


def seen(folder: Path) -> set[int]:
    """The generations that a reader of the file and of the Parquet sees: one, or something is torn."""
    with duckdb.connect(str(folder / "vigie.duckdb"), read_only=True) as con:
        found = con.execute(BOTH).fetchall()
        rows = con.execute("select (select count(*) from kpi.post_daily), (select count(*) from kpi.post)").fetchall()
    assert rows == [(3000, 40)]
    parquet = duckdb.sql(f"select distinct reactions from read_parquet('{folder}/parquet/*/*/*.parquet')").fetchall()
    return {g for (g,) in found} | {g for (g,) in parquet}


def run_traced(warehouse: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["strace", "-f", "-q", *options, sys.executable, "-m", "tests.faults.publish_once"]
    return subprocess.run(
        [*command, str(warehouse), str(folder), "2026-11-02"], capture_output=True, text=True, check=False, timeout=120
    )


def points_of_publishing(warehouse: Path, folder: Path, log: Path) -> list[tuple[str, int]]:
    """Calls of a publication from its first write to its end, spread evenly: name and ordinal of that name."""
    shutil.copytree(folder, log.with_name("copy"), symlinks=True)
    done = run_traced(warehouse, log.with_name("copy"), "-e", f"trace={SYSCALLS}", "-o", str(log))
    assert done.returncode == 0, done.stderr
    lines = [line.split(None, 1) for line in log.read_text().splitlines() if "resumed>" not in line]
    main = lines[0][0]
    seen_so_far: Counter[str] = Counter()
    calls, started = [], False
    for pid, call in lines:
        name = call.partition("(")[0]
        if pid != main or name not in SYSCALLS.split(","):
            continue
        seen_so_far[name] += 1
        started = started or ".building-" in call
        if started:
            calls.append((name, seen_so_far[name]))
    return [calls[len(calls) * point // POINTS] for point in range(POINTS)]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: make servers")
def test_p1_a_kill_at_any_of_20_syscalls_leaves_one_whole_generation(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    refill(warehouse, 2)
    outcomes = []
    for name, ordinal in points_of_publishing(warehouse, folder, tmp_path / "trace.log"):
        here = tmp_path / f"{name}-{ordinal}"
        shutil.copytree(folder, here, symlinks=True)
        inject = f"inject={name}:signal=KILL:when={ordinal}"
        done = run_traced(warehouse, here, "-e", f"trace={name}", "-e", inject, "-o", "/dev/null")
        after = seen(here)
        outcomes.append((done.returncode, after))
        assert after in ({1}, {2}), f"torn at {name} {ordinal}: {after}"
        published(warehouse, here, 2)
        assert seen(here) == {2}
        assert not list(here.glob("generations/.building-*"))
        shutil.rmtree(here)
    assert len([code for code, _ in outcomes if code != 0]) == POINTS
    assert {1} in [after for _, after in outcomes]


def test_b3_a_reader_that_holds_the_file_open_does_not_stop_a_publication(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(folder / "vigie.duckdb"), BOTH],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    assert reader.stdout.readline() == "1\n"
    refill(warehouse, 2)
    published(warehouse, folder, 2)
    reader.stdin.write("again\n")
    reader.stdin.flush()
    assert reader.stdout.readline() == "1\n"  # what it opened stays whole
    reader.communicate("\n", timeout=20)
    assert seen(folder) == {2}


READER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(2):
    print(*{g for (g,) in con.execute(sys.argv[2]).fetchall()}, flush=True)
    sys.stdin.readline()
"""


def test_b3_the_published_file_cannot_be_opened_for_writing(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    assert (folder / "vigie.duckdb").stat().st_mode & 0o777 == 0o444


def test_b4_readers_before_during_and_after_swaps_see_one_generation_and_never_go_back(
    warehouse: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", POLLER, str(folder), BOTH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for generation in range(2, 14):
        refill(warehouse, generation)
        published(warehouse, folder, generation)
    for reader in readers:
        out, _ = reader.communicate("stop\n", timeout=60)
        reads = [line.split() for line in out.splitlines()]
        assert all(len(generations) == 1 for generations in reads), reads
        order = [int(generations[0]) for generations in reads]
        assert order == sorted(order)
        assert order[-1] == 13
        assert len(set(order)) > 2


POLLER = """
import select, sys, duckdb
stop = False
while True:
    con = duckdb.connect(sys.argv[1] + "/vigie.duckdb", read_only=True)
    found = {g for (g,) in con.execute(sys.argv[2]).fetchall()}
    con.close()
    print(*found, flush=True)
    if stop:
        break
    stop = bool(select.select([sys.stdin], [], [], 0.01)[0])
"""


def test_d5_a_log_beside_the_publication_is_refused_and_named(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    refill(warehouse, 2)
    (folder / "vigie.duckdb.wal").write_bytes(b"foreign")
    with pytest.raises(PublishError, match=re.escape("vigie.duckdb.wal")):
        published(warehouse, folder, 2)
    (folder / "vigie.duckdb.wal").unlink()
    assert seen(folder) == {1}


def test_d8_a_stub_left_by_a_full_disk_is_removed_and_never_published(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    stub = folder / "generations" / ".building-20261102-000002"
    stub.mkdir()
    (stub / "vigie.duckdb").write_bytes(b"\0" * 4096)
    refill(warehouse, 2)
    published(warehouse, folder, 2)
    assert not stub.exists()
    assert seen(folder) == {2}


def test_d1_a_disk_that_fills_while_publishing_keeps_the_last_publication(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    refill(warehouse, 2)
    command = f"ulimit -f 200; exec {sys.executable} -m tests.faults.publish_once {warehouse} {folder} 2026-11-02"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert seen(folder) == {1}
    published(warehouse, folder, 2)
    assert seen(folder) == {2}


def test_a_publication_equal_to_the_present_one_makes_no_new_generation(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    assert published(warehouse, folder, 1) == published(warehouse, folder, 1)
    assert published(warehouse, folder, 2) == published(warehouse, folder, 2)
    assert [p.name for p in sorted((folder / "generations").iterdir())] == ["20261101-000001", "20261102-000002"]


def test_only_the_months_that_changed_are_written_again(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update kpi.post_daily set reactions = 7 where day = date '2026-10-15'")
        done = publish(con, folder, TABLES, night=date(2026, 11, 2), code_version="test", published_at=NOON)
    assert done.months_written == ("kpi.post_daily/2026-10",)
    old, new = (folder / "generations" / g / "parquet/kpi.post_daily" for g in ("20261101-000001", "20261102-000002"))
    same = [p.parent.name for p in new.glob("*/*") if p.stat().st_ino in {q.stat().st_ino for q in old.glob("*/*")}]
    assert sorted(same) == ["month=2026-09", "month=2026-11"]


def test_days_that_are_said_to_be_the_same_are_not_measured_but_verified(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    tables = {name: replace(table, same_before=date(2026, 11, 1)) for name, table in TABLES.items()}
    with duckdb.connect(str(warehouse)) as con:
        con.execute("update kpi.post_daily set reactions = 7 where day >= date '2026-11-01'")
        done = publish(con, folder, tables, night=date(2026, 11, 2), code_version="test", published_at=NOON)
        full = publish(con, tmp_path / "full", TABLES, night=date(2026, 11, 2), code_version="test", published_at=NOON)
        assert done.months_written == ("kpi.post_daily/2026-11",)
        assert done.content == full.content
        con.execute("update kpi.post_daily set reactions = 8 where day = date '2026-09-10'")
        with pytest.raises(ContentDiffersError, match=r"kpi\.post_daily differs from the warehouse"):
            publish(con, folder, tables, night=date(2026, 11, 3), code_version="test", published_at=NOON)
    assert (folder / "current").resolve().name == done.generation


def test_rollback_brings_back_file_and_parquet_together(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    refill(warehouse, 2)
    published(warehouse, folder, 2)
    earlier = before(folder)
    assert earlier is not None
    assert rollback(folder) == earlier
    assert seen(folder) == {1}
    with pytest.raises(PublishError, match="no earlier publication"):
        rollback(folder)
    refill(warehouse, 3)
    assert published(warehouse, folder, 3) == "20261103-000003"
    assert seen(folder) == {3}


def test_the_oldest_generations_leave_and_the_present_one_never(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    for generation in range(1, 6):
        refill(warehouse, generation)
        with duckdb.connect(str(warehouse)) as con:
            publish(con, folder, TABLES, night=date(2026, 11, generation), code_version="t", published_at=NOON, keep=3)
    kept = sorted(p.name for p in (folder / "generations").iterdir())
    assert kept == ["20261103-000003", "20261104-000004", "20261105-000005"]
    now = current(folder)
    assert now is not None
    assert now.generation == "20261105-000005"


def test_a_damaged_manifest_is_an_error_that_says_what_to_do(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    published(warehouse, folder, 1)
    manifest = folder / "generations/20261101-000001/manifest.json"
    manifest.write_text("{")
    with pytest.raises(PublishError, match="vigie rollback"):
        current(folder)
