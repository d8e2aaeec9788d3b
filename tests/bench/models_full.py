"""All models of the project over two years: built by the runner, and as bare CREATE TABLE AS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.history import TWO_YEARS, copied, prepared
from tests.bench.measure import Line, Result, alternate, child, folder, median, paired_ratio, peak, runs

NAMES = ("models_full",)


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    home = prepared(TWO_YEARS, scale)

    def part(name: str) -> Result:
        with folder("models") as place:
            return child(f"models_full:{name}", warehouse=copied(home, place) / "warehouse.duckdb")

    mine, bare = alternate(lambda: part("ours"), lambda: part("selects"), runs(scale))
    yield Line(
        "models_full",
        paired_ratio(mine, bare),
        1.3,
        median(mine),
        peak(mine),
        {
            "peer_seconds": median(bare),
            "peer_peak_mb": peak(bare),
            "models": mine[0]["models"],
            "rows": mine[0]["rows"],
            "slowest": mine[-1]["slowest"],
        },
    )


def ours(warehouse: str) -> dict[str, Any]:
    """Read, order and build every model in one transaction, to its commit."""
    from pipeline import models
    from pipeline import warehouse as database
    from pipeline.settings import Storage
    from pipeline.steps.project import resource_folder

    with database.open_warehouse(Path(warehouse), Storage(), sealed=True, command="bench", night=None) as con:
        start = time.perf_counter()
        found = models.read(resource_folder("sql"))
        with database.transaction(con):
            built = models.build(con, found, models.rebuild_days(found, {}, None, full=True))
        seconds = time.perf_counter() - start
        rows = con.execute("select count(*) from kpi.post_daily").fetchall()[0][0]
    slowest = sorted(built, key=lambda model: model.seconds, reverse=True)[:5]
    return {
        "seconds": seconds,
        "models": len(built),
        "rows": rows,
        "slowest": [f"{model.relation} {model.seconds:.1f} s" for model in slowest],
    }


def selects(warehouse: str) -> dict[str, Any]:
    """The same SELECTs, with the same memory, in the same order, each in a transaction of its own."""
    import duckdb

    from pipeline import models
    from pipeline.settings import Storage
    from pipeline.steps.project import resource_folder

    found = models.read(resource_folder("sql"))
    con = duckdb.connect(
        warehouse,
        config={
            "memory_limit": Storage().memory_limit,
            "preserve_insertion_order": False,
            "temp_directory": f"{warehouse}.tmp",
        },
    )
    con.execute("set TimeZone = 'UTC'; set variable rebuild_from = date '1900-01-01'")
    con.execute("set variable read_from = date '1900-01-01'")
    start = time.perf_counter()
    for model in found:
        if model.kind == "table":
            with models.computed(con, model, models.FIRST_DAY):
                con.execute(f"create or replace table {model.relation} as {model.sql}")
    seconds = time.perf_counter() - start
    con.close()
    return {"seconds": seconds}
