"""The conversion models: all of them over three years, as bare SELECTs, and one new night on long and short history."""

from __future__ import annotations

import importlib
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import bare
from tests.bench.conversion_world import THREE_YEARS, TWO_MONTHS, nights
from tests.bench.measure import Line, Result, alternate, child, folder, median, paired_ratio, peak, runs, say

NAMES = ("conversion_models", "conversion_history")


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    with folder("conversions") as place:
        long = _filled(place / "long", nights(THREE_YEARS, scale), scale)
        if "conversion_models" in wanted:
            yield _models(place, long, scale)
        if "conversion_history" in wanted:
            short = _filled(place / "short", nights(TWO_MONTHS, scale), scale)
            yield _history(place, long, short, scale)


def _filled(home: Path, count: int, scale: float) -> Result:
    start = time.perf_counter()
    home.mkdir()
    found = child("conversion_world:fill", warehouse=home / "warehouse.duckdb", count=count, scale=scale)
    say(f"  {count} nights of history in {time.perf_counter() - start:.0f} s: {found}")
    return found


def _part(home: Path, name: str, **more: object) -> Result:
    """A part on a copy of its own: the file, what was written ahead, and the count of its commits."""
    with folder("conversions-part") as place:
        for file in home.glob("warehouse.duckdb*"):
            if file.is_file():
                shutil.copy2(file, place / file.name)
        return child(f"conversions:{name}", warehouse=place / "warehouse.duckdb", **more)


def _models(place: Path, made: Result, scale: float) -> Line:
    home = place / "long"
    mine, alone = alternate(lambda: _part(home, "ours"), lambda: _part(home, "selects"), runs(scale))
    sizes = {name: made[name] for name in ("visit_rows", "single_visits", "conversions", "touches", "journeys")}
    return Line(
        "conversion_models",
        paired_ratio(mine, alone),
        1.5,
        median(mine),
        peak(mine),
        {
            "peer_seconds": median(alone),
            "peer_peak_mb": peak(alone),
            **sizes,
            "models": mine[0]["models"],
            "statistics_seconds": median(alone, "statistics_seconds"),
            "slowest": mine[-1]["slowest"],
        },
    )


def _history(place: Path, long: Result, short: Result, scale: float) -> Line:
    mine, less = alternate(
        lambda: _part(place / "long", "night", scale=scale),
        lambda: _part(place / "short", "night", scale=scale),
        2 * runs(scale) - 1,
    )
    pairs = zip(mine, less, strict=True)
    for relation, seconds in sorted(mine[-1]["each"].items(), key=lambda item: -item[1])[:12]:
        say(f"    {relation}: {seconds:.3f} s against {less[-1]['each'][relation]:.3f} s")
    return Line(
        "conversion_history",
        paired_ratio(mine, less),
        1.5,
        median(mine),
        peak(mine),
        {
            "peer_seconds": median(less),
            "conversions": long["conversions"],
            "peer_conversions": short["conversions"],
            "visit_rows": long["visit_rows"],
            "peer_visit_rows": short["visit_rows"],
            "rebuilt_rows": mine[0]["rows"],
            "peer_rebuilt_rows": less[0]["rows"],
            "all_models_ratio": statistics.median(a["all_seconds"] / b["all_seconds"] for a, b in pairs),
            "slowest": mine[-1]["slowest"],
        },
    )


def ours(warehouse: str) -> dict[str, Any]:
    """Every conversion model, built in full in one transaction, to its commit."""
    from pipeline import models
    from pipeline import warehouse as database
    from tests.bench.conversion_world import is_measured, opened, project_models

    imported()
    with opened(warehouse) as con:
        found = project_models()
        days = {model.relation: models.FIRST_DAY for model in found if is_measured(model.relation)}
        start = time.perf_counter()
        with database.transaction(con):
            built = models.build(con, found, days)
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "models": len(built), "slowest": bare.slowest({m.relation: m.seconds for m in built})}


def selects(warehouse: str) -> dict[str, Any]:
    """The same SELECTs in DuckDB alone."""
    from tests.bench.conversion_world import is_measured, project_models

    imported()
    return bare.selects(warehouse, [model for model in project_models() if is_measured(model.relation)])


def night(warehouse: str, scale: float) -> dict[str, Any]:
    """One more night, of which every stream tells something; ``seconds`` are those of the conversion models."""
    from pipeline import models
    from pipeline import warehouse as database
    from tests.bench.brand import NIGHT
    from tests.bench.conversion_world import is_measured, macros, opened, project_models, read

    imported()
    with opened(warehouse) as con:
        macros(con, scale)
        touched, found = read(con, NIGHT, NIGHT), project_models()
        start = time.perf_counter()
        with database.transaction(con):
            nights = dict.fromkeys(touched, NIGHT)
            days = models.rebuild_days(found, touched, models.floor(con), full=False, nights=nights)
            built = models.build(con, found, days)
        seconds = time.perf_counter() - start
    mine = {model.relation: model for model in built if is_measured(model.relation)}
    return {
        "seconds": sum(model.seconds for model in mine.values()),
        "all_seconds": seconds,
        "rows": sum(model.rows for model in mine.values()),
        "each": {relation: model.seconds for relation, model in mine.items()},
        "slowest": bare.slowest({relation: model.seconds for relation, model in mine.items()}),
    }


def imported() -> None:
    """What is imported once in a process is not measured: it would hide what grows."""
    importlib.import_module("scipy.stats")
    importlib.import_module("pipeline.stats.tables")
