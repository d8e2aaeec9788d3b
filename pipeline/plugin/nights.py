"""Which night a run of the DAG stands for, from what a task, a callback or the triggerer knows of the run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def night_of(context: Mapping[str, Any], zone: ZoneInfo) -> date:
    """The night asked for by hand, else the day, in the brand's ``zone``, on which the run's data interval starts."""
    run = context["dag_run"]
    if asked := _asked_for(context, run):
        return date.fromisoformat(asked)
    start, logical = (_moment(context.get(name) or _of(run, name)) for name in ("data_interval_start", "logical_date"))
    if start is not None and logical is not None and logical >= start:
        return start.astimezone(zone).date()
    # By hand: without any date, or by `airflow dags trigger --logical-date`, which takes the interval of now.
    moment = logical or _moment(_of(run, "run_after"))
    if moment is None:
        raise ValueError("the run has no moment after which it may begin: it is none of Airflow's")
    return moment.astimezone(zone).date() - timedelta(days=1)


def _asked_for(context: Mapping[str, Any], run: object) -> str | None:
    """Parameters have been checked by Airflow; where there are none, what the run was started with."""
    given = context["params"] if "params" in context else _of(run, "conf") or {}
    night: str | None = given.get("night")
    return night


def _of(run: object, name: str) -> Any:
    """The triggerer has a run as JSON, tasks have an object."""
    return run.get(name) if isinstance(run, Mapping) else getattr(run, name, None)


def _moment(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
