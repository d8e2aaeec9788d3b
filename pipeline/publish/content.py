"""What a table holds, as counts and checksums by month: to verify a copy and to see what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NO_MONTH: Final = "none"


Parts = dict[str, tuple[int, str]]
"""Row count and checksum by part of a table: ``2026-10``, ``none`` or ``all``."""


@dataclass(frozen=True)
class Table:
    """A table to publish: the column whose month partitions its Parquet, and its key.

    ``comment`` and ``comments`` (by column) are what BI tools show beside it.
    ``same_before``: rows of earlier days are those of the previous publication; date.max where all are.
    None where nobody knows.
    """

    month: str | None = None
    key: tuple[str, ...] = ()
    same_before: date | None = None
    comment: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)


def month_expression(table: Table) -> str:
    """SQL that gives the part a row belongs to: ``2026-10``, ``none`` without a day, ``all`` without months."""
    return f"coalesce(strftime({quoted_name(table.month)}, '%Y-%m'), '{NO_MONTH}')" if table.month else "'all'"


def measure(con: DuckDBPyConnection, name: str, table: Table, before: Mapping[str, tuple[int, str]]) -> Parts:
    """Row count and order-free checksum of every month of a table.

    Months that are the same as in ``before``, the content of the previous publication, are not read.
    """
    known: Parts = {}
    since = ""
    if before and table.month and table.same_before:
        first = f"{table.same_before:%Y-%m}"
        known = {part: content for part, content in before.items() if part == NO_MONTH or part < first}
        since = f"where {quoted_name(table.month)} >= date '{first}-01'"
    rows = con.execute(
        f"select {month_expression(table)}, count(*), sum(hash(t)::hugeint)::varchar "  # noqa: S608
        f"from {quoted_name(name)} t {since} group by 1 order by 1"
    ).fetchall()
    return known | {month: (count, total) for month, count, total in rows}


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
