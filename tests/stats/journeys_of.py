"""Touches from paths: ``A>B>C`` is a journey, one touch a day, the conversion a day after the last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

FIRST = pd.Timestamp("2026-09-01 12:00")


@dataclass(frozen=True)
class Path:
    """``times`` journeys over these channels, each worth ``value``; without a value they do not convert."""

    channels: tuple[str, ...]
    value: float | None = None
    times: int = 1


def touches(paths: Iterable[Path]) -> pd.DataFrame:
    rows = []
    walked = [path for path in paths for _ in range(path.times)]
    for nth, path in enumerate(walked):
        end = FIRST + pd.Timedelta(days=len(path.channels))
        rows += [
            {
                "journey": f"journey {nth}",
                "touch": number,
                "channel": channel,
                "touched_at": FIRST + pd.Timedelta(days=number - 1),
                "is_direct": channel == "direct",
                "converted": path.value is not None,
                "converted_at": end if path.value is not None else pd.NaT,
                "value": path.value or 0.0,
            }
            for number, channel in enumerate(path.channels, start=1)
        ]
    frame = pd.DataFrame(rows)
    return frame.astype({"touched_at": "datetime64[us]", "converted_at": "datetime64[us]"})


# Four ways to a conversion and three to none, whose credits by every model are known.
KNOWN = [
    Path(("A", "B", "C"), 100, 3),
    Path(("A", "C"), 50, 2),
    Path(("B", "C"), 30),
    Path(("A",), 10, 4),
    Path(("B",), None, 2),
    Path(("C", "A"), None, 2),
    Path(("A", "B"), None, 3),
]
