"""Opening the warehouse: lock, room on disk, version, settings, and whether it is the one we left."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipeline import durable
from pipeline.errors import WarehouseBusy, WarehouseError
from pipeline.warehouse import lock, state

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Storage

# Versions before lose every row when the disk fills during a checkpoint.
OLDEST = (1, 5, 5)
LEAST_FREE = 64 * 2**20
# Seconds that a writer waits for readers.
PATIENCE = 3.0
# A DuckDB file begins with three header blocks: anything shorter never held a commit.
HEADER = 3 * 4096

Config = dict[str, "str | bool | int | float | list[str]"]

# Connections that are kept open for several steps of this process, by their database.
_HELD: dict[Path, DuckDBPyConnection] = {}


@contextmanager
def open_warehouse(
    path: Path, storage: Storage, *, sealed: bool, command: str, night: date | None
) -> Iterator[DuckDBPyConnection]:
    """The one writing connection, under the lock. ``command`` and ``night`` tell others who holds it.

    ``sealed`` is for SQL that comes from files: no file, network or extension can be reached and no
    setting changed. Raises WarehouseBusy, or WarehouseError naming the file and what to do: an old
    DuckDB, no room, a folder that cannot be written, a damaged database or one that lost commits.
    """
    if (held := _HELD.get(path)) is not None:
        yield held
        return
    _check_version()
    _make_folder(path)
    with lock.hold(path, command=command, night=night):
        _check_room(path)
        _make_file(path)
        con = _connect_after_readers(path, config_for(path, storage), sealed=sealed)
        try:
            state.check(con, path)
            state.bind(con, path)
            yield con
        except state.BROKEN as error:
            raise state.broken(con, f"{path}: the database failed", error) from error
        finally:
            _close(con, path)


@contextmanager
def held_open(
    path: Path, storage: Storage, *, doors: Sequence[Path], command: str, night: date | None
) -> Iterator[None]:
    """Keep the one writing connection, and its lock, for many steps of one process.

    Until the block ends ``open_warehouse`` and ``open_reader`` of this path give this connection: opening
    and closing DuckDB costs more than a small night. It is sealed but for ``doors``: folders that steps
    read from (the landing) and write to (the publication). Inside another hold it changes nothing.
    """
    if path in _HELD:
        yield
        return
    with open_warehouse(path, storage, sealed=False, command=command, night=night) as con:
        allowed = ", ".join("'" + str(door.absolute()).replace("'", "''") + "/'" for door in doors)
        con.execute(f"set allowed_directories = [{allowed}]")
        # Cannot be taken back while the instance lives; the configuration stays open, loading sets its threads.
        con.execute("set enable_external_access = false")
        _HELD[path] = con
        try:
            yield
        finally:
            del _HELD[path]


def open_reader(path: Path) -> DuckDBPyConnection:
    """A reading connection to a database file, the published one or the warehouse between two runs.

    It reaches nothing but that file. Raises WarehouseError when the file is missing or damaged,
    WarehouseBusy when a process is writing it.
    """
    if (held := _HELD.get(path)) is not None:
        return held.cursor()
    if not path.exists():
        raise WarehouseError(f"{path}: there is no such database")
    return _connect(path, {"enable_external_access": False}, sealed=True, read_only=True)


def _check_version() -> None:
    found = tuple(int(part) for part in duckdb.__version__.split(".")[:3] if part.isdigit())
    if found < OLDEST:
        needed = ".".join(map(str, OLDEST))
        raise WarehouseError(
            f"duckdb {duckdb.__version__} is installed, Vigie needs {needed} or later: "
            "older versions lose the whole database when the disk is full"
        )


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(f"{path.parent}: the folder cannot be made ({error.strerror})") from error
    # The file itself too: a database that a night may only read is found here, before any request.
    for place in (path.parent, path):
        if place.exists() and not os.access(place, os.W_OK):
            raise WarehouseError(f"{place}: cannot be written by this user; the warehouse needs its file and folder")


def _check_room(path: Path) -> None:
    size = path.stat().st_size if path.exists() else 0
    needed = max(LEAST_FREE, 3 * size)
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise WarehouseError(
            f"{path.parent}: {free} bytes are free, {needed} are needed (three times the warehouse, "
            f"at least {LEAST_FREE}); free some room and start again"
        )


def _make_file(path: Path) -> None:
    """Make a missing database aside and rename it, so that a half-made file is never taken for one."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.with_name(fresh.name + ".wal").unlink(missing_ok=True)
    if path.exists() and (path.stat().st_size >= HEADER or state.recall(path)):
        return
    if state.recall(path) or (not path.exists() and _wal(path).exists()):
        raise WarehouseError(
            f"{path}: the database is gone, but {state.state_file(path).name} or {_wal(path).name} is still there; "
            "put the database back, or remove these to build it again from the landing with `vigie load`"
        )
    try:
        duckdb.connect(fresh).close()
        durable.sync(fresh)
        fresh.replace(path)
        durable.sync(path.parent)
    except (OSError, duckdb.Error) as error:
        fresh.unlink(missing_ok=True)
        raise WarehouseError(f"{path}: the database cannot be made ({words_of(error)})") from error


def _connect_after_readers(path: Path, config: Config, *, sealed: bool) -> DuckDBPyConnection:
    """Under the lock only somebody who reads can be in the way, and what we have that reads does so for moments."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return _connect(path, config, sealed=sealed)
        except WarehouseBusy:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)


def _connect(path: Path, config: Config, *, sealed: bool, read_only: bool = False) -> DuckDBPyConnection:
    try:
        con = duckdb.connect(path, read_only=read_only, config=config)
        # The progress bar would be drawn into whatever captures the output.
        con.execute("set global TimeZone = 'UTC'; set enable_progress_bar = false")
        if sealed:
            # Only now: given at the start, it would refuse the temp directory beside it.
            con.execute("set enable_external_access = false; set lock_configuration = true")
    except duckdb.IOException as error:
        if "lock on file" in str(error):
            raise WarehouseBusy(f"{path}: another process has the database open ({words_of(error)})") from error
        raise _unusable(path, error) from error
    except duckdb.Error as error:
        raise _unusable(path, error) from error
    return con


def _unusable(path: Path, error: Exception) -> WarehouseError:
    return WarehouseError(
        f"{path}: the database cannot be opened ({words_of(error)}); put a copy back, or remove it with its .wal and "
        f"{state.state_file(path).name} to build it again from the landing with `vigie load`"
    )


def config_for(path: Path, storage: Storage) -> Config:
    config: Config = {
        "memory_limit": storage.memory_limit,
        "temp_directory": str(storage.temp_directory or path.with_name(path.name + ".tmp")),
        # Rows have no order but the one that a query asks for; keeping one costs memory.
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        # Tables of an open transaction have no statistics yet: taken for empty, they would be joined as of in
        # a nested loop, which is quadratic.
        "asof_loop_join_threshold": 0,
    }
    if storage.threads:
        config["threads"] = storage.threads
    return config


def _close(con: DuckDBPyConnection, path: Path) -> None:
    """Close, which writes the log into the file; then remember durably where we are."""
    last = None
    # An instance that a fatal error ended says nothing more; that error is on its way to the caller.
    with suppress(duckdb.Error):
        last = state.read(con)
    con.close()
    state.remember(path, last, durable=True)


def _wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def words_of(error: Exception) -> str:
    return str(error).partition("\n")[0]
