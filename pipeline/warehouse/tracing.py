"""Which rows of what a SELECT reads its value comes from: found by leaving rows out and looking whether it changes.

The warehouse is attached and only read; what is tried lies in memory.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipeline.errors import ConfigError, WarehouseBusy, WarehouseError
from pipeline.warehouse.names import listed, quoted, text
from pipeline.warehouse.opening import open_reader, words_of

if TYPE_CHECKING:
    from types import TracebackType

Row = dict[str, Any]
_MEMORY = "1GB"
# The order in which rows came to be: the newest are left out last.
_ORDERED = ("night", "_night", "day", "published_day", "observed_at", "_observed_at")


def select(path: Path, relation: str, columns: Sequence[str], where: str, limit: int) -> list[Row]:
    """Rows of a relation for which somebody's own condition holds; ConfigError where it is none.

    Through a connection that only reads, reaches nothing but its file, and whose settings nobody can change.
    """
    con = open_reader(path)
    try:
        names = listed(columns)
        asked = f"select {names} from {_name(relation)} where ({where}\n) order by {names} limit {limit:d}"
        if len(con.extract_statements(asked)) != 1:
            raise ConfigError(f"--where must be one condition: {where}")
        return _rows(con.execute(asked))
    except duckdb.Error as error:
        raise ConfigError(f"--where {where}: {words_of(error)}") from None
    finally:
        con.close()


@dataclass(frozen=True)
class Found:
    """Rows of one relation from which a value comes. ``is_smallest``: without any of them it is another.

    ``candidates`` is how many rows were looked at.
    """

    rows: list[Row]
    candidates: int
    is_smallest: bool


class Tracing:
    """A database in memory beside the warehouse at ``path``, for as long as the block lasts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Tracing:
        self._con = duckdb.connect(
            config={"memory_limit": _MEMORY, "autoinstall_known_extensions": False, "threads": 1}
        )
        self._con.execute("set global TimeZone = 'UTC'; set enable_progress_bar = false")
        try:
            self._con.execute(f"attach {text(str(self._path))} as warehouse (read_only)")
        except duckdb.Error as error:
            self._con.close()
            if "lock" in str(error):
                raise WarehouseBusy(
                    f"{self._path}: another process has the database open ({words_of(error)})"
                ) from None
            raise WarehouseError(f"{self._path}: the database cannot be opened ({words_of(error)})") from None
        self._con.execute("set enable_external_access = false")
        self._con.execute("set variable rebuild_from = date '0001-01-01'; set variable read_from = date '0001-01-01'")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._con.close()

    def columns(self, relation: str) -> tuple[str, ...]:
        schema, _, name = relation.partition(".")
        rows = self._con.execute(
            "select column_name from duckdb_columns() where database_name = 'warehouse' and schema_name = ?"
            " and table_name = ? order by column_index",
            [schema, name],
        ).fetchall()
        return tuple(name for (name,) in rows)

    def trial(self, sql: str, inputs: Mapping[str, Row], key: Row, column: str) -> Trial:
        """A SELECT whose inputs are those rows of the warehouse's that are as ``inputs`` says."""
        for relation, wanted in inputs.items():
            self._copy(relation, wanted)
        return Trial(self._con, sql, key, column)

    def _copy(self, relation: str, wanted: Row) -> None:
        schema = relation.partition(".")[0]
        columns = self.columns(relation)
        order = listed(each for each in _ORDERED if each in columns) or "1"
        condition, values = _matching(wanted)
        # Views of the warehouse read its raw tables by their names.
        self._con.execute("use warehouse")
        self._con.execute(
            f"create or replace table memory.main.{quoted(relation)} as select row_number() over (order by {order}) as"
            f" _nth, * from {_name(relation)} where {condition}",
            values,
        )
        self._con.execute("use memory")
        self._con.execute(f"create schema if not exists {schema}")
        self._con.execute(f"create or replace table memory.main.{quoted(f'kept {relation}')} (_nth bigint)")
        self._con.execute(
            f"create or replace view {_name(relation)} as select * exclude (_nth) from memory.main.{quoted(relation)}"
            f" where _nth in (select _nth from memory.main.{quoted(f'kept {relation}')})"
        )
        self._con.execute(
            f"insert into memory.main.{quoted(f'kept {relation}')} select _nth from main.{quoted(relation)}"
        )


