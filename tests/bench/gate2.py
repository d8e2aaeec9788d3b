"""The gates of a night, after two years of history: their share of its time, their seconds, their memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import night
from tests.bench.history import TWO_YEARS, copied, prepared
from tests.bench.measure import Line, child, folder, median, peak

NAMES = ("gate2", "gates", "gates_memory")
MOST_SECONDS, MOST_MB = 60.0, 1024.0


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    if "gate2" in wanted:
        yield _share(scale)
    if not wanted.isdisjoint(NAMES[1:]):
        yield from (line for line in _alone(scale) if line.name in wanted)


def _share(scale: float) -> Line:
    """``seconds`` are the gate's; the night's are those of load, transform (with the gate) and publication.

    Importing Great Expectations, once in a process, is in neither; ``ratio_with_import`` has it in both.
    """
    runs = night.measured(scale).long
    return Line(
        "gate2",
        statistics.median(run["gate2_seconds"] / run["seconds"] for run in runs),
        0.5,
        median(runs, "gate2_seconds"),
        peak(runs),
        {
            "night_seconds": median(runs),
            "import_seconds": median(runs, "import_seconds"),
            "ratio_with_import": statistics.median(
                (run["gate2_seconds"] + run["import_seconds"]) / (run["seconds"] + run["import_seconds"])
                for run in runs
            ),
            "load_seconds": median(runs, "load_seconds"),
            "gate1_seconds": median(runs, "gate1_seconds"),
            "transform_seconds": median(runs, "transform_seconds"),
            "publish_seconds": median(runs, "publish_seconds"),
            "rows": runs[0]["rows"],
        },
    )


def _alone(scale: float) -> Iterator[Line]:
    """Both gates over the night that was just done, in a process that does nothing else, its imports included."""
    with folder("gates") as place:
        copied(prepared(TWO_YEARS, scale), place)
        child("night:run", home=place, scale=scale)
        done = child("gate2:judge", home=place, scale=scale)
    seconds, peak_mb = float(done["seconds"]), float(done["peak_mb"])
    more = {"expectations": done["expectations"], "import_seconds": done["import_seconds"], "rows": done["rows"]}
    yield Line("gates", seconds / MOST_SECONDS, 1, seconds, peak_mb, more)
    yield Line("gates_memory", peak_mb / MOST_MB, 1, seconds, peak_mb, more)


def judge(home: str, scale: float) -> dict[str, Any]:
    """``vigie validate`` of the night: every suite of its platforms, and of all that it may have built."""
    import duckdb

    from pipeline import steps, warehouse
    from pipeline.steps import gates
    from tests.bench import brand

    project = brand.project(Path(home), scale)
    start = time.perf_counter()
    gates.gate(duckdb.connect())
    imported = time.perf_counter() - start
    found = steps.validate(project, brand.NIGHT, run_id="bench")
    seconds = time.perf_counter() - start
    with warehouse.open_reader(project.settings.paths.warehouse) as con:
        row = con.execute("select count(*) from kpi.post_daily").fetchone()
    return {
        "seconds": seconds,
        "import_seconds": imported,
        "expectations": len(found.results),
        "critical": len(found.critical),
        "rows": row[0] if row else 0,
    }
