"""Every change is one transaction that counts itself, and a small file beside the database remembers.

DuckDB opens a database whose write-ahead log was lost or cut without a word, at an older commit.
So each commit adds one to ``ops.meta`` in its own transaction, and ``<warehouse>.state.json``
remembers the last number that was seen. A database that says less than the file has lost commits.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

import duckdb

from pipeline.errors import WarehouseError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Which file a connection writes: the caller's transactions know only the connection.
_PATHS: WeakKeyDictionary[DuckDBPyConnection, Path] = WeakKeyDictionary()

# Connections inside a transaction: DuckDB has no question for it, and asking by BEGIN aborts the open one.
_OPEN: WeakSet[DuckDBPyConnection] = WeakSet()

# After these nothing that this process does with the database can be relied on.
BROKEN = (
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
)
START_AGAIN = "start again: a new process finds by the ledger what was written and goes on from there"


class State(NamedTuple):
    """``identity`` is drawn when the database is made, ``commits`` grows by one with each commit."""

    identity: str
    commits: int


def state_file(path: Path) -> Path:
    """The file beside the warehouse ``path`` that remembers its last commit."""
    return path.with_name(path.name + ".state.json")


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """One transaction on the warehouse: all of the block or nothing of it.

    Inside a transaction that is already open it is a part of that one. An error from the block rolls
    back and goes on to the caller. Raises WarehouseError when COMMIT itself fails: it may be durable
    nevertheless, and only the ledger knows.
    """
    if con in _OPEN:
        yield
        return
    con.begin()
    _OPEN.add(con)
    try:
        yield
        _count(con)
    except BaseException:
        # After a fatal error there is nothing left to roll back; the first error is the one to tell.
        with suppress(duckdb.Error):
            con.rollback()
        raise
    finally:
        _OPEN.discard(con)
    try:
        con.commit()
    except duckdb.Error as error:
        with suppress(duckdb.Error):
            con.rollback()
        raise broken(con, "the database could not confirm a commit", error) from error
    if path := _PATHS.get(con):
        remember(path, read(con), durable=False)


def broken(con: DuckDBPyConnection, what: str, error: Exception) -> WarehouseError:
    """The error that ends this process: the database itself failed. Says how much room is left."""
    path = _PATHS.get(con)
    room = f"{path.parent}: {shutil.disk_usage(path.parent).free} bytes are free; " if path else ""
    return WarehouseError(f"{what} ({_first_line(error)}); {room}{START_AGAIN}")


def _count(con: DuckDBPyConnection) -> None:
    con.execute("update ops.meta set value = (value::bigint + 1)::varchar where key = 'commits'")


def bind(con: DuckDBPyConnection, path: Path) -> None:
    """From now on commits of ``con`` are remembered beside ``path``."""
    _PATHS[con] = path


def start(con: DuckDBPyConnection) -> None:
    """Give a new database its identity, inside the transaction that makes its tables."""
    con.execute(
        "insert into ops.meta values ('identity', ?), ('commits', '0')",
        [uuid.uuid4().hex],
    )


def read(con: DuckDBPyConnection) -> State | None:
    """What the database says of itself; None before its tables were made."""
    try:
        rows = con.execute("select key, value from ops.meta where key in ('identity', 'commits')").fetchall()
    except duckdb.CatalogException:
        return None
    known = dict(rows)
    return State(known["identity"], int(known["commits"])) if len(known) == 2 else None


def remember(path: Path, state: State | None, *, durable: bool) -> None:
    """Write the state file by rename; ``durable`` also syncs it.

    Between two durable ones an older file only means that fewer lost commits would be noticed.
    """
    if state is None:
        return
    file = state_file(path)
    fresh = file.with_name(file.name + ".new")
    try:
        with fresh.open("w") as out:
            json.dump(state._asdict(), out)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        fresh.replace(file)
    except OSError as error:
        raise WarehouseError(f"{file}: cannot be written ({error.strerror}); {START_AGAIN}") from error


def recall(path: Path) -> State | None:
    """What the state file says; None where there is none, or where a power cut left it empty."""
    try:
        known = json.loads(state_file(path).read_text())
        return State(str(known["identity"]), int(known["commits"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def check(con: DuckDBPyConnection, path: Path) -> None:
    """Raise WarehouseError when the database is older than, or another than, the one last seen here."""
    remembered, found = recall(path), read(con)
    if remembered is None:
        remember(path, found, durable=True)
        return
    way_out = (
        f"put back the whole pair of {path.name} and {path.name}.wal, or remove {state_file(path).name} to go on "
        "with what the file holds: `vigie load` then loads again from the landing every night that its ledger lacks"
    )
    if found is None or found.identity != remembered.identity:
        raise WarehouseError(f"{path}: this is not the database that was written here last; {way_out}")
    if found.commits < remembered.commits:
        lost = remembered.commits - found.commits
        raise WarehouseError(
            f"{path}: the last {lost} of {remembered.commits} commits are missing, as when its write-ahead log was "
            f"lost or an older copy was put back; {way_out}"
        )
    if found != remembered:
        remember(path, found, durable=True)


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
