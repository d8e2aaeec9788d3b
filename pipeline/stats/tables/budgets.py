"""How each experiment's next budget is best split, by what its arms have left so far."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pandas as pd

from pipeline.stats.budget import COLUMNS, advise
from pipeline.stats.tables.frames import without_rows

_HISTORY = """
    select experiment, position, arm, day as night, cast(spend as double) as spend,
        cast(gross_margin as double) as margin
    from conversion.experiment_margin
    order by experiment, position, night
"""
_BUDGETS = "select distinct experiment, cast(budget as double), floor from seed.experiment order by experiment"


def budget_advice(con: Any, since: date) -> pd.DataFrame:  # noqa: ARG001 - all nights of an experiment speak together
    """``budget.advise`` of every experiment whose arms spent anything, with the night that it rests on.

    Without a declared budget it is the spend of the last night that spent. The draws are seeded by the
    experiment and its night: the same night gives the same advice.
    """
    history = con.execute(_HISTORY).df()
    parts = []
    for name, budget, floor in con.execute(_BUDGETS).fetchall():
        own = history[history["experiment"] == name]
        spent = own[own["spend"] > 0]
        if spent.empty or own["margin"].notna().sum() == 0:
            continue
        night = spent["night"].max()
        amount = budget or round(float(spent.loc[spent["night"] == night, "spend"].sum()), 2)
        advice = advise(own, list(dict.fromkeys(own["arm"])), amount, seed=_seed(name, night), floor=floor)
        parts.append(advice.assign(experiment=name, night=night, budget=amount))
    if not parts:
        numbers = dict.fromkeys(("budget", *COLUMNS), "float64")
        return without_rows(numbers | {"experiment": "string", "arm": "string", "night": "datetime64[s]"})
    return pd.concat(parts, ignore_index=True)


def _seed(name: str, night: pd.Timestamp) -> int:
    return int.from_bytes(hashlib.sha256(f"{name} {night:%Y-%m-%d}".encode()).digest()[:8], "big")
