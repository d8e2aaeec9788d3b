"""What is told of a run and of what it read and wrote."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

Kind = Literal["START", "COMPLETE", "FAIL"]
# The unit of all of ours: the same night of the same brand has the same parent, whatever process tells of it.
_OURS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "vigie://lineage")


@dataclass(frozen=True)
class Field:
    """A column. ``reads``: dataset, column and how (copied, computed, combined) of each that it is made of."""

    name: str
    type: str = ""
    meaning: str = ""
    reads: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Check:
    """One expectation and whether it held."""

    expectation: str
    column: str | None
    severity: str
    success: bool


@dataclass(frozen=True)
class Dataset:
    """A landing folder, a table of the warehouse, a table of a publication. ``rows`` were written or read.

    ``facets`` are what ``events.facets`` once made of the fields: the same every night, and most of an event.
    """

    name: str
    fields: tuple[Field, ...] = ()
    rows: int | None = None
    checks: tuple[Check, ...] = ()
    facets: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One run of a step. ``job`` is its name, ``parent`` job and run that started it."""

    job: str
    brand: str
    night: date
    time_zone: str
    started_at: datetime
    version: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    parent: tuple[str, str] | None = None

    def part(self, job: str) -> Run:
        """A run that this one starts."""
        return Run(
            job,
            self.brand,
            self.night,
            self.time_zone,
            self.started_at,
            self.version,
            parent=(self.job, self.id),
        )


def parent_of(brand: str, night: date, environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """The run of the DAG, in a task of Airflow (it names it in the environment), else the night itself."""
    dag, run = environment.get("AIRFLOW_CTX_DAG_ID"), environment.get("AIRFLOW_CTX_DAG_RUN_ID")
    if dag and run:
        return dag, str(uuid.uuid5(_OURS, f"{dag}/{run}"))
    return "night", str(uuid.uuid5(_OURS, f"{brand}/{night}"))
