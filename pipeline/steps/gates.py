"""Which relations a gate looks at, and the one gate of a process (its engine takes seconds to import)."""

from __future__ import annotations

import gc
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.models import FIRST_DAY, Model, ModelBuild
from pipeline.quality import Gate
from pipeline.quality import prepare as prepare_engine
from pipeline.steps.project import resource_folder

_gates: list[Gate] = []


@cache
def prepare() -> None:
    """Import what the gates need, once a process, so that the first night does not wait for it.

    What was imported stays: the garbage collector need not walk through it after every night. An
    import that fails is the gate's to tell, in its night.
    """
    with suppress(Exception):
        prepare_engine()
        gc.collect()
        gc.freeze()


def gate(con: Any) -> Gate:
    """The process's gate, looking through ``con``."""
    if _gates:
        _gates[0].rebind(con)
    else:
        _gates.append(Gate(con, resource_folder("expectations")))
    return _gates[0]


def staging_relations(sql: Path, platforms: Collection[str]) -> list[str]:
    """The staging views of these platforms that hold observations: ``sql/staging/<platform>_*.sql``.

    The lists of streams that come daily are left out: they say nothing about a night. What follows the platform's
    name is a contract's: ``x_ads_spend_day`` is nothing of ``x``, and a brand may have one without the other.
    """
    contracts = sorted({file.stem for file in sql.glob("staging/contract/*.sql")} - {"daily_stream"})
    names = [f"{platform}_{contract}" for platform in sorted(platforms) for contract in contracts]
    return [f"staging.{name}" for name in names if (sql / "staging" / f"{name}.sql").is_file()]


def nights_condition(units: Sequence[tuple[str, str, date]]) -> str:
    """SQL that limits a batch to the nights that wait for the gate."""
    nights = sorted({night for _, _, night in units})
    listed = ", ".join(f"date '{night}'" for night in nights)
    return f"night in ({listed})"


def mart_batches(models: Sequence[Model], built: Sequence[ModelBuild]) -> dict[str, str | None]:
    """The marts that were rebuilt, each limited to the rows that were."""
    days = {build.relation: build.rebuild_from for build in built}
    return {
        model.relation: f"{model.rebuild} >= date '{days[model.relation]}'"
        if days[model.relation] > FIRST_DAY
        else None
        for model in models
        if model.relation in days and model.is_mart
    }
