"""The night in Airflow: wiring only. What each task does lives in ``pipeline.steps``.

Per platform the units are planned at run time and fetched by mapped tasks in that platform's pool,
on any worker; load, transform and publish run one after the other in a pool of one slot, on the
host that owns the DuckDB file. The last task always runs, tells people, and fails if anything
failed. The night is the day, in the brand's zone, on which the data interval starts.

``VIGIE_SETTINGS`` names the settings file. Credentials come from the environment or, by
``airflow:CONNECTION_ID`` references, from Airflow's connections.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Asset, Metadata, TriggerRule, task
from airflow.timetables.interval import CronDataIntervalTimetable

from pipeline import settings
from pipeline.errors import SourceUnavailable, VigieError

if TYPE_CHECKING:
    from pipeline.steps import Project

SETTINGS = Path(os.environ.get("VIGIE_SETTINGS", "vigie.toml")).absolute()
OUTLINE = settings.read_outline(SETTINGS)
PUBLICATION = Asset("vigie://publication", group="vigie")
WAREHOUSE = "vigie_warehouse"


def project() -> Project:
    """The settings, with Airflow's connections behind ``airflow:`` references."""
    from airflow.sdk import Connection

    from pipeline import steps

    def connection(name: str) -> Mapping[str, str]:
        found = Connection.get(name)
        return {"login": found.login or "", "password": found.password or "", "host": found.host or ""}

    return steps.open_project(SETTINGS, os.environ, connection)


def night_of(data_interval_start: datetime) -> Any:
    """The night that a run stands for: a day of the brand's zone."""
    return data_interval_start.astimezone(OUTLINE.zone).date()


def finally_failed(error: VigieError) -> Exception:
    """Only an unavailable source is worth a retry; everything else needs a person."""
    from airflow.sdk.exceptions import AirflowFailException

    return error if isinstance(error, SourceUnavailable) else AirflowFailException(f"{type(error).__name__}: {error}")


with DAG(
    "vigie_nightly",
    description="Fetch, land, check, transform and publish one night of a brand",
    schedule=CronDataIntervalTimetable(OUTLINE.schedule.cron, timezone=OUTLINE.time_zone),
    start_date=datetime.combine(OUTLINE.start, datetime.min.time(), OUTLINE.zone),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(seconds=OUTLINE.schedule.night_timeout),
    tags=["vigie"],
    doc_md=__doc__,
) as dag:
    fetched = []
    for platform in OUTLINE.platforms:

        @task(task_id=f"plan_{platform}")
        def plan(name: str, data_interval_start: datetime | None = None) -> list[dict[str, str]]:
            from pipeline import steps

            assert data_interval_start is not None
            return [steps.to_message(unit) for unit in steps.plan(project(), night_of(data_interval_start), name)]

        @task(
            task_id=f"fetch_{platform}",
            pool=f"vigie_{platform}",
            retries=OUTLINE.schedule.retries,
            retry_delay=timedelta(seconds=OUTLINE.schedule.retry_delay),
            retry_exponential_backoff=True,
            execution_timeout=timedelta(seconds=OUTLINE.schedule.fetch_timeout),
            map_index_template="{{ task.op_kwargs['unit']['account'] }}",
        )
        def fetch(unit: dict[str, str]) -> dict[str, Any]:
            from pipeline import steps

            try:
                return steps.fetch(project(), steps.from_message(unit), now=steps.utc_now).summary()
            except VigieError as error:
                raise finally_failed(error) from None

        fetched.append(fetch.expand(unit=plan(platform)))

    @task(pool=WAREHOUSE, trigger_rule=TriggerRule.ALL_DONE)
    def load(data_interval_start: datetime | None = None) -> dict[str, Any]:
        from pipeline import steps

        assert data_interval_start is not None
        return steps.load(project(), night_of(data_interval_start), now=steps.utc_now).summary()

    @task(pool=WAREHOUSE)
    def transform(data_interval_start: datetime | None = None) -> dict[str, Any]:
        from pipeline import steps

        assert data_interval_start is not None
        return steps.transform(project(), night_of(data_interval_start), now=steps.utc_now).summary()

    @task(pool=WAREHOUSE, outlets=[PUBLICATION])
    def publish(data_interval_start: datetime | None = None) -> Any:
        from pipeline import steps

        assert data_interval_start is not None
        done = steps.publish_night(project(), night_of(data_interval_start), now=steps.utc_now)
        yield Metadata(PUBLICATION, extra=done.summary())

    @task(pool=WAREHOUSE, trigger_rule=TriggerRule.ALL_DONE)
    def report_and_alert(**context: Any) -> dict[str, Any]:
        from pipeline import steps

        run_id = context["run_id"]
        states = context["ti"].get_task_states(dag_id="vigie_nightly", run_ids=[run_id])[run_id]
        failed = sorted(name for name, state in states.items() if state in {"failed", "upstream_failed"})
        told = steps.tell(project(), night_of(context["data_interval_start"]), failed=failed)
        return told.summary()

    loaded = load()
    fetched >> loaded
    loaded >> transform() >> publish() >> report_and_alert()
