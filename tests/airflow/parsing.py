"""Run by a test in a process of its own: read the DAG file as Airflow does, and say as JSON what it is.

Also which modules that brought in, and every address that was asked for on the way.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

asked: list[str] = []


def note_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        asked.append(f"{event} {arguments[1:]!r}")


def dag_file(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("unusual_prefix_nightly", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def task_of(task: Any) -> dict[str, Any]:
    given = task.partial_kwargs if task.is_mapped else {}
    kwargs = {name: given.get(name, getattr(task, name, None)) for name in ("retry_delay", "execution_timeout")}
    return {
        "pool": task.pool,
        "queue": task.queue,
        "mapped": task.is_mapped,
        "upstream": sorted(task.upstream_task_ids),
        "trigger_rule": str(task.trigger_rule.value),
        "retries": task.retries,
        "outlets": [outlet.name for outlet in task.outlets or []],
        **{name: value.total_seconds() if value else None for name, value in kwargs.items()},
    }


def verdicts(module: ModuleType) -> dict[str, str]:
    """What the retry policy says to each error of the tree, to a bug, and to a time-out."""
    from airflow.sdk.exceptions import AirflowTaskTimeout

    from pipeline import errors

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.VigieError)]
    found: list[BaseException] = [kind("why") for kind in kinds]
    found += [KeyError("a bug"), MemoryError(), OSError(28, "no space"), AirflowTaskTimeout("too long")]
    policy = module.ONLY_UNAVAILABLE
    return {type(each).__name__: policy.evaluate(each, 1, 3).action.value for each in found}


def nights(module: ModuleType) -> dict[str, str]:
    """The night of runs as Airflow makes them: by schedule over both changes of the clocks, and by hand."""

    def run(
        start: str | None, logical: str | None, *, asked_for: str | None = None, after: str = "2026-11-03T12:00Z"
    ) -> Any:
        made = SimpleNamespace(run_after=datetime.fromisoformat(after))
        context: dict[str, Any] = {"params": {"night": asked_for}, "dag_run": made}
        if start and logical:
            context |= {
                "data_interval_start": datetime.fromisoformat(start),
                "logical_date": datetime.fromisoformat(logical),
            }
        return module.night_of(context).isoformat()

    return {
        "summer": run("2026-10-24T02:00Z", "2026-10-24T02:00Z"),
        "clocks go back": run("2026-10-25T03:00Z", "2026-10-25T03:00Z"),
        "late in the brand's day": run("2026-10-25T23:30Z", "2026-10-25T23:30Z"),
        "by hand, with the interval of its date": run("2026-08-05T02:00Z", "2026-08-06T12:00Z"),
        "by hand, with the interval of now": run("2026-11-01T03:00Z", "2026-08-06T12:00Z"),
        "by hand, without a date": run(None, None),
        "by hand, just after midnight": run(None, None, after="2026-11-02T23:30Z"),
        "by hand, with a night": run(None, None, asked_for="2026-09-09"),
    }


def scheduled(module: ModuleType) -> list[str]:
    """Starts of the intervals that the schedule itself makes around both changes of the clocks, in the brand's zone."""
    from airflow.serialization.decoders import decode_timetable
    from airflow.serialization.encoders import encode_timetable
    from airflow.timetables.base import DataInterval, TimeRestriction
    from pendulum import instance

    # As the scheduler has it: written by the DAG processor, read again.
    timetable, zone = decode_timetable(encode_timetable(module.dag.timetable)), module.OUTLINE.zone
    open_ended = TimeRestriction(instance(datetime(2026, 3, 27, tzinfo=UTC)), None, catchup=True)
    last: DataInterval | None = None
    starts = []
    for _ in range(240):
        info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=open_ended)
        last = info.data_interval
        starts.append(last.start.astimezone(zone).isoformat())
    return starts


def main() -> None:
    sys.addaudithook(note_network)
    before = set(sys.modules)
    module = dag_file(sys.argv[1])
    brought = sorted(set(sys.modules) - before)
    network = list(asked)
    dag = module.dag
    told = {
        "modules": brought,
        "network": network,
        "dag": {
            "id": dag.dag_id,
            "catchup": dag.catchup,
            "max_active_runs": dag.max_active_runs,
            "timeout": dag.dagrun_timeout.total_seconds(),
            "deadlines": {each.name: each.interval.total_seconds() for each in dag.deadline or []},
            "cron": dag.timetable.expression,
            "start": dag.start_date.isoformat(),
        },
        "tasks": {task.task_id: task_of(task) for task in dag.tasks},
        "policies": sorted(
            t.task_id for t in dag.tasks if (t.partial_kwargs if t.is_mapped else vars(t)).get("retry_policy")
        ),
        "verdicts": verdicts(module),
        "nights": nights(module),
        "scheduled": scheduled(module),
    }
    Path(sys.argv[2]).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
