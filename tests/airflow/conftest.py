"""The DAG file as Airflow reads it; a whole Airflow with a simulated brand, once for all tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.airflow.by_hand import NIGHTS, Rows, by_hand
from tests.airflow.stage import Run, Stage, stage

ROOT = Path(__file__).resolve().parent.parent.parent

SETTINGS = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "en"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
[schedule]
cron = "30 5 * * *"
start = 2026-08-05
retries = 4
retry_delay = 77
fetch_timeout = 1234
night_timeout = 5678
[alerts.rules.night_not_finished]
minutes = 361
[[sources.matomo]]
id = "1"
base = "https://stats.atelier-marin.example"
token = "env:A_TOKEN_THAT_IS_NOT_SET"
site = "boutique.atelier-marin.example"
[[sources.woocommerce]]
id = "boutique"
base = "https://boutique.atelier-marin.example"
key = "airflow:a_connection_that_is_not_there#login"
secret = "airflow:a_connection_that_is_not_there"
site = "boutique.atelier-marin.example"
[[sites]]
name = "boutique.atelier-marin.example"
time_zone = "Europe/Paris"
"""


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What ``parsing`` says of the DAG file, read where no secret is set and no platform can be reached."""
    folder = Path(tmp_path_factory.mktemp("parsed"))
    (folder / "vigie.toml").write_text(SETTINGS, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "VIGIE"))}
    environment = {**kept, "AIRFLOW_HOME": str(folder / "airflow"), "VIGIE_SETTINGS": str(folder / "vigie.toml")}
    told = folder / "told.json"
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("parsing.py")), str(ROOT / "dags" / "nightly.py"), str(told)],
        env=environment,
        cwd=folder,
        check=True,
        timeout=300,
    )
    answer: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return answer


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[list[Rows]]]:
    """Marts of two nights without Airflow, made while the first Airflow starts."""
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(by_hand, Path(tmp_path_factory.mktemp("by-hand")))


@pytest.fixture(scope="session")
def curtain() -> Iterator[ExitStack]:
    """Whatever Airflow is up. Who needs the machine for another one closes it first."""
    with ExitStack() as up:
        yield up


@pytest.fixture(scope="session")
def airflow(curtain: ExitStack, tmp_path_factory: pytest.TempPathFactory, expected: Future[list[Rows]]) -> Stage:
    return curtain.enter_context(stage(Path(tmp_path_factory.mktemp("in-airflow"))))


@pytest.fixture(scope="session")
def backfilled(airflow: Stage) -> Run:
    """The first night, by Airflow's own backfill."""
    runs = airflow.backfill(NIGHTS[0], NIGHTS[0] + timedelta(days=1))
    assert len(runs) == 1, "from midnight to midnight lies the start of one night"
    return runs[0]


@pytest.fixture(scope="session")
def triggered(airflow: Stage, backfilled: Run) -> Run:
    """The second night, started by hand."""
    return airflow.trigger(NIGHTS[1])
