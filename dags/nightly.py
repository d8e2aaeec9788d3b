"""The night in Airflow: wiring only. What each task does lives in ``pipeline.steps``.

Per platform the units are planned at run time and fetched by mapped tasks in that platform's pool,
on any worker of the queue ``fetch``; load, transform and publish run one after the other in a pool of
one slot, on the one worker of the queue ``warehouse``, which owns the DuckDB file. (Without Celery
or Kubernetes nobody asks for queues.) The last task always runs, tells people, and fails if anything
failed. The night is the day, in the brand's zone, on which the data interval starts; a run by hand
may name another: ``airflow dags trigger vigie_nightly --conf '{"night": "2026-11-02"}'``.

``VIGIE_SETTINGS`` names the settings file. Credentials come from the environment or, by
``airflow:CONNECTION_ID`` references, from Airflow's connections. ``python -m dags.pools`` writes the
pools for ``airflow pools import``.
"""

# mypy: disallow-untyped-decorators=False
from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from typing import Any

from airflow.sdk import (
    DAG,
    Asset,
    CronDataIntervalTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    TriggerRule,
    get_current_context,
    task,
)

from pipeline import settings
from pipeline.errors import SourceUnavailable
from pipeline.plugin import nights
from pipeline.plugin.brand import DAG_ID, project, settings_file
from pipeline.plugin.notifier import VigieNotifier, deadline

OUTLINE = settings.read_outline(settings_file())
PUBLICATION = Asset("vigie://publication", group="vigie")
WAREHOUSE = "vigie_warehouse"
# Workers that fetch share only the landing and the state folder; the one of the warehouse has its file too.
FETCH_QUEUE, WAREHOUSE_QUEUE = "fetch", "warehouse"
# Airflow 3.3 cannot end a run of `airflow dags test` that has a deadline; whoever tries a night out watches it.
IS_TRIED = sys.argv[1:3] == ["dags", "test"]
NIGHT_TIMEOUT = timedelta(seconds=OUTLINE.schedule.night_timeout)
NIGHT = "Which night to fetch, by hand. Empty: the night of the run's own interval."
# Everything else needs a person: the same question would get the same answer.
ONLY_UNAVAILABLE = ExceptionRetryPolicy([RetryRule(SourceUnavailable, RetryAction.RETRY)], default=RetryAction.FAIL)
AT_THE_WAREHOUSE: dict[str, Any] = {"queue": WAREHOUSE_QUEUE, "pool": WAREHOUSE}
# The policy is asked about errors; a worker that died says none, so its tasks are tried again on another one.
ON_ANY_WORKER: dict[str, Any] = {
    "queue": FETCH_QUEUE,
    "retries": OUTLINE.schedule.retries,
    "retry_delay": timedelta(seconds=OUTLINE.schedule.retry_delay),
    "retry_policy": ONLY_UNAVAILABLE,
}


def night_of(context: Any) -> date:
    return nights.night_of(context, OUTLINE.zone)


def this_night() -> date:
    return night_of(get_current_context())


with DAG(
    DAG_ID,
    description="Fetch, land, check, transform and publish one night of a brand",
    schedule=CronDataIntervalTimetable(OUTLINE.schedule.cron, timezone=OUTLINE.time_zone),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=NIGHT_TIMEOUT,
    on_failure_callback=VigieNotifier(),
    deadline=deadline(OUTLINE.deadline) if OUTLINE.deadline and not IS_TRIED else None,
    # As a default argument: a run by hand with an earlier date has no tasks, and Airflow then refuses to make it.
    default_args={"retries": 0, "start_date": datetime.combine(OUTLINE.start, datetime.min.time(), OUTLINE.zone)},
    params={"night": Param(None, type=["null", "string"], format="date", title="Night", description=NIGHT)},
    tags=["vigie"],
    doc_md=__doc__,
) as dag:
    fetched = []
    for platform in OUTLINE.platforms:

        @task(task_id=f"plan_{platform}", **ON_ANY_WORKER)
        def plan(name: str) -> list[dict[str, str]]:
            from pipeline import steps

            return [steps.to_message(unit) for unit in steps.plan(project(), this_night(), name)]

        @task(
            task_id=f"fetch_{platform}",
            multiple_outputs=False,
            pool=f"vigie_{platform}",
            retry_exponential_backoff=2.0,
            execution_timeout=timedelta(seconds=OUTLINE.schedule.fetch_timeout),
            map_index_template="{{ task.op_kwargs['unit']['account'] }}",
            **ON_ANY_WORKER,
        )
        def fetch(unit: dict[str, str]) -> dict[str, Any]:
            from pipeline import steps

            return steps.fetch(project(requests=True), steps.from_message(unit), now=steps.utc_now).summary()

        fetched.append(fetch.expand(unit=plan(platform)))

    @task(multiple_outputs=False, **AT_THE_WAREHOUSE, trigger_rule=TriggerRule.ALL_DONE)
    def load() -> dict[str, Any]:
        from pipeline import steps

        return steps.load(project(), this_night(), now=steps.utc_now).summary()

    @task(multiple_outputs=False, **AT_THE_WAREHOUSE)
    def transform() -> dict[str, Any]:
        from pipeline import steps

        return steps.transform(project(), this_night(), now=steps.utc_now).summary()

    @task(multiple_outputs=False, **AT_THE_WAREHOUSE, outlets=[PUBLICATION])
    def publish() -> dict[str, Any]:
        from pipeline import steps

        done = steps.publish_night(project(), this_night(), now=steps.utc_now).summary()
        get_current_context()["outlet_events"][PUBLICATION].extra.update(done)
        return done

    @task(multiple_outputs=False, **AT_THE_WAREHOUSE, trigger_rule=TriggerRule.ALL_DONE)
    def report_and_alert() -> dict[str, Any]:
        from pipeline import steps

        context = get_current_context()
        run_id = context["run_id"]
        states = context["ti"].get_task_states(dag_id=DAG_ID, run_ids=[run_id]).get(run_id, {})
        failed = sorted(name for name, state in states.items() if state in {"failed", "upstream_failed"})
        return steps.tell(project(), this_night(), failed=failed).summary()

    fetched >> load() >> transform() >> publish() >> report_and_alert()
