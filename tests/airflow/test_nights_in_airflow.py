"""Nights through a real scheduler: the same tables as by hand, failures that show, secrets that do not."""

from __future__ import annotations

import json
from concurrent.futures import Future
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline import simulator
from tests.airflow.by_hand import NIGHTS, Rows, marts, same
from tests.airflow.stage import Run, Stage

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("airflow"), pytest.mark.timeout(1800)]

PLATFORMS = ("facebook", "matomo", "woocommerce", "wordpress")


@pytest.fixture(scope="module")
def broken(airflow: Stage, triggered: Run) -> Run:
    """The third night: the shop is away, for ever."""
    assert airflow.alerts == [], "nothing was wrong so far"
    airflow.platforms.simulator.faults.inject({"kind": "unavailable", "platform": "woocommerce"})
    return airflow.trigger(NIGHTS[2])


def test_a_backfilled_night_publishes_row_by_row_what_the_steps_publish(
    backfilled: Run, expected: Future[list[Rows]]
) -> None:
    assert backfilled.state == "success", backfilled.tasks
    assert backfilled.logical_date == f"{NIGHTS[0]}T02:00:00Z", "04:00 in Paris, where the interval starts"
    same(marts(backfilled.publication), expected.result()[0])


def test_a_triggered_night_publishes_row_by_row_what_the_steps_publish(
    triggered: Run, expected: Future[list[Rows]]
) -> None:
    assert triggered.state == "success", triggered.tasks
    same(marts(triggered.publication), expected.result()[1])


def test_every_account_is_a_mapped_task_under_its_name(backfilled: Run) -> None:
    fetches = {key: task for key, task in backfilled.tasks.items() if key[0].startswith("fetch_")}
    assert {name for name, _ in fetches} == {f"fetch_{platform}" for platform in PLATFORMS}
    assert {task["rendered_map_index"] for key, task in fetches.items() if key[0] == "fetch_facebook"} == {
        "104001",
        "104002",
    }
    assert {task["pool"] for key, task in fetches.items() if key[0] == "fetch_matomo"} == {"vigie_matomo"}
    assert backfilled.ended("success") == {name for name, _ in backfilled.tasks}


def test_pools_are_as_wide_as_their_sources_allow_and_one_writer_holds_the_warehouse(airflow: Stage) -> None:
    slots = {pool["name"]: pool["slots"] for pool in airflow.airflow.ask("GET", "pools")["pools"]}
    assert slots["vigie_warehouse"] == 1
    assert {slots[f"vigie_{platform}"] for platform in PLATFORMS} == {2}


def test_messages_between_tasks_are_small_and_hold_paths_and_counts_only(airflow: Stage, triggered: Run) -> None:
    messages = airflow.metadata("select task_id, key, value from xcom where run_id = ?", triggered.id)
    assert {task for task, _, _ in messages} == {name for name, _ in triggered.tasks}
    for task, key, value in messages:
        assert len(value) < 4096, (task, key)
        assert json.loads(value) is not None
        for name, secret in simulator.environment().items():
            assert secret not in value, (task, key, name)
    told = {task: json.loads(value) for task, key, value in messages if key == "return_value" and task != "plan_matomo"}
    told = {task: json.loads(value) if isinstance(value, str) else value for task, value in told.items()}
    assert Path(told["publish"]["path"]).exists()
    assert told["load"]["units"] == 5


def test_no_secret_reaches_a_log_or_the_metadata(airflow: Stage, broken: Run) -> None:
    files = [path for path in (airflow.folder / "airflow").rglob("*") if path.is_file()]
    assert sum("task_id=fetch_" in str(path) for path in files) >= 15, "logs of fifteen fetches are among them"
    for path in files:
        content = path.read_bytes()
        for name, secret in simulator.environment().items():
            assert secret.encode() not in content, (path, name)


def test_a_publication_is_an_event_that_starts_the_dags_of_others(airflow: Stage, triggered: Run) -> None:
    events = airflow.airflow.ask("GET", "assets/events?limit=50")["asset_events"]
    extra = next(event["extra"] for event in events if event["source_run_id"] == triggered.id)
    assert extra["night"] == NIGHTS[1].isoformat()
    assert extra["new"] is True
    assert extra["generation"] == triggered.publication.parent.name
    assert Path(extra["path"]).samefile(airflow.folder / "var" / "published" / "vigie.duckdb")
    assert Path(extra["parquet"]).is_dir()
    seen = airflow.wait_for(airflow.folder / "seen" / f"{extra['generation']}.json")
    assert json.loads(seen.read_text(encoding="utf-8")) == extra


def test_a_source_that_stays_away_is_tried_again_as_set_and_fails_the_run(broken: Run) -> None:
    assert broken.state == "failed"
    assert broken.tasks["fetch_woocommerce", 0]["state"] == "failed"
    assert broken.tasks["fetch_woocommerce", 0]["try_number"] == 2, "once, and once more"
    assert {task["try_number"] for key, task in broken.tasks.items() if key[0] != "fetch_woocommerce"} == {1}
    assert broken.ended("failed") == {"fetch_woocommerce", "report_and_alert"}


def test_what_the_other_sources_gave_is_published_all_thesame(triggered: Run, broken: Run) -> None:
    assert broken.publication != triggered.publication
    con = duckdb.connect(str(broken.publication), read_only=True)
    missing = con.execute(
        "select distinct platform, split_part(reason, ':', 1) from kpi.coverage_daily "
        "where day = ? and not delivered and not contains(reason, 'fewer than 100 likes')",
        [NIGHTS[2]],
    ).fetchall()
    accounts = con.execute("select distinct platform from kpi.account_daily where day = ?", [NIGHTS[2]]).fetchall()
    con.close()
    assert missing == [("woocommerce", "SourceUnavailable")]
    assert ("facebook",) in accounts


def test_people_are_told_once_which_source_is_missing(airflow: Stage, broken: Run) -> None:
    assert len(airflow.alerts) == 1
    told = json.dumps(airflow.alerts[0], ensure_ascii=False)
    assert "woocommerce/boutique" in told
    assert "SourceUnavailable" in told
    assert date.isoformat(NIGHTS[2]) in told
    for secret in simulator.environment().values():
        assert secret not in told


def test_dates_of_a_backfill_mean_midnight_so_the_last_one_is_not_a_night(airflow: Stage) -> None:
    asked = {"dag_id": "vigie_nightly", "run_on_latest_version": True, "max_active_runs": 1, "dag_run_conf": {}}
    dates = {"from_date": "2026-09-01T00:00:00Z", "to_date": "2026-09-04T00:00:00Z"}
    planned = airflow.airflow.ask("POST", "backfills/dry_run", {**asked, **dates})
    starts = [each["logical_date"] for each in planned["backfills"]]
    assert starts == [f"2026-09-0{day}T02:00:00Z" for day in (1, 2, 3)]
