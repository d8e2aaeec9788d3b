"""Core and marts as a night knew them, in a side file, against a full build: the last night, and one a year before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.brand import NIGHT
from tests.bench.history import TWO_YEARS, copied, prepared
from tests.bench.measure import Line, Result, alternate, child, folder, median, paired_ratio, peak, runs

NAMES = ("as_of", "as_of_a_year_ago")


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    home = prepared(TWO_YEARS, scale)
    nights = int(home.name.split("-")[1])
    last = NIGHT - timedelta(days=1)
    for name, night in (("as_of", last), ("as_of_a_year_ago", last - timedelta(days=min(365, nights // 2)))):
        if name in wanted:
            yield _line(name, home, night, scale)


def _line(name: str, home: Path, night: date, scale: float) -> Line:
    mine, full = alternate(
        lambda: _part(home, "as_of:then", "home", night=night, scale=scale),
        lambda: _part(home, "as_of:full", "warehouse"),
        runs(scale),
    )
    return Line(
        name,
        paired_ratio(mine, full),
        2.0,
        median(mine),
        peak(mine),
        {
            "peer_seconds": median(full),
            "night": night.isoformat(),
            "rows": mine[0]["rows"],
            "peer_rows": full[0]["rows"],
            "different": mine[0]["different"],
        },
    )


def _part(home: Path, part: str, place_as: str, **more: object) -> Result:
    with folder("as-of") as place:
        copied(home, place)
        where = place if place_as == "home" else place / "warehouse.duckdb"
        return child(part, **{place_as: where}, **more)


def then(home: str, night: str, scale: float) -> dict[str, Any]:
    """The whole step, from the locked warehouse to the side file on disk and its comparison with what was published."""
    from pipeline import steps
    from tests.bench import brand

    done = steps.as_of(brand.project(Path(home), scale), date.fromisoformat(night), Path(home) / "then.duckdb")
    return {"seconds": done.seconds, "rows": done.rows, "different": len(done.different)}


def full(warehouse: str) -> dict[str, Any]:
    """Every model of a brand with these platforms, built in full in one transaction, to its commit."""
    from pipeline import models
    from pipeline import warehouse as database
    from pipeline.steps.project import resource_folder
    from tests.bench.conversion_world import opened

    with opened(warehouse) as con:
        start = time.perf_counter()
        found = models.of_platforms(models.read(resource_folder("sql")), database.platforms(con))
        with database.transaction(con):
            built = models.build(con, found, models.rebuild_days(found, {}, None, full=True))
        return {"seconds": time.perf_counter() - start, "rows": sum(model.rows for model in built)}
