"""One new night on a prepared history: load, transform, publish, step by step as the pipeline does it.

Three benchmarks look at the same runs, so they are made once and remembered.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from tests.bench.history import TWO_MONTHS, TWO_YEARS, copied, prepared
from tests.bench.measure import Result, child, folder, runs, say


@dataclass(frozen=True)
class Nights:
    """Runs of the same night: after two years, after two months, and the bare copies of the marts between them.

    ``touched`` are the parts of Parquet that the night changed, counted from the rows themselves.
    """

    long: list[Result]
    short: list[Result]
    copies: list[Result]
    touched: Result
    first_publication_seconds: float


@cache
def measured(scale: float) -> Nights:
    long, short = prepared(TWO_YEARS, scale), prepared(TWO_MONTHS, scale)
    found = Nights([], [], [], {}, float((long / "first.txt").read_text()))
    touched: Result = {}
    for nth in range(runs(scale)):
        for home, done in sorted(((long, found.long), (short, found.short)), reverse=nth % 2 == 1):
            with folder("night") as place:
                copied(home, place)
                before = place / "published" / "vigie.duckdb"
                old = before.resolve()
                if home is long and nth % 2 == 1:
                    found.copies.append(child("publishing:bare", source=old, target=place / "bare.duckdb"))
                done.append(child("night:run", home=place, scale=scale))
                if home is long and nth % 2 == 0:
                    found.copies.append(child("publishing:bare", source=before, target=place / "bare.duckdb"))
                if home is long and not touched:
                    touched = child("publishing:touched", old=old, new=before)
        _tell(nth, found)
    return Nights(found.long, found.short, found.copies, touched, found.first_publication_seconds)


def _tell(nth: int, found: Nights) -> None:
    say(f"  night {nth + 1}, after two years and after two months; bare copy {found.copies[-1]['seconds']:.2f} s")
    for run in (found.long[-1], found.short[-1]):
        parts = ", ".join(f"{name[:-8]} {run[name]:.2f} s" for name in run if name.endswith("_seconds"))
        say(f"    {parts}, peak {run['peak_mb']:.0f} MB; slowest {', '.join(run['slowest'])}")


def run(home: str, scale: float) -> dict[str, Any]:
    """The three steps on the warehouse in one process, as ``vigie run`` takes them; gate 2 inside the transform."""
    import duckdb

    from pipeline import steps
    from pipeline.steps import gates as process_gate
    from tests.bench import brand

    project, now = brand.project(Path(home), scale), brand.clock(brand.NIGHT)
    models: dict[str, float] = {}
    start = time.perf_counter()
    process_gate.gate(duckdb.connect())  # imports Great Expectations, once in a process
    imported = time.perf_counter() - start
    with _timed_gates() as gates, steps.held(project, command="bench", night=brand.NIGHT):
        start = time.perf_counter()
        loaded = steps.load(project, brand.NIGHT, now=now)
        after_load = time.perf_counter()
        done = steps.transform(
            project, brand.NIGHT, now=now, on_model=lambda model: models.update({model.relation: model.seconds})
        )
        after_transform = time.perf_counter()
        published = steps.publish_night(project, brand.NIGHT, now=now)
        end = time.perf_counter()
    if loaded.failed or loaded.set_aside or loaded.missing or done.full or not published.publication.new:
        raise SystemExit(f"this was no ordinary night: {loaded}, {done}, {published.publication.generation}")
    slowest = sorted(models, key=models.__getitem__, reverse=True)[:5]
    return {
        "seconds": end - start,
        "load_seconds": after_load - start,
        "import_seconds": imported,
        "gate1_seconds": gates[1],
        "transform_seconds": after_transform - after_load,
        "models_seconds": sum(models.values()),
        "gate2_seconds": gates[2],
        "publish_seconds": end - after_transform,
        "slowest": [f"{name} {models[name]:.2f} s" for name in slowest],
        "records": loaded.records,
        "stored": loaded.stored,
        "rows": published.publication.rows["kpi.post_daily"],
        "rebuilt_rows": done.rows,
        "parts_written": len(published.publication.months_written),
    }


@contextmanager
def _timed_gates() -> Iterator[dict[int, float]]:
    """Seconds of each gate, taken around its check; what the check does stays as it is."""
    from pipeline.quality import Gate

    seconds = {1: 0.0, 2: 0.0}
    check = Gate.check

    def timed(gate: Gate, number: Any, *arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return check(gate, number, *arguments, **named)
        finally:
            seconds[number] += time.perf_counter() - start

    Gate.check = cast("Any", timed)  # type: ignore[method-assign]
    try:
        yield seconds
    finally:
        Gate.check = check  # type: ignore[method-assign]
