"""What the tables of quality said when readers were given them.

A run says of a night anew what the run before it said, so these rows come and go. Each publication keeps
in the past those that it is the first to have, and ends those that it has no more.
"""

# ruff: noqa: S608 - names are ours, values are numbers

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.warehouse.names import listed
from pipeline.warehouse.tables import QUALITY, past_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def keep(con: DuckDBPyConnection, number: int) -> None:
    """Remember that readers were given what stands now, as of the commit ``number``; in its transaction."""
    for table, columns in QUALITY.items():
        names, past = listed(columns), past_of(table)
        said = (
            f"select *, hash({names}, copies) as mark"
            f" from (select {names}, count(*) as copies from {table} group by all)"
        )
        con.execute(
            f"update {past} set known_until = {number} where known_until is null and mark not in"
            f" (select mark from ({said}))"
        )
        con.execute(
            f"insert into {past} by name select *, {number} as known_since from ({said})"
            f" where mark not in (select mark from {past} where known_until is null)"
        )


def stand(con: DuckDBPyConnection, number: int) -> None:
    """Give the open database the tables as readers were given them by the commit ``number`` of ``warehouse``."""
    con.execute("create schema quality")
    for table, columns in QUALITY.items():
        con.execute(
            f"create table {table} as select {listed(columns)}"
            f" from warehouse.{past_of(table)} as said, lateral (select unnest(range(said.copies)))"
            f" where known_since <= {number} and coalesce(known_until > {number}, true)"
        )
