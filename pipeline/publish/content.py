"""What a table holds, as counts and checksums by month: to verify a copy and to see what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Table:
    """A table to publish: the column whose month partitions its Parquet, and its key."""

    month: str | None = None
    key: tuple[str, ...] = ()


def month_expression(table: Table) -> str:
    """SQL that gives the part a row belongs to: ``2026-10``, ``none`` without a day, ``all`` without months."""
    return f"coalesce(strftime({quoted_name(table.month)}, '%Y-%m'), 'none')" if table.month else "'all'"


def measure(con: DuckDBPyConnection, name: str, table: Table) -> dict[str, tuple[int, str]]:
    """Row count and order-free checksum of every month of a table."""
    rows = con.execute(
        f"select {month_expression(table)}, count(*), sum(hash(t)::hugeint)::varchar "  # noqa: S608
        f"from {quoted_name(name)} t group by 1 order by 1"
    ).fetchall()
    return {month: (count, total) for month, count, total in rows}


def checksum(con: DuckDBPyConnection, name: str) -> tuple[int, int]:
    """Row count and checksum of a whole table; the name is already quoted."""
    count, total = con.execute(f"select count(*), sum(hash(t)::hugeint)::varchar from {name} t").fetchall()[0]  # noqa: S608
    return count, int(total or 0)


def quoted_name(relation: str) -> str:
    return ".".join(quoted(part) for part in relation.split("."))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quoted_text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
