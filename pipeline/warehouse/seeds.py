"""What the settings say, written as tables that SQL joins; and remarks that belong to the data."""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.errors import WarehouseError
from pipeline.warehouse.inserting import insert
from pipeline.warehouse.names import listed
from pipeline.warehouse.past import keep_seeds
from pipeline.warehouse.state import transaction
from pipeline.warehouse.tables import SEED

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Seeds = Mapping[str, tuple[Sequence[str], Sequence[tuple[object, ...]]]]
"""Table name without its schema → its columns and rows."""


def write_seeds(con: DuckDBPyConnection, seeds: Seeds) -> None:
    """Replace the content of each seed table, in the caller's transaction where one is open.

    What they held before is kept as it was.
    """
    with transaction(con):
        for name, (columns, rows) in seeds.items():
            known = SEED.get(f"seed.{name}", {})
            if strange := set(columns) - known.keys():
                raise WarehouseError(f"seed.{name}: the warehouse has no such columns: {sorted(strange)}")
            con.execute(f"delete from seed.{name}")
            insert(con, f"seed.{name}", listed(columns), rows)
        keep_seeds(con, [*seeds])


def write_costs(con: DuckDBPyConnection, seeds: Seeds) -> dict[str, date]:
    """Replace the costs that people noted; the earliest day that changed by relation, nothing where none did."""
    con.execute("create or replace temp table costs_before as select * exclude (line) from seed.cost")
    faults = con.execute("select * from seed.cost_fault order by all").fetchall()
    write_seeds(con, seeds)
    found = con.execute(
        """
        with now as (select * exclude (line) from seed.cost)
        select min(day) from (
            (select * from now except all select * from costs_before)
            union all
            (select * from costs_before except all select * from now)
        )
        """
    ).fetchone()
    con.execute("drop table costs_before")
    moved = {"seed.cost": found[0]} if found and found[0] else {}
    if con.execute("select * from seed.cost_fault order by all").fetchall() != faults:
        # What is told of the file has no days.
        moved["seed.cost_fault"] = date.max
    return moved


def get_meta(con: DuckDBPyConnection, key: str) -> str | None:
    """A remark that was kept with the data, such as the fingerprint of the models; None without."""
    row = con.execute("select value from ops.meta where key = ?", [key]).fetchone()
    return str(row[0]) if row else None


def set_meta(con: DuckDBPyConnection, key: str, value: str) -> None:
    """Keep a remark, in the caller's transaction where one is open."""
    with transaction(con):
        con.execute("delete from ops.meta where key = ?", [key])
        con.execute("insert into ops.meta values (?, ?)", [key, value])
