"""The DAG file is wiring: what it wires, what it takes from the settings, and what reading it costs."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.airflow.conftest import ROOT

pytestmark = [pytest.mark.xdist_group("airflow"), pytest.mark.timeout(600)]

# Each costs seconds, in every parse and in every task.
HEAVY = ("duckdb", "great_expectations", "pandas", "pyarrow", "numpy", "sqlglot")
STAGES = tuple(
    f"pipeline.{stage}" for stage in ("steps", "sources", "landing", "warehouse", "quality", "http", "simulator")
)


def test_reading_the_file_imports_nothing_heavy(parsed: dict[str, Any]) -> None:
    assert "pipeline.settings" in parsed["modules"], "the probe sees what is imported"
    assert "airflow.sdk" in parsed["modules"]
    brought = [name for name in parsed["modules"] if name in HEAVY or name in STAGES]
    assert brought == []


def test_reading_the_file_asks_nobody_and_needs_no_secret(parsed: dict[str, Any]) -> None:
    assert parsed["network"] == []
    assert parsed["dag"]["id"] == "vigie_nightly"


def test_each_platform_is_planned_and_then_fetched_unit_by_unit_in_its_own_pool(parsed: dict[str, Any]) -> None:
    tasks = parsed["tasks"]
    for platform in ("matomo", "woocommerce"):
        assert tasks[f"plan_{platform}"]["upstream"] == []
        fetch = tasks[f"fetch_{platform}"]
        assert fetch["upstream"] == [f"plan_{platform}"]
        assert fetch["mapped"] is True
        assert fetch["pool"] == f"vigie_{platform}"


def test_the_warehouse_is_written_by_one_task_after_the_other(parsed: dict[str, Any]) -> None:
    tasks = parsed["tasks"]
    assert tasks["load"]["upstream"] == ["fetch_matomo", "fetch_woocommerce"]
    assert tasks["transform"]["upstream"] == ["load"]
    assert tasks["publish"]["upstream"] == ["transform"]
    assert tasks["report_and_alert"]["upstream"] == ["publish"]
    writers = {name for name, task in tasks.items() if task["pool"] == "vigie_warehouse"}
    assert writers == {"load", "transform", "publish", "report_and_alert"}
    assert tasks["publish"]["outlets"] == ["vigie://publication"]


def test_what_fetches_runs_anywhere_and_what_writes_runs_where_the_warehouse_is(parsed: dict[str, Any]) -> None:
    queues = {name: task["queue"] for name, task in parsed["tasks"].items()}
    assert {name for name, queue in queues.items() if queue == "fetch"} == {
        f"{what}_{platform}" for what in ("plan", "fetch") for platform in ("matomo", "woocommerce")
    }
    assert {name for name, queue in queues.items() if queue == "warehouse"} == {
        name for name, task in parsed["tasks"].items() if task["pool"] == "vigie_warehouse"
    }


def test_only_the_load_and_the_end_run_after_a_failure(parsed: dict[str, Any]) -> None:
    rules = {name: task["trigger_rule"] for name, task in parsed["tasks"].items()}
    assert {name for name, rule in rules.items() if rule == "all_done"} == {"load", "report_and_alert"}
    assert set(rules.values()) == {"all_done", "all_success"}


def test_schedule_retries_and_time_outs_are_those_of_the_settings(parsed: dict[str, Any]) -> None:
    assert parsed["dag"] == {
        "id": "vigie_nightly",
        "catchup": False,
        "max_active_runs": 1,
        "timeout": 5678.0,
        "deadlines": {"night_not_finished": 6 * 3600.0 + 60},
        "cron": "30 5 * * *",
        "start": "2026-08-04T22:00:00+00:00",  # midnight in Paris
    }
    fetches = {name: task for name, task in parsed["tasks"].items() if name.startswith("fetch_")}
    for fetch in fetches.values():
        assert (fetch["retries"], fetch["retry_delay"], fetch["execution_timeout"]) == (4, 77.0, 1234.0)
    plans = {name: task for name, task in parsed["tasks"].items() if name.startswith("plan_")}
    assert {(task["retries"], task["retry_delay"]) for task in plans.values()} == {(4, 77.0)}, "their worker may die"
    assert {task["retries"] for name, task in parsed["tasks"].items() if name not in fetches | plans} == {0}


def test_only_a_platform_that_is_away_is_asked_again(parsed: dict[str, Any]) -> None:
    verdicts = parsed["verdicts"]
    assert parsed["policies"] == ["fetch_matomo", "fetch_woocommerce", "plan_matomo", "plan_woocommerce"]
    assert {name for name, verdict in verdicts.items() if verdict == "retry"} == {"SourceUnavailable"}
    assert {name for name, verdict in verdicts.items() if verdict == "fail"} == set(verdicts) - {"SourceUnavailable"}
    assert {"SourceRefused", "QuotaExhausted", "ConfigError", "KeyError", "AirflowTaskTimeout"} <= set(verdicts)


@pytest.mark.parametrize(
    ("run", "night"),
    [
        ("summer", "2026-10-24"),
        ("clocks go back", "2026-10-25"),
        ("late in the brand's day", "2026-10-26"),
        ("by hand, with the interval of its date", "2026-08-05"),
        ("by hand, with the interval of now", "2026-08-05"),
        ("by hand, without a date", "2026-11-02"),
        ("by hand, just after midnight", "2026-11-02"),
        ("by hand, with a night", "2026-09-09"),
    ],
)
def test_a_run_stands_for_the_day_of_the_brand_on_which_its_interval_starts(
    parsed: dict[str, Any], run: str, night: str
) -> None:
    assert parsed["nights"][run] == night


def test_every_night_of_the_year_is_scheduled_once_at_the_brands_hour(parsed: dict[str, Any]) -> None:
    starts = [datetime.fromisoformat(start) for start in parsed["scheduled"]]
    nights = [start.date() for start in starts]
    assert nights == [date(2026, 3, 27) + timedelta(days=day) for day in range(len(nights))]
    assert {(start.hour, start.minute) for start in starts} == {(5, 30)}
    assert {start.utcoffset() for start in starts} == {timedelta(hours=1), timedelta(hours=2)}


def test_the_linter_knows_no_rule_of_airflow_that_the_dags_break() -> None:
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "AIR", "--preview"]
    done = subprocess.run([*ruff, "dags"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    # And the rules do bite.
    old = "from airflow.operators.python import PythonOperator\nPythonOperator(task_id='x', python_callable=print)\n"
    bad = subprocess.run([*ruff, "-"], input=old, cwd=ROOT, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