@dataclass
class Trial:
    """The value of one row of a SELECT, by the rows that it may read."""

    con: duckdb.DuckDBPyConnection
    sql: str
    key: Row
    column: str
    tries: int = field(default=0)

    def value(self) -> list[Any]:
        """What the column is in the rows that have the key: one value, or none."""
        self.tries += 1
        condition, values = _matching(self.key)
        try:
            found = self.con.execute(f"select {quoted(self.column)} from ({self.sql}\n) where {condition}", values)
            return sorted((row[0] for row in found.fetchall()), key=str)
        except duckdb.Error as error:
            raise WarehouseError(f"{self.column}: cannot be worked out again ({words_of(error)})") from None

    def smallest(self, relation: str, near: Row, goes_on: Callable[[], bool]) -> Found:
        """The fewest rows of ``relation`` with which the value is what it is with all, the newest if any will do.

        ``near``: what rows probably have in common with the one that is explained; those are tried alone first.
        Only these rows are seen when the next relation is looked at.
        """
        whole = self.value()
        every = [n for (n,) in self.con.execute(f"select _nth from main.{quoted(relation)} order by _nth").fetchall()]

        def suffices(rows: Sequence[int]) -> bool:
            _keep(self.con, relation, rows)
            return same(self.value(), whole)

        rows = self._nearest(relation, near, every, suffices)
        rows, is_smallest = _without_needless(rows, suffices, goes_on)
        _keep(self.con, relation, rows)
        listing = ", ".join(map(str, rows)) or "null"
        found = self.con.execute(
            f"select * exclude (_nth) from main.{quoted(relation)} where _nth in ({listing}) order by _nth"
        )
        return Found(_rows(found), len(every), is_smallest)

    def _nearest(
        self, relation: str, near: Row, every: list[int], suffices: Callable[[Sequence[int]], bool]
    ) -> list[int]:
        condition, values = _matching(near)
        asked = f"select _nth from main.{quoted(relation)} where {condition} order by _nth"
        alike = [n for (n,) in self.con.execute(asked, values).fetchall()]
        return alike if len(alike) < len(every) and suffices(alike) else every


def _without_needless(
    rows: list[int], suffices: Callable[[Sequence[int]], bool], goes_on: Callable[[], bool]
) -> tuple[list[int], bool]:
    """Leave out as much as can be, in ever smaller pieces, the oldest first; False where time ran out."""
    size = len(rows)
    while size:
        at = 0
        while at < len(rows):
            if not goes_on():
                return rows, False
            shorter = rows[:at] + rows[at + size :]
            if suffices(shorter):
                rows = shorter
            else:
                at += size
        size //= 2
    return rows, True


def _keep(con: duckdb.DuckDBPyConnection, relation: str, rows: Sequence[int]) -> None:
    """Let the trial see only these rows."""
    kept = f"main.{quoted(f'kept {relation}')}"
    con.execute(f"delete from {kept}")
    if rows:
        con.execute(f"insert into {kept} select unnest(?::bigint[])", [list(rows)])


def same(one: list[Any], other: list[Any]) -> bool:
    """Whether two results are equal, as far as numbers with fractions can be."""
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b
        for a, b in zip(one, other, strict=True)
    )


def _matching(wanted: Row) -> tuple[str, list[Any]]:
    """A condition that is true of rows with these values; NULL is a value here."""
    if not wanted:
        return "true", []
    return " and ".join(f"{quoted(name)} is not distinct from ?" for name in wanted), list(wanted.values())


def _name(relation: str) -> str:
    return ".".join(quoted(part) for part in relation.split("."))


def _rows(found: duckdb.DuckDBPyConnection) -> list[Row]:
    names = [name for name, *_ in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
