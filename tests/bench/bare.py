"""The project's own SELECTs in DuckDB alone: what the models cost at least."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from pipeline.models import FIRST_DAY, Model, computed
from pipeline.settings import Storage


def selects(warehouse: str, models: Iterable[Model]) -> dict[str, Any]:
    """Each as CREATE TABLE AS in one transaction, with the same memory and in the same order.

    One transaction as in a night: DuckDB has no statistics of tables that are not committed, and plans otherwise
    with them. Statistics of ours are the same functions, called directly.
    """
    import duckdb

    limits: dict[str, Any] = {
        "memory_limit": Storage().memory_limit,
        "preserve_insertion_order": False,
        "temp_directory": f"{warehouse}.tmp",
        # as the warehouse is opened: of tables without statistics it would compare every row with every other
        "asof_loop_join_threshold": 0,
    }
    con = duckdb.connect(warehouse, config=limits)
    con.execute(f"set TimeZone = 'UTC'; set variable rebuild_from = date '{FIRST_DAY}'")
    con.execute(f"set variable read_from = date '{FIRST_DAY}'")
    start, computing = time.perf_counter(), 0.0
    con.execute("begin")
    for model in models:
        if model.kind == "table":
            before = time.perf_counter()
            with computed(con, model, FIRST_DAY):
                computing += time.perf_counter() - before
                con.execute(f"create or replace table {model.relation} as {model.sql}")
    con.execute("commit")
    seconds = time.perf_counter() - start
    con.close()
    return {"seconds": seconds, "statistics_seconds": computing}


def slowest(seconds: dict[str, float], count: int = 5) -> list[str]:
    """The models that took longest, as words."""
    names = sorted(seconds, key=seconds.__getitem__, reverse=True)[:count]
    return [f"{name} {seconds[name]:.2f} s" for name in names]
