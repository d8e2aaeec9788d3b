"""Nights on three machines, one of which dies: fetched anywhere, loaded where the warehouse is, the same marts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.airflow import databases
from tests.airflow.by_hand import NIGHTS, Rows, marts, same
from tests.airflow.machines import FETCHING, PATIENCE, WAREHOUSE, Machines, machines
from tests.airflow.stage import Run

pytestmark = [
    pytest.mark.servers,
    pytest.mark.xdist_group("airflow"),
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(databases.missing()), reason=f"not installed: {', '.join(databases.missing())}"),
]


@pytest.fixture(scope="module")
def several(
    curtain: ExitStack, tmp_path_factory: pytest.TempPathFactory, expected: Future[list[Rows]]
) -> Iterator[Machines]:
    curtain.close()
    with machines(Path(tmp_path_factory.mktemp("machines"))) as running:
        yield running


@pytest.fixture(scope="module")
def quiet(several: Machines) -> Run:
    """The first night, on which nothing happens."""
    return several.stage.trigger(NIGHTS[0])


@pytest.fixture(scope="module")
def bereft(several: Machines, quiet: Run) -> tuple[Run, str]:
    """The second night: the machine that fetches a page of Facebook dies in the middle of it."""
    slow = {"kind": "drip", "platform": "facebook", "times": 1, "after": 3, "args": {"interval": 1.0}}
    fault = several.stage.platforms.simulator.faults.inject(slow)
    with ThreadPoolExecutor(1) as beside:
        run = beside.submit(several.stage.trigger, NIGHTS[1])
        until = time.monotonic() + PATIENCE
        while not fault.struck:
            assert time.monotonic() < until, "nobody asked Facebook"
            time.sleep(0.05)
        victim = _who_fetches(several, "fetch_facebook")
        several.pull_the_plug(victim)
        return run.result(), victim


def _who_fetches(several: Machines, task: str) -> str:
    found = several.stage.airflow.ask("GET", "dags/~/dagRuns/~/taskInstances?state=running")["task_instances"]
    return str(next(each["hostname"] for each in found if each["task_id"] == task))


def test_machines_publish_row_by_row_what_one_machine_publishes(quiet: Run, expected: Future[list[Rows]]) -> None:
    assert quiet.state == "success", quiet.tasks
    same(marts(quiet.publication), expected.result()[0])


def test_both_machines_fetch_and_only_the_third_writes_the_warehouse(quiet: Run) -> None:
    where: dict[str, set[str]] = {}
    for (name, _), task in quiet.tasks.items():
        where.setdefault(name.partition("_")[0], set()).add(task["hostname"])
    assert where["fetch"] | where["plan"] == set(FETCHING)
    assert {*where["load"], *where["transform"], *where["publish"], *where["report"]} == {WAREHOUSE}
    queues = {name.partition("_")[0]: task["queue"] for (name, _), task in quiet.tasks.items()}
    assert queues == {
        **dict.fromkeys(("plan", "fetch"), "fetch"),
        **dict.fromkeys(("load", "transform", "publish", "report"), "warehouse"),
    }


def test_machines_that_fetch_have_no_warehouse(several: Machines, quiet: Run) -> None:
    for name in FETCHING:
        home = several.folder / "machines" / name
        assert {path.name for path in home.iterdir()} == {"airflow", "nothing", "vigie.toml", "worker.log"}
        assert not list((home / "airflow").rglob("*.duckdb"))


def test_a_machine_that_dies_in_the_middle_of_the_night_is_replaced_by_the_other(
    bereft: tuple[Run, str], expected: Future[list[Rows]]
) -> None:
    run, victim = bereft
    assert run.state == "success", run.tasks
    again = {key: task for key, task in run.tasks.items() if task["try_number"] > 1}
    assert any(name == "fetch_facebook" for name, _ in again)
    assert victim in FETCHING
    assert {task["hostname"] for task in again.values()} == {*FETCHING} - {victim}
    same(marts(run.publication), expected.result()[1])


def test_nobody_is_alarmed_by_a_machine_that_was_replaced(several: Machines, bereft: tuple[Run, str]) -> None:
    assert several.stage.alerts == []
