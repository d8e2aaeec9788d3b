"""The project's own SELECTs in DuckDB alone: what the models cost at least."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from pipeline.models import FIRST_DAY, Model, computed
from pipeline.settings import Storage


def selects(warehouse: str, models: Iterable[Model]) -> dict[str, Any]:
    """Each as CREATE TABLE AS in a transaction of its own, with the same memory and in the same order.

    Statistics are the same functions, called directly.
    """
    import duckdb

    limits: dict[str, Any] = {
        "memory_limit": Storage().memory_limit,
        "preserve_insertion_order": False,
        "temp_directory": f"{warehouse}.tmp",
    }
    con = duckdb.connect(warehouse, config=limits)
    con.execute(f"set TimeZone = 'UTC'; set variable rebuild_from = date '{FIRST_DAY}'")
    con.execute(f"set variable read_from = date '{FIRST_DAY}'")
    start, computing = time.perf_counter(), 0.0
    for model in models:
        if model.kind == "table":
            before = time.perf_counter()
            with computed(con, model, FIRST_DAY):
                computing += time.perf_counter() - before
                con.execute(f"create or replace table {model.relation} as {model.sql}")
    seconds = time.perf_counter() - start
    con.close()
    return {"seconds": seconds, "statistics_seconds": computing}


def slowest(seconds: dict[str, float], count: int = 5) -> list[str]:
    """The models that took longest, as words."""
    names = sorted(seconds, key=seconds.__getitem__, reverse=True)[:count]
    return [f"{name} {seconds[name]:.2f} s" for name in names]
