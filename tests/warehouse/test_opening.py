"""One writer, a place that can be written, room on disk, and the database that was left here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipeline import warehouse
from pipeline.errors import WarehouseBusy, WarehouseError
from pipeline.settings import Storage
from pipeline.warehouse import opening
from tests.warehouse.landed import FIRST, SOURCES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@contextmanager
def opened(path: Path, *, sealed: bool = False) -> Iterator[DuckDBPyConnection]:
    with warehouse.open_warehouse(path, Storage(), sealed=sealed, command="test", night=FIRST) as con:
        yield con


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "er" / "warehouse.duckdb"


def test_a_missing_folder_and_database_are_made(path: Path) -> None:
    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "warehouse.duckdb",
        "warehouse.duckdb.lock",
        "warehouse.duckdb.state.json",
    ]


def test_a_second_opener_is_told_who_holds_it(path: Path) -> None:
    with (
        opened(path),
        pytest.raises(WarehouseBusy, match=rf"held by pid {os.getpid()} on \S+ \(test\) since 20\d\d-"),
        opened(path),
    ):
        pass


def test_the_lock_ends_with_the_block(path: Path) -> None:
    for _ in range(3):
        with opened(path):
            pass


def test_the_lock_of_a_killed_process_is_free_at_once(path: Path) -> None:
    code = (
        "import os, signal; from pathlib import Path; from pipeline.warehouse import lock;\n"
        f"with lock.hold(Path({str(path)!r}), command='load', night=None): os.kill(os.getpid(), signal.SIGKILL)"
    )
    path.parent.mkdir(parents=True)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    assert json.loads((path.parent / "warehouse.duckdb.lock").read_text())["command"] == "load"
    with opened(path):
        pass


def test_an_old_duckdb_is_refused_in_words(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "__version__", "1.4.4")
    with pytest.raises(WarehouseError, match=r"duckdb 1\.4\.4 is installed, Vigie needs 1\.5\.5"), opened(path):
        pass
    assert not path.exists()


@pytest.mark.parametrize(
    ("version", "fine"), [("1.5.5", True), ("1.5.10", True), ("2.0.0", True), ("1.5.4", False), ("1.5.5.dev3", True)]
)
def test_versions_are_compared_as_numbers(version: str, fine: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "__version__", version)
    if fine:
        opening._check_version()
    else:
        with pytest.raises(WarehouseError):
            opening._check_version()


def test_a_full_disk_is_named_before_anything_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(path.parent.parent.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10_000_000))
    with pytest.raises(WarehouseError, match=r"deep/er: 10000000 bytes are free, 67108864 are needed"), opened(path):
        pass
    assert not path.exists()


def test_room_for_three_times_the_database_is_asked_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path):
        pass
    os.truncate(path, 100 * 2**20)  # sparse: only its length counts here
    usage = shutil.disk_usage(path.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=299 * 2**20))
    with pytest.raises(WarehouseError, match=f"{300 * 2**20} are needed"), opened(path):
        pass


def test_a_sealed_warehouse_computes_but_reaches_nothing(path: Path, tmp_path: Path) -> None:
    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
    with opened(path, sealed=True) as con:
        con.execute("set variable rebuild_from = DATE '2026-10-01'")
        assert con.execute("select getvariable('rebuild_from')").fetchall() == [(FIRST,)]
        con.execute("create temp table t as select range as n from range(1000)")
        con.execute("begin; create schema kpi; create table kpi.a as select * from t; rollback")
        with warehouse.transaction(con):
            con.execute("create schema kpi; create table kpi.a as select * from t")
        assert con.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]
        for sql in (
            "select * from read_text('/etc/passwd')",
            "from read_csv('/etc/passwd')",
            "from '/etc/passwd'",
            "select * from glob('/etc/*')",
            f"copy t to '{tmp_path}/out.csv'",
            f"copy kpi.a from '{tmp_path}/out.csv'",
            f"attach '{tmp_path}/other.duckdb'",
            f"export database '{tmp_path}/all'",
            "install httpfs",
            "load httpfs",
            "select * from read_json('https://example.org/x.json')",
            "set enable_external_access = true",
            "set memory_limit = '100GB'",
            "set lock_configuration = false",
            f"set profiling_output = '{tmp_path}/profile'",
            f"pragma profiling_output = '{tmp_path}/profile'",
            f"set temp_directory = '{tmp_path}'",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(sql).fetchall()
    assert not list(tmp_path.glob("*.csv"))


def test_a_sealed_warehouse_may_still_spill_to_its_own_folder(tmp_path: Path) -> None:
    spill = tmp_path / "spill"
    storage = Storage(memory_limit="60MB", threads=1, temp_directory=spill)
    path = tmp_path / "warehouse.duckdb"
    with warehouse.open_warehouse(path, storage, sealed=True, command="test", night=None) as con:
        con.execute("create temp table t as select range as n, md5(range::varchar) as m from range(2000000)")
        assert sum(file.stat().st_size for file in spill.iterdir()) > 10**7
        assert con.execute("select count(distinct m) from t").fetchall() == [(2000000,)]
    assert not spill.exists() or not list(spill.iterdir())


def test_a_reader_sees_the_file_and_changes_nothing(path: Path) -> None:
    with pytest.raises(WarehouseError, match="no such database"):
        warehouse.open_reader(path)
    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
    with warehouse.open_reader(path) as con:
        assert con.execute("select count(*) from ops.ledger").fetchall() == [(0,)]
        for sql in ("delete from ops.ledger", "create table x (a int)", "select * from read_text('/etc/passwd')"):
            with pytest.raises(duckdb.Error):
                con.execute(sql)


def test_a_reader_is_told_when_somebody_writes(path: Path) -> None:
    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
        code = (
            "from pathlib import Path; from pipeline import warehouse, errors\n"
            f"try: warehouse.open_reader(Path({str(path)!r}))\n"
            "except errors.WarehouseBusy as busy: print('busy', busy)"
        )
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("busy")


def test_a_stub_of_a_database_that_never_held_a_commit_is_made_anew(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\0" * 4096)
    path.with_name("warehouse.duckdb.new").write_bytes(b"half made")
    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
    assert not path.with_name("warehouse.duckdb.new").exists()


def test_what_is_no_database_is_named_and_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"somebody's notes\n" * 5000)
    with pytest.raises(WarehouseError, match=rf"{path}: the database cannot be opened"), opened(path):
        pass
    assert path.read_bytes() == b"somebody's notes\n" * 5000


def test_tables_gain_the_columns_that_a_stream_gained(path: Path) -> None:
    from dataclasses import replace
    from types import SimpleNamespace
    from typing import cast

    from pipeline.streams import ColumnType, Source
    from tests.warehouse.landed import PLATFORM, POSTS

    def sources(**columns: ColumnType) -> dict[str, Source]:
        stream = replace(POSTS, columns={**POSTS.columns, **columns})
        return {PLATFORM: cast("Source", SimpleNamespace(STREAMS=(stream,)))}

    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
        con.execute("insert into raw.harbour_posts (id) values ('a')")
        warehouse.ensure_tables(con, sources(saves="BIGINT"))
        assert con.execute("select id, saves from raw.harbour_posts").fetchall() == [("a", None)]
        with pytest.raises(WarehouseError, match=r"harbour_posts\.likes is BIGINT in the database and DOUBLE"):
            warehouse.ensure_tables(con, sources(likes="DOUBLE"))
        with pytest.raises(WarehouseError, match="the column _night is the warehouse's own"):
            warehouse.ensure_tables(con, sources(_night="VARCHAR"))


@contextmanager
def reading(path: Path, seconds: float) -> Iterator[None]:
    """Another process that has the database open to read it."""
    code = (
        "import duckdb, sys, time\n"
        f"con = duckdb.connect({str(path)!r}, read_only=True); print('open', flush=True); time.sleep({seconds})"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield
        process.kill()


def test_a_writer_waits_for_somebody_who_only_has_a_look(path: Path) -> None:
    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
    with reading(path, seconds=0.7), opened(path) as con:
        con.execute("create table written (a int)")


def test_a_writer_does_not_wait_for_a_reader_who_stays(path: Path) -> None:
    with opened(path) as con:
        warehouse.ensure_tables(con, SOURCES)
    began = time.monotonic()
    with reading(path, seconds=60), pytest.raises(WarehouseBusy, match="another process has the database open"):
        opened(path).__enter__()
    assert time.monotonic() - began < opening.PATIENCE + 10
