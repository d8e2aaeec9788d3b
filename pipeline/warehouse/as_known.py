"""A database beside the warehouse in which everything stands as it did at one commit.

The warehouse is attached and only read. ``raw``, ``ops`` and ``seed`` of the new database give what had
been accepted then; the models are built on them. An account whose earlier nights came, went or were read
again afterwards is loaded anew, into a database that goes away, from the very runs of that time.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipeline.errors import WarehouseBusy, WarehouseError
from pipeline.warehouse import lock, past_quality
from pipeline.warehouse.chains import changed_chains, raw_views, read_again
from pipeline.warehouse.moments import Moment, has, has_past
from pipeline.warehouse.names import listed, quoted, text
from pipeline.warehouse.nights import Files
from pipeline.warehouse.opening import config_for, words_of
from pipeline.warehouse.tables import OPS, SEED
from pipeline.warehouse.units import Runs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.settings import Storage
    from pipeline.streams import Source

# What older drivers open, as the publication.
_STORAGE_VERSION = "v1.0.0"
_KEPT = ("core", "kpi", "conversion", "quality")


@contextmanager
def open_beside(path: Path, file: Path, storage: Storage, *, night: date) -> Iterator[DuckDBPyConnection]:
    """A connection that writes the new database ``file`` and reads the warehouse ``path``, attached under that name.

    Nobody writes the warehouse meanwhile: its lock is held. When the block ends, ``file`` holds core,
    marts and what quality said, and is closed. Raises WarehouseBusy where another process holds the warehouse,
    WarehouseError where there is none or a file cannot be opened or written.
    """
    if not path.exists():
        raise WarehouseError(f"{path}: there is no such database")
    aside = file.with_name(file.name + ".again")
    _remove(file, aside)
    with lock.hold(path, command="as-of", night=night):
        con = duckdb.connect(config=config_for(file, storage))
        try:
            con.execute("set global TimeZone = 'UTC'; set enable_progress_bar = false")
            _attach(con, path, "warehouse (read_only)")
            _attach(con, file, f"as_known (storage_version '{_STORAGE_VERSION}')")
            _attach(con, aside, "again")
            con.execute("use as_known")
            yield con
            _finish(con)
        except duckdb.IOException as error:
            raise WarehouseError(f"{file}: {words_of(error)}") from error
        finally:
            with suppress(duckdb.Error):
                con.close()
            _remove(aside)


def _attach(con: DuckDBPyConnection, path: Path, name: str) -> None:
    try:
        con.execute(f"attach {text(str(path))} as {name}")
    except duckdb.Error as error:
        if "lock on file" in str(error):
            raise WarehouseBusy(f"{path}: another process has the database open ({words_of(error)})") from error
        raise WarehouseError(f"{path}: the database cannot be opened ({words_of(error)})") from error


def _remove(*files: Path) -> None:
    for file in files:
        file.unlink(missing_ok=True)
        file.with_name(file.name + ".wal").unlink(missing_ok=True)


def _finish(con: DuckDBPyConnection) -> None:
    """Only what was built stays."""
    schemas = con.execute("select schema_name from duckdb_schemas() where database_name = 'as_known' and not internal")
    for (schema,) in schemas.fetchall():
        if schema not in (*_KEPT, "main"):
            con.execute(f"drop schema as_known.{schema} cascade")
    con.execute("checkpoint as_known; use memory; detach as_known")


def stand(
    con: DuckDBPyConnection,
    when: Moment,
    sources: Mapping[str, Source],
    *,
    files: Files,
    runs: Runs,
) -> list[str]:
    """Give the database its ``ops``, ``seed`` and ``raw`` as they were; sentences on what could not be kept apart.

    Raises LandingError where a run that was accepted then is needed and the landing has it no more.
    """
    for schema in ("ops", "seed", "raw"):
        con.execute(f"create schema {schema}")
    for name in ("ledger", "stream_night"):
        con.execute(f"create view ops.{name} as {_ops_sql(name, when)}")
    notes = _seeds(con, when)
    if when.number is not None:
        past_quality.stand(con, when.number)
    elif when.generation is not None:
        notes.append("what quality said then was not kept: its tables are missing")
    platforms = [name for (name,) in con.execute("select distinct platform from ops.ledger order by 1").fetchall()]
    chains = changed_chains(con)
    read_again(con, chains, sources, files, runs)
    for platform in [name for name in platforms if name in sources]:
        raw_views(con, platform, sources[platform], [account for name, account in chains if name == platform])
    return notes


def _ops_sql(name: str, when: Moment) -> str:
    columns = listed(column for column in OPS[f"ops.{name}"] if column != "known_since")
    now, past = f"warehouse.ops.{name}", f"warehouse.past.{name}"
    if when.build is not None:
        number = when.build.number
        return (
            f"select {columns} from {now} where coalesce(known_since, 0) <= {number}"
            f" union all select {columns} from {past}"
            f" where coalesce(known_since, 0) <= {number} and known_until > {number}"
        )
    seen = f"night <= date '{when.night}' and coalesce(observed_at, night) < timestamp '{when.until}'"
    return f"select {columns} from {now} where {seen}"


def _seeds(con: DuckDBPyConnection, when: Moment) -> list[str]:
    """The version of each seed that was in force; the first one that was kept where none is as old."""
    is_kept = has_past(con)
    unknown = []
    for table, columns in SEED.items():
        name = table.partition(".")[2]
        version = _version(con, name, when) if is_kept else None
        if version is None or (when.build is None or version > when.build.number):
            unknown.append(name)
        con.execute(f"create table {table} ({', '.join(f'{quoted(c)} {kind}' for c, kind in columns.items())})")
        if version is not None:
            con.execute(
                f"insert into {table} by name select * exclude (known_since) from warehouse.past.{quoted(name)}"
                f" where known_since = {version}"
            )
        elif has(con, "seed", name):
            con.execute(f"insert into {table} by name select * from warehouse.{table}")
    if not unknown:
        return []
    return [
        "the settings of that night were not kept for: " + ", ".join(unknown) + ". They are as they first were known"
    ]


def _version(con: DuckDBPyConnection, name: str, when: Moment) -> int | None:
    """The last version up to the build, else the first there is."""
    number = when.build.number if when.build else 0
    row = con.execute(
        "select coalesce(max(known_since) filter (where known_since <= $number), min(known_since))"
        " from warehouse.past.version where seed = $seed",
        {"number": number, "seed": name},
    ).fetchone()
    return row[0] if row else None
