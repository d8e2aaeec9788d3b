"""What the steps of real nights tell of themselves, as the standard has it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import simulator
from pipeline.errors import SourceRefused
from pipeline.http import register_secret
from pipeline.lineage import events_file
from pipeline.settings import Lineage
from pipeline.steps.telling import telling
from tests.lineage.standard import faults
from tests.nights.replaying import Replay

Event = dict[str, Any]


def events_of(state: Path) -> list[Event]:
    """All that is kept, the oldest first."""
    newest = events_file(state)
    older = sorted(newest.parent.glob(f"{newest.name}.*"), reverse=True)
    return [json.loads(line) for file in (*older, newest) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def told(ninety: Replay) -> list[Event]:
    return events_of(ninety.project.settings.paths.state)


@pytest.fixture(scope="module")
def last(told: list[Event], ninety: Replay) -> dict[tuple[str, str], Event]:
    """Of the last night: job and kind → the last such event."""
    night = str(ninety.world.nights[-1])
    of_night = [each for each in told if each["run"]["facets"]["vigie_night"]["night"] == night]
    return {(each["job"]["name"], each["eventType"]): each for each in of_night}


def by_name(datasets: list[Event]) -> dict[str, Event]:
    return {each["name"]: each for each in datasets}


def test_every_event_is_one_of_the_standard(told: list[Event]) -> None:
    of_each_kind = {(event["job"]["name"], event["eventType"]): event for event in told}
    assert [fault for event in of_each_kind.values() for fault in faults(event)] == []
    assert len(of_each_kind) > 50


def test_an_event_with_a_fault_is_found(last: dict[tuple[str, str], Event]) -> None:
    event = json.loads(json.dumps(last["publish", "COMPLETE"]))
    del event["run"]["runId"]
    event["outputs"][0]["sparkle"] = 1
    event["eventType"] = "MAYBE"
    assert len(faults(event)) == 3


def test_every_run_that_began_has_ended(told: list[Event]) -> None:
    kinds: dict[str, list[str]] = {}
    for each in told:
        kinds.setdefault(each["run"]["runId"], []).append(each["eventType"])
    whole = {tuple(of) for of in kinds.values()}
    assert whole <= {("START", "COMPLETE"), ("START", "FAIL"), ("COMPLETE",), ("FAIL",)}


def test_each_step_of_a_night_tells_what_it_read_and_wrote(last: dict[tuple[str, str], Event]) -> None:
    jobs = {job for job, _ in last}
    assert jobs >= {"fetch", "load", "gate_1", "transform", "gate_2", "transform.kpi.account_daily", "publish"}
    load = last["load", "COMPLETE"]
    assert "raw.facebook_page_insights" in by_name(load["outputs"])
    assert any(name.startswith("landing/facebook/104001/") for name in by_name(load["inputs"]))
    mart = last["transform.kpi.account_daily", "COMPLETE"]
    assert "core.account_day" in by_name(mart["inputs"])
    assert mart["run"]["facets"]["parent"]["run"]["runId"] == last["transform", "COMPLETE"]["run"]["runId"]


def test_the_columns_of_a_mart_are_followed_and_those_of_core_go_back_to_raw(
    last: dict[tuple[str, str], Event],
) -> None:
    mart = last["transform.kpi.account_daily", "COMPLETE"]["outputs"][0]["facets"]
    followers = mart["columnLineage"]["fields"]["followers"]["inputFields"]
    assert [(each["name"], each["field"]) for each in followers] == [("core.account_day", "followers")]
    kinds = {each["name"]: each.get("type") for each in mart["schema"]["fields"]}
    assert kinds["followers"] == "BIGINT"
    core = last["transform.core.account_day", "COMPLETE"]["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert {
        "namespace": "vigie",
        "name": "raw.facebook_page_insights",
        "field": "value",
        "transformations": [{"type": "DIRECT", "subtype": "AGGREGATION"}],
    } in core["followers"]["inputFields"]


def test_what_was_published_is_told_with_its_rows_and_its_generation(
    last: dict[tuple[str, str], Event], ninety: Replay
) -> None:
    publish = last["publish", "COMPLETE"]
    outputs = by_name(publish["outputs"])
    with duckdb.connect(ninety.project.settings.paths.publication / "vigie.duckdb", read_only=True) as con:
        (rows,) = con.execute("select count(*) from kpi.post").fetchall()[0]
        (generation,) = con.execute("select generation from _publish").fetchall()[0]
    assert outputs["published/kpi.post"]["outputFacets"]["outputStatistics"]["rowCount"] == rows
    assert outputs["parquet/kpi.post"]["outputFacets"]["outputStatistics"]["rowCount"] == rows
    assert publish["run"]["facets"]["vigie_night"]["generation"] == generation


def test_what_a_gate_expected_is_told_with_what_came_of_it(last: dict[tuple[str, str], Event], ninety: Replay) -> None:
    gate = by_name(last["gate_2", "COMPLETE"]["inputs"])
    said = gate["kpi.account_daily"]["inputFacets"]["dataQualityAssertions"]["assertions"]
    night = last["gate_2", "COMPLETE"]["run"]["facets"]["vigie_night"]["night"]
    with duckdb.connect(ninety.project.settings.paths.publication / "vigie.duckdb", read_only=True) as con:
        (expected,) = con.execute(
            "select count(*) from quality.result where gate = 2 and \"table\" = 'kpi.account_daily' and night = ?",
            [night],
        ).fetchall()[0]
    assert len(said) == expected > 0
    assert {each["success"] for each in said} == {True}


def test_a_night_that_the_world_broke_is_told_as_failed(told: list[Event]) -> None:
    failed = [each for each in told if each["eventType"] == "FAIL"]
    assert failed
    assert all(each["run"]["facets"]["errorMessage"]["message"] for each in failed)


def test_no_secret_is_in_any_event(ninety: Replay) -> None:
    text = "".join(
        file.read_text("utf-8") for file in events_file(ninety.project.settings.paths.state).parent.iterdir()
    )
    secrets = [value for value in simulator.environment().values() if len(value) > 8]
    assert secrets
    assert [secret for secret in secrets if secret in text] == []


def test_an_error_is_told_without_the_secret_in_it_and_goes_on_as_it_is(ninety: Replay, tmp_path: Path) -> None:
    settings = ninety.project.settings
    project = replace(ninety.project, settings=replace(settings, paths=replace(settings.paths, state=tmp_path)))
    register_secret("correct-horse-battery-staple")
    now = datetime(2026, 11, 3, tzinfo=UTC)
    with pytest.raises(SourceRefused), telling(project, "fetch", date(2026, 11, 2), now=lambda: now):
        raise SourceRefused("the token correct-horse-battery-staple\nis not accepted")
    start, fail = events_of(tmp_path)
    assert (start["eventType"], fail["eventType"]) == ("START", "FAIL")
    message = fail["run"]["facets"]["errorMessage"]["message"]
    assert "correct-horse" not in message
    assert message.startswith("SourceRefused: the token ")
    assert faults(fail) == []


def test_who_wants_none_has_none(ninety: Replay, tmp_path: Path) -> None:
    settings = ninety.project.settings
    quiet = replace(settings, paths=replace(settings.paths, state=tmp_path), lineage=Lineage(events=False))
    now = datetime(2026, 11, 3, tzinfo=UTC)
    with telling(replace(ninety.project, settings=quiet), "load", date(2026, 11, 2), now=lambda: now):
        pass
    assert list(tmp_path.iterdir()) == []
