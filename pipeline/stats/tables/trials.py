"""Experiments as they are declared, and what their days say at every look."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from pipeline.stats.experiments.declaration import Experiment, FirstSeen
from pipeline.stats.experiments.looks import COLUMNS, results
from pipeline.stats.tables.frames import without_rows

_TEXTS = (
    *("experiment", "action", "arm", "verdict", "winner"),
    *("reason", "reason_fr", "design", "design_fr", "declaration"),
)
_OTHERS = {"look": "datetime64[s]", "is_control": "bool"}
_DECLARED = """
    select
        experiment, action, start, planned_end, minimum_visits, alpha, split, ended,
        first_fingerprint, declared_on
    from seed.experiment
    order by all
"""
_ARMS = "select distinct experiment, position, arm, share from seed.experiment_arm order by experiment, position"
_PARTS = "select experiment, arm, platform, campaign from seed.experiment_arm order by all"
# Days that say something of every arm; a day that only some arms know would favour the others.
_DAILY = """
    select experiment, action, arm, day, visits, conversions, cast(revenue as double) as revenue,
        cast(spend as double) as spend
    from conversion.experiment_day
    where is_counted and experiment in (
        select experiment from conversion.experiment_day where in_experiment and day >= ?
    )
"""
_LOOKS = "select distinct day from conversion.experiment_day where in_experiment and day >= ? order by day"


def experiment_result(con: Any, since: date) -> pd.DataFrame:
    """``looks.results`` of every declared experiment at its looks from ``since`` on."""
    looks = [day for (day,) in con.execute(_LOOKS, [since]).fetchall()]
    if not looks:
        return without_rows({name: "string" if name in _TEXTS else "float64" for name in COLUMNS} | _OTHERS)
    experiments, declared = declarations(con)
    return results(experiments, con.execute(_DAILY, [since]).df(), looks, declared, during_only=True)


def declarations(con: Any) -> tuple[list[Experiment], dict[tuple[str, str], FirstSeen]]:
    """What the settings declare, one for each action, and how each was first seen."""
    arms: dict[str, list[tuple[str, float]]] = {}
    for name, _, arm, share in con.execute(_ARMS).fetchall():
        arms.setdefault(name, []).append((arm, share))
    parts: dict[tuple[str, str], list[str]] = {}
    for name, arm, platform, campaign in con.execute(_PARTS).fetchall():
        parts.setdefault((name, arm), []).append(part_name(platform, campaign))
    experiments, declared = [], {}
    for name, action, start, end, visits, alpha, split, ended, first, declared_on in con.execute(_DECLARED).fetchall():
        one = Experiment(
            name=name,
            arms=tuple(arm for arm, _ in arms[name]),
            action=action,
            start=start,
            planned_end=end,
            minimum_visits=visits,
            alpha=alpha,
            split=split,
            shares=tuple(share for _, share in arms[name]),
            campaigns={arm: tuple(sorted(parts[name, arm])) for arm, _ in arms[name]},
            ended=ended,
        )
        experiments.append(one)
        declared[name, action] = FirstSeen(first, declared_on)
    return experiments, declared


def part_name(platform: str, campaign: str | None) -> str:
    """A campaign as ``x/autumn``, all of a platform as ``x``."""
    return platform if campaign is None else f"{platform}/{campaign}"
