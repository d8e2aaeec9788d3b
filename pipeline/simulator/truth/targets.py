"""Whom of the brand's target each evening had reached in its month so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.table import Shape, Table, ratio
from pipeline.simulator.truth.terms import Terms

TARGET_REACH: Final = Shape(
    "kpi.target_reach",
    ("platform", "account", "day"),
    "platform VARCHAR, account VARCHAR, day DATE, day_timezone VARCHAR, window_since DATE, dimension VARCHAR, "
    "target_segments BIGINT, segments_told BIGINT, target_reach BIGINT, people_reached BIGINT, "
    "target_reach_rate DOUBLE, is_final BOOLEAN, observed_at TIMESTAMP",
)
# Why there is no rate: the truth has no words.
SENTENCES: Final = ("reason", "reason_fr")
PEOPLE: Final = "age,gender"
Told = Mapping[str, Mapping[str, int]]
Row = dict[str, Any]


def target_reach(facts: Facts, terms: Terms, account_daily: Table) -> Table:
    """One row per account and day on whose evening it was read."""
    rows = []
    for day in account_daily.dicts():
        account = (day["platform"], day["account"])
        read = next((unit for unit in facts.landed(account) if unit.night == day["day"]), None)
        if read is None:
            continue
        told = facts.reached.get(account, {}).get(read.night, {})
        kept = {name: day[name] for name in ("platform", "account", "day", "day_timezone", "is_final")}
        since = read.night.replace(day=1) if told else None
        rows.append(kept | _reached(told, terms.targets) | {"window_since": since, "observed_at": read.moment})
    return TARGET_REACH.table(rows)


def _reached(told: Told, targets: Sequence[str]) -> Row:
    """The people of the target by all that were reached; NULL where either is not told, or people overlap."""
    traits = {_trait(target) for target in targets}
    people = max((sum(segments.values()) for segments in told.values()), default=None)
    found = [target for target in targets if any(_is_part(name, target) for name in told.get(_trait(target), ()))]
    mine = None
    if told and targets and len(traits) == 1 and len(found) == len(targets):
        segments = told[_trait(targets[0])]
        mine = sum(n for name, n in segments.items() if any(_is_part(name, target) for target in targets))
    return {
        "dimension": _trait(targets[0]) if len(traits) == 1 else None,
        "target_segments": len(targets),
        "segments_told": len(found) if told else None,
        "target_reach": mine,
        "people_reached": people,
        "target_reach_rate": ratio(mine, people),
    }


def _trait(target: str) -> str:
    """Ages and genders are told together; a place by the word before its name."""
    word = target.partition(".")[0]
    return word if word in {"country", "city"} else PEOPLE


def _is_part(segment: str, target: str) -> bool:
    """Whether a group is in the target: itself, or of an age or a gender alone."""
    gender, _, age = segment.partition(".")
    return target in {segment, f"gender.{gender}", f"age.{age}"}
