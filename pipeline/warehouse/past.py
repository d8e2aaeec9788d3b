"""What was known when: the past of the small tables, so that every build of the models can be made again.

Every commit has a number (``state``). A row of the ledger says since which commit it stands; one that is
removed or changed moves to the schema ``past`` with the commit that ended it. Seeds are kept whole, a
version for each change. A build is remembered by its commit and a publication by its build: what either
had seen is what stood at that commit. Raw rows need no past: they follow from the ledger and the landing.
"""

# ruff: noqa: S608 - names are ours, values are parameters

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pipeline.warehouse import past_quality
from pipeline.warehouse.inserting import insert
from pipeline.warehouse.names import listed, quoted
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Build(NamedTuple):
    """One build of the models. ``number`` is its commit, ``models`` the fingerprint of the SQL it was made by."""

    number: int
    night: date
    newest_night: date
    models: str
    code_version: str
    built_at: datetime


def stamp(con: DuckDBPyConnection) -> int:
    """The number that the open transaction will have when it is committed."""
    row = con.execute("select value::bigint + 1 from ops.meta where key = 'commits'").fetchone()
    return int(row[0]) if row else 0


def retire(con: DuckDBPyConnection, table: str, where: str, values: Sequence[object]) -> None:
    """Rows leave ``table`` (``ops.ledger``) for its past, in the caller's transaction."""
    _remember(con, table, where, values)
    con.execute(f"delete from {table} where {where}", list(values))


def change(
    con: DuckDBPyConnection, table: str, column: str, value: object, where: str, values: Sequence[object]
) -> None:
    """Give rows another value in one column and keep in the past what they were, in the caller's transaction."""
    _remember(con, table, where, values)
    con.execute(f"update {table} set {column} = ?, known_since = ? where {where}", [value, stamp(con), *values])


def _remember(con: DuckDBPyConnection, table: str, where: str, values: Sequence[object]) -> None:
    past = f"past.{table.partition('.')[2]}"
    con.execute(
        f"insert into {past} by name select *, {stamp(con)} as known_until from {table} where {where}", list(values)
    )


def keep_seeds(con: DuckDBPyConnection, names: Sequence[str]) -> None:
    """A new version of each seed table whose content is not that of its last one; in the caller's transaction."""
    now = stamp(con)
    for name in names:
        row = con.execute("select max(known_since) from past.version where seed = ?", [name]).fetchone()
        last = row[0] if row else None
        if last is not None and _is_version(con, name, last):
            continue
        # The same transaction may write a seed twice: what it wrote first nobody has seen.
        con.execute("delete from past.version where seed = ? and known_since = ?", [name, now])
        con.execute(f"delete from past.{quoted(name)} where known_since = ?", [now])
        con.execute("insert into past.version values (?, ?)", [name, now])
        con.execute(f"insert into past.{quoted(name)} by name select *, {now} as known_since from seed.{quoted(name)}")


def _is_version(con: DuckDBPyConnection, name: str, version: int) -> bool:
    columns = listed(column for column, *_ in con.execute(f"describe seed.{quoted(name)}").fetchall())
    seed = f"select {columns} from seed.{quoted(name)}"
    past = f"select {columns} from past.{quoted(name)} where known_since = {version}"
    found = con.execute(
        f"select count(*) from (({past} except all {seed}) union all ({seed} except all {past}))"
    ).fetchone()
    return found is not None and found[0] == 0


def remember_build(con: DuckDBPyConnection, night: date, *, models: str, code_version: str, built_at: datetime) -> None:
    """Note, in the transaction that builds the models, what they are built from: all that stands at its commit.

    What came and went since the build before was seen by none and is forgotten. ``built_at`` is UTC
    without zone.
    """
    with transaction(con):
        row = con.execute("select coalesce(max(number), 0) from past.build").fetchone()
        last = row[0] if row else 0
        for table in ("ledger", "stream_night"):
            con.execute(f"delete from past.{table} where known_since > ?", [last])
        newest = con.execute("select max(night) from ops.ledger where state = 'passed'").fetchone()
        insert(
            con,
            "past.build",
            None,
            [Build(stamp(con), night, (newest and newest[0]) or night, models, code_version, built_at)],
        )


def remember_publication(
    con: DuckDBPyConnection,
    *,
    generation: str,
    night: date,
    published_at: datetime,
    content: Mapping[str, tuple[int, int]],
) -> None:
    """Note which build readers were given, the row count and checksum of each of its tables, and what quality said."""
    known = con.execute("select count(*) from past.publication where generation = ?", [generation]).fetchone()
    if known and known[0]:
        return
    with transaction(con):
        con.execute(
            "insert into past.publication by name select ? as generation, ?::date as night,"
            " ?::timestamp as published_at, max(number) as build, version() as engine, ?::bigint as number"
            " from past.build",
            [generation, night, published_at, stamp(con)],
        )
        totals = [(generation, name, rows, str(total)) for name, (rows, total) in sorted(content.items())]
        insert(con, "past.content", None, totals)
        past_quality.keep(con, stamp(con))
