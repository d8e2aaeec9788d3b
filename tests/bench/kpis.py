"""The KPI models: all of them over 10,000,000 days of posts, as bare SELECTs, and one new night of it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench import bare, kpi_world
from tests.bench.brand import NIGHT
from tests.bench.conversions import imported
from tests.bench.measure import Line, Result, alternate, child, folder, median, paired_ratio, peak, runs, say

NAMES = ("kpi_models", "kpi_memory", "kpi_night")
MOST_MEMORY_MB = 4096
MOST_OF_A_FULL_BUILD = 0.05


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    with folder("kpis") as home:
        start = time.perf_counter()
        made = child("kpi_world:fill", warehouse=home / "warehouse.duckdb", scale=scale)
        say(f"  {kpi_world.nights(scale)} nights of history in {time.perf_counter() - start:.0f} s: {made}")
        sizes = {name: made[name] for name in ("post_days", "account_days", "accounts")}
        mine, alone = alternate(lambda: _part(home, "ours"), lambda: _part(home, "selects"), runs(scale))
        more = {**sizes, "models": mine[0]["models"], "slowest": mine[-1]["slowest"]}
        if "kpi_models" in wanted:
            beside = {"peer_seconds": median(alone), "statistics_seconds": median(alone, "statistics_seconds")}
            yield Line("kpi_models", paired_ratio(mine, alone), 1.3, median(mine), peak(mine), {**beside, **more})
        if "kpi_memory" in wanted:
            share = peak(mine) / MOST_MEMORY_MB
            yield Line("kpi_memory", share, 1.0, median(mine), peak(mine), {"peer_peak_mb": peak(alone), **sizes})
        if "kpi_night" in wanted:
            yield _night(home, mine, scale)


def _part(home: Path, name: str, **more: object) -> Result:
    """A part on a copy of its own: the file, what was written ahead, and the count of its commits.

    The copy is on the disk before the part begins: its first commit would wait for that too.
    """
    with folder("kpis-part") as place:
        for file in home.glob("warehouse.duckdb*"):
            if file.is_file():
                shutil.copy2(file, place / file.name)
        os.sync()
        return child(f"kpis:{name}", warehouse=place / "warehouse.duckdb", **more)


def _night(home: Path, full: list[Result], scale: float) -> Line:
    found = [_part(home, "night", scale=scale) for _ in range(runs(scale))]
    return Line(
        "kpi_night",
        median(found) / median(full),
        MOST_OF_A_FULL_BUILD,
        median(found),
        peak(found),
        {
            "peer_seconds": median(full),
            "rows": found[0]["rows"],
            "peer_rows": full[0]["rows"],
            "slowest": found[-1]["slowest"],
        },
    )


def ours(warehouse: str) -> dict[str, Any]:
    """Every KPI model and what it rests on, built in full in one transaction, to its commit."""
    from pipeline.models import FIRST_DAY
    from tests.bench.conversion_world import opened

    with opened(warehouse) as con:
        found = kpi_world.measured()
        return _timed(con, found, lambda: {model.relation: FIRST_DAY for model in found})


def selects(warehouse: str) -> dict[str, Any]:
    """The same SELECTs in DuckDB alone."""
    imported()
    return bare.selects(warehouse, kpi_world.measured())


def night(warehouse: str, scale: float) -> dict[str, Any]:
    """One more night, of which every stream tells something, with the search for what it moved."""
    from pipeline import models
    from tests.bench.conversion_world import opened

    with opened(warehouse) as con:
        kpi_world.macros(con, scale)
        touched, found = kpi_world.read(con, NIGHT, NIGHT), kpi_world.measured()
        nights = dict.fromkeys(touched, NIGHT)
        return _timed(
            con, found, lambda: models.rebuild_days(found, touched, models.floor(con), full=False, nights=nights)
        )


def _timed(con: Any, found: list[Any], days: Callable[[], dict[str, date | None]]) -> dict[str, Any]:
    from pipeline import models
    from pipeline import warehouse as database

    imported()
    start = time.perf_counter()
    with database.transaction(con):
        built = models.build(con, found, days())
    return {
        "seconds": time.perf_counter() - start,
        "models": len(built),
        "rows": sum(model.rows for model in built),
        "slowest": bare.slowest({model.relation: model.seconds for model in built}, 8),
    }
