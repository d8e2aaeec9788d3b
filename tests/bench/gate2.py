"""Gate 2's share of a night's time in the warehouse, after two years of history."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench import night
from tests.bench.measure import Line, median, peak

NAMES = ("gate2",)


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """``seconds`` are the gate's; the night's are those of load, transform (with the gate) and publication.

    Importing Great Expectations, once in a process, is in neither; ``ratio_with_import`` has it in both.
    """
    runs = night.measured(scale).long
    yield Line(
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
