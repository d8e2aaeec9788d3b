"""All models of the project over two years: built by the runner, and as bare CREATE TABLE AS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import bare
from tests.bench.history import TWO_YEARS, copied, prepared
from tests.bench.measure import Line, Result, alternate, child, folder, median, paired_ratio, peak, runs

NAMES = ("models_full",)


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    home = prepared(TWO_YEARS, scale)

    def part(name: str) -> Result:
        with folder("models") as place:
            return child(f"models_full:{name}", warehouse=copied(home, place) / "warehouse.duckdb")

    mine, alone = alternate(lambda: part("ours"), lambda: part("selects"), runs(scale))
    yield Line(
        "models_full",
        paired_ratio(mine, alone),
        1.3,
        median(mine),
        peak(mine),
        {
            "peer_seconds": median(alone),
            "peer_peak_mb": peak(alone),
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
    return {
        "seconds": seconds,
        "models": len(built),
        "rows": rows,
        "slowest": bare.slowest({model.relation: model.seconds for model in built}),
    }


def selects(warehouse: str) -> dict[str, Any]:
    """The same SELECTs in DuckDB alone."""
    from pipeline import models
    from pipeline.steps.project import resource_folder

    return bare.selects(warehouse, models.read(resource_folder("sql")))
