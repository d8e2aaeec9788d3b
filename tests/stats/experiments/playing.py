"""Daily figures of experiments that are the same every day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipeline.stats.experiments.declaration import Experiment

START, END = date(2026, 9, 1), date(2026, 9, 28)
SPRING = Experiment("spring", ("facebook", "tiktok"), "sale", START, END, minimum_visits=1000)


def rows(
    experiment: Experiment, arms: Mapping[str, Mapping[str, float]], *, days: int = 28, since: date = START
) -> pd.DataFrame:
    """The same figures on each day, by arm; what is not given is 0."""
    return pd.DataFrame(
        [
            {
                "experiment": experiment.name,
                "action": experiment.action,
                "arm": arm,
                "day": since + timedelta(days=day),
                **{name: figures.get(name, 0) for name in ("visits", "conversions", "revenue", "spend")},
            }
            for arm, figures in arms.items()
            for day in range(days)
        ]
    )


def even(lift: float = 0.0, **more: Any) -> dict[str, dict[str, float]]:
    figures = {"visits": 250, "conversions": 10, "revenue": 300, "spend": 100, **more}
    return {"facebook": figures, "tiktok": {**figures, "conversions": 10 * (1 + lift)}}


def last(found: pd.DataFrame) -> pd.Series:
    return found.iloc[-1]
