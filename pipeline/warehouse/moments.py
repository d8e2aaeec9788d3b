"""Which point in the history of the warehouse a night means; the warehouse is attached under that name."""

# ruff: noqa: S608 - names are ours, values are parameters

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pipeline.warehouse.names import listed
from pipeline.warehouse.past import Build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Moment(NamedTuple):
    """A point in the history of the warehouse.

    ``build`` is None for a night before builds were remembered: ``until`` alone (all that was observed
    before it, of nights up to ``night``) then says what was known.
    """

    night: date
    until: datetime
    build: Build | None = None
    generation: str | None = None
    published_at: datetime | None = None
    others: tuple[str, ...] = ()
    # The commit of its publication; None where what quality said then was not kept.
    number: int | None = None


def first_and_newest(con: DuckDBPyConnection) -> tuple[date, date] | None:
    """The first and the newest night of which anything was accepted; None before the first."""
    row = con.execute("select min(night), max(night) from warehouse.ops.ledger where state = 'passed'").fetchone()
    return (row[0], row[1]) if row and row[0] else None


def moment(con: DuckDBPyConnection, night: date, generation: str | None = None) -> Moment | None:
    """What readers were given of ``night`` first, or as ``generation``; else what was first built of it.

    A night of which nothing was built knows what the night before it knew. None where ``generation`` is
    no publication of the night.
    """
    until = datetime.combine(night + timedelta(days=2), datetime.min.time())
    if not has_past(con):
        return None if generation else Moment(night, until)
    number = "number" if has(con, "past", "quality_run") else "null"
    given = con.execute(
        f"select generation, published_at, build, {number} from warehouse.past.publication where night = ?"
        " order by string_split(generation, '-')[-1]",
        [night],
    ).fetchall()
    if generation or given:
        chosen = next((row for row in given if generation in (None, row[0])), None)
        if chosen is None:
            return None
        others = tuple(name for name, *_ in given if name != chosen[0])
        return Moment(night, until, _build(con, "number = ?", [chosen[2]]), chosen[0], chosen[1], others, chosen[3])
    return Moment(night, until, _build(con, "newest_night <= ? order by newest_night desc, number", [night]))


def has_past(con: DuckDBPyConnection) -> bool:
    """Whether the warehouse has ever written down what was known when."""
    return has(con, "past", "publication")


def has(con: DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether the warehouse has the table."""
    row = con.execute(
        "select count(*) from duckdb_tables() where database_name = 'warehouse' and schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchone()
    return bool(row and row[0])


def _build(con: DuckDBPyConnection, condition: str, values: Sequence[object]) -> Build | None:
    columns = listed(Build._fields)
    row = con.execute(f"select {columns} from warehouse.past.build where {condition} limit 1", list(values)).fetchone()
    return Build(*row) if row else None


def published_content(con: DuckDBPyConnection, when: Moment) -> dict[str, tuple[int, int]]:
    """Row count and checksum of each table that readers were given then.

    Empty where that is not known, or where another version of DuckDB computed the checksums.
    """
    if when.generation is None:
        return {}
    rows = con.execute(
        "select relation, rows, checksum from warehouse.past.content"
        " semi join (select generation from warehouse.past.publication where engine = version()) using (generation)"
        " where generation = ?",
        [when.generation],
    ).fetchall()
    return {relation: (count, int(checksum)) for relation, count, checksum in rows}
