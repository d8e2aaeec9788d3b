"""``airflow dags test``, the run without a scheduler: its exit code is the night's.

The demo's first one comes from ``dags/ready.py``, which has made the tables and imported everything before.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from dags.local import FOLDER, airflow
from pipeline import simulator
from tests.airflow.conftest import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("airflow"), pytest.mark.timeout(1800)]

NIGHT = simulator.night_dates(7, 90)[0]
Single = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def platforms() -> Iterator[simulator.Server]:
    with simulator.serve() as server:
        yield server


@pytest.fixture(scope="module")
def single(platforms: simulator.Server, tmp_path_factory: pytest.TempPathFactory) -> Single:
    """Runs the night in an Airflow of its own; only the shop of the brand is there, to be quick."""
    folder = Path(tmp_path_factory.mktemp("single"))
    parts = re.split(r"(?m)^(?=\[)", simulator.settings_toml(platforms.url))
    others = re.compile(r"\[\[sources\.(?!woocommerce)|\[\[goals\]\]")  # the goals are those of the networks left out
    kept = [part for part in parts if not others.match(part)]
    kept.append("[schedule]\nretries = 2\nretry_delay = 1\n")
    (folder / "vigie.toml").write_text("".join(kept), encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "VIGIE"))},
        **simulator.environment(),
        "PYTHONPATH": str(ROOT),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(FOLDER),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "VIGIE_SETTINGS": str(folder / "vigie.toml"),
    }

    def command(*words: str, told: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, env=environment, input=told, capture_output=True, text=True, check=False, timeout=600
        )

    def run(night: date, *, prepared: bool = False) -> subprocess.CompletedProcess[str]:
        platforms.night(night)
        logical = f"{night + timedelta(days=1)} 12:00:00+00:00"
        if prepared:
            return command(sys.executable, "-m", "dags.ready", told=f"{logical}\n")
        return command(airflow(), "dags", "test", "vigie_nightly", logical)

    nobody = command(sys.executable, "-m", "dags.ready")
    assert nobody.returncode == 0, nobody.stderr[-2000:]
    assert "[DAG TEST]" not in nobody.stdout + nobody.stderr, "who started it has gone: nothing is run"
    return run


@pytest.fixture(scope="module")
def first(single: Single) -> subprocess.CompletedProcess[str]:
    return single(NIGHT, prepared=True)


def tries(done: subprocess.CompletedProcess[str], task: str) -> int:
    return len(re.findall(rf"\[DAG TEST\] starting task_id={task}\b", done.stdout + done.stderr))


def test_a_run_without_a_scheduler_publishes_the_night_before_its_date(
    first: subprocess.CompletedProcess[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert first.returncode == 0, first.stdout[-2000:] + first.stderr[-2000:]
    published = next(tmp_path_factory.getbasetemp().glob("single*/var/published/vigie.duckdb"))
    con = duckdb.connect(str(published), read_only=True)
    covered = con.execute("select day, delivered from kpi.coverage_daily").fetchall()
    con.close()
    assert (NIGHT, True) in covered
    assert {day for day, _ in covered} == {NIGHT}


def test_a_refused_token_fails_the_run_at_once_even_where_the_night_landed_before(
    single: Single, platforms: simulator.Server, first: subprocess.CompletedProcess[str]
) -> None:
    assert first.returncode == 0
    assert tries(first, "fetch_woocommerce") == 1
    platforms.simulator.faults.inject({"kind": "expired_token", "platform": "woocommerce"})
    again = single(NIGHT)
    assert again.returncode != 0, "a failed fetch is never a green night"
    assert tries(again, "fetch_woocommerce") == 1, "a person must renew the token: asking again is of no use"
    assert tries(again, "report_and_alert") == 1, "the end comes always"
    assert "SourceRefused" in again.stdout + again.stderr
    assert "la tâche fetch_woocommerce_0 a échoué" in again.stdout + again.stderr
