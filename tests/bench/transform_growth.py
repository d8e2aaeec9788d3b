"""What history costs: the transform of one new night after two years, and after two months."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench import night
from tests.bench.measure import Line, median, peak

NAMES = ("transform_growth",)


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    found = night.measured(scale)
    pairs = list(zip(found.long, found.short, strict=True))
    yield Line(
        "transform_growth",
        statistics.median(long["transform_seconds"] / short["transform_seconds"] for long, short in pairs),
        1.5,
        median(found.long, "transform_seconds"),
        peak(found.long),
        {
            "peer_seconds": median(found.short, "transform_seconds"),
            "rows": found.long[0]["rows"],
            "peer_rows": found.short[0]["rows"],
            "rebuilt_rows": found.long[0]["rebuilt_rows"],
            "models_seconds": median(found.long, "models_seconds"),
            "peer_models_seconds": median(found.short, "models_seconds"),
            "load_ratio": statistics.median(long["load_seconds"] / short["load_seconds"] for long, short in pairs),
        },
    )
