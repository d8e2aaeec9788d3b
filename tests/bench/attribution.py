"""A million journeys through the seven models of attribution: seconds and memory of a whole process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from tests.bench.measure import Line, child, median, peak, runs

NAMES = ("attribution", "attribution_memory")
JOURNEYS = 1_000_000
MOST_SECONDS = 60
MOST_MB = 1024
CHANNELS = 24


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """``ratio`` is of the limits in seconds and in megabytes; every second journey converts."""
    journeys = max(1000, round(JOURNEYS * scale))
    found = [child("attribution:ours", journeys=journeys) for _ in range(runs(scale))]
    more = {key: found[0][key] for key in ("journeys", "touches", "weights", "channels")}
    seconds, most = median(found), peak(found)
    if "attribution" in wanted:
        yield Line("attribution", seconds / MOST_SECONDS, 1, seconds, most, more)
    if "attribution_memory" in wanted:
        yield Line("attribution_memory", most / MOST_MB, 1, seconds, most, {**more, "limit_mb": MOST_MB})


def ours(journeys: int) -> dict[str, Any]:
    """Look-back, all models as long rows, and the channels' own table; making the touches is not measured."""
    from pipeline.stats import attribution
    from pipeline.stats.journeys import within_lookback

    touches = _touches(journeys)
    start = time.perf_counter()
    kept = within_lookback(touches)
    rows = attribution.attribute(kept, value="value")
    channels = attribution.channels(kept, value="value")
    seconds = time.perf_counter() - start
    credited = rows["weight"].sum() / len(attribution.MODELS)
    if abs(credited - kept.loc[kept["converted"], "journey"].nunique()) > 1e-3:
        raise SystemExit("the weights do not add up to the conversions")
    return {
        "seconds": seconds,
        "journeys": journeys,
        "touches": len(touches),
        "weights": len(rows),
        "channels": len(channels),
    }


def _touches(journeys: int) -> Any:
    """Three touches a journey in the mean, in no order of time, as a table of visits has them."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(2026)
    lengths = draw.geometric(1 / 3, journeys).clip(max=20)
    journey = np.repeat(np.arange(journeys, dtype=np.int64), lengths)
    touch = np.arange(len(journey)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    popular = draw.dirichlet(np.full(CHANNELS, 0.6))
    end = np.datetime64("2026-11-02", "us") - draw.integers(0, 86_400 * 90, journeys).astype("timedelta64[s]")
    ago = draw.integers(0, 86_400 * 3, len(journey)) * (np.repeat(lengths, lengths) - touch)
    converted = draw.random(journeys) < 0.5
    frame = pd.DataFrame(
        {
            "journey": journey,
            "touch": touch.astype(np.int32),
            "channel": pd.Categorical.from_codes(
                draw.choice(CHANNELS, len(journey), p=popular),
                pd.Index([f"channel {nth:02d}" for nth in range(CHANNELS)]),
            ),
            "touched_at": np.repeat(end, lengths) - ago.astype("timedelta64[s]"),
            "is_direct": draw.random(len(journey)) < 0.3,
            "converted": np.repeat(converted, lengths),
            "converted_at": np.repeat(np.where(converted, end, np.datetime64("NaT", "us")), lengths),
            "value": np.repeat(np.where(converted, draw.gamma(2, 20, journeys).round(2), 0.0), lengths),
        }
    )
    return frame.iloc[draw.permutation(len(frame))].reset_index(drop=True)
