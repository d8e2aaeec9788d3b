"""Airflow on several machines: Celery workers that fetch, and one that owns the warehouse.

Every worker has a folder, a name and settings of its own. Those that fetch share the landing and the
state with the others and nothing else: the warehouse of their settings lies below a plain file, where
nothing can be made, and they know neither Airflow's database nor its folder.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dags.local import airflow
from dags.processes import Processes, members
from tests.airflow.conftest import ROOT
from tests.airflow.databases import postgresql, redis
from tests.airflow.stage import Stage, stage

FETCHING, WAREHOUSE = ("fetch-1", "fetch-2"), "warehouse-1"
# A machine that is gone is noticed after so many seconds without a sign of life; five minutes by default.
SILENCE = 12
PATIENCE = 300.0


@dataclass(frozen=True)
class Machines:
    """The stage, and the processes of the machines by their names."""

    stage: Stage
    workers: Processes
    folder: Path

    def wait_until_ready(self) -> None:
        """Until every worker takes tasks: otherwise the first one up might do all the work."""
        until = time.monotonic() + PATIENCE
        for name in (*FETCHING, WAREHOUSE):
            log = self.folder / "machines" / name / "worker.log"
            while f"{name} ready." not in log.read_text(encoding="utf-8"):
                assert time.monotonic() < until, f"{name} does not start: see {log}"
                assert self.workers.ended() == [], f"{name} ended: see {log}"
                time.sleep(0.2)

    def pull_the_plug(self, machine: str) -> None:
        """Kill everything that runs on a machine, at once and without a word."""
        session = self.workers.pid(machine)
        while left := members({session}):
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)


@contextmanager
def machines(folder: Path) -> Iterator[Machines]:
    """PostgreSQL, Redis, Airflow with the CeleryExecutor, and three workers; all down afterwards."""
    with postgresql(folder / "postgresql.log") as database, redis(folder) as broker:
        celery = {
            "AIRFLOW__CELERY__BROKER_URL": broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": broker,
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(SILENCE),
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        }
        kept = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{database}"}
        with stage(folder, celery | kept) as running, Processes(grace=5) as workers:
            for name in (*FETCHING, WAREHOUSE):
                home = folder / "machines" / name
                home.mkdir(parents=True)
                settings = _settings_of(name, home, folder)
                queue = "warehouse" if name == WAREHOUSE else "fetch"
                command = [airflow(), "celery", "worker", "--queues", queue, "--concurrency", "2"]
                command += ["--celery-hostname", name, "--skip-serve-logs", "--without-mingle", "--without-gossip"]
                own = {
                    **{key: value for key, value in running.airflow.environment.items() if key not in kept},
                    "AIRFLOW_HOME": str(home / "airflow"),
                    "AIRFLOW__CORE__HOSTNAME_CALLABLE": "tests.airflow.machine.name",
                    "VIGIE_SETTINGS": str(settings),
                    "VIGIE_TEST_MACHINE": name,
                }
                workers.start(name, command, own, home / "worker.log")
            up = Machines(running, workers, folder)
            up.wait_until_ready()
            yield up


def _settings_of(machine: str, home: Path, folder: Path) -> Path:
    """The settings file of a machine: that of the brand, with its own idea of where things lie."""
    if machine == WAREHOUSE:
        return folder / "vigie.toml"
    (home / "nothing").write_text("not a folder", encoding="utf-8")
    own = {
        'landing = "var/landing"': f'landing = "{folder}/var/landing"\nstate = "{folder}/var/state"',
        'warehouse = "var/warehouse.duckdb"': 'warehouse = "nothing/warehouse.duckdb"',
        'publication = "var/published"': 'publication = "nothing/published"',
    }
    text = (folder / "vigie.toml").read_text(encoding="utf-8")
    for shared, elsewhere in own.items():
        assert shared in text
        text = text.replace(shared, elsewhere)
    settings = home / "vigie.toml"
    settings.write_text(text, encoding="utf-8")
    return settings
