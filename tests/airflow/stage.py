"""A whole Airflow with a simulated brand, somebody else's DAG behind it, and a chat that listens for alerts."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError

from dags.local import FOLDER, local_airflow
from pipeline import simulator
from tests.airflow.client import AirflowClient

PATIENCE = 900.0
# How often a write to SQLite, which takes one writer at a time, is tried.
REFUSALS = 10
DONE = ("success", "failed")
ADMIN, GUEST = ("ines", "open sesame"), ("guest", "sesame")

# Credentials that Airflow keeps: of the environment, and in its metadata.
REFERENCES = {
    "env:VIGIE_SIM_MATOMO_TOKEN": "airflow:vigie_matomo",
    "env:VIGIE_SIM_WOOCOMMERCE_KEY": "airflow:vigie_shop",
    "env:VIGIE_SIM_WOOCOMMERCE_SECRET": "airflow:vigie_shop#secret",
}
# No night of the real calendar is ever due: the tests alone start runs.
SCHEDULE = """
[schedule]
start = 2099-01-01
retries = 1
retry_delay = 1
[[alerts.channels]]
name = "chat"
url = "env:VIGIE_TEST_WEBHOOK"
"""
CONSUMER = '''\
"""Somebody else's DAG: it runs when Vigie has published, and is told what."""

import json
import os
from pathlib import Path

from airflow.sdk import DAG, Asset, task

with DAG("reader_of_publications", schedule=[Asset("vigie://publication")]):

    @task
    def read(triggering_asset_events=None):
        for events in triggering_asset_events.values():
            for event in events:
                seen = Path(os.environ["PUBLICATIONS_SEEN"]) / f"{event.extra['generation']}.json"
                seen.write_text(json.dumps(dict(event.extra)))

    read()
'''
LATE = '''\
"""A night that takes longer than it may, as Vigie's DAG tells of it, but told sooner."""

import time
from datetime import timedelta

from airflow.sdk import DAG, Param, task
from pipeline.plugin.notifier import VigieNotifier, deadline

with DAG(
    "late_night",
    schedule=None,
    params={"night": Param(None)},
    dagrun_timeout=timedelta(minutes=1),
    on_failure_callback=VigieNotifier(),
    deadline=deadline(timedelta(seconds=1)),
):

    @task
    def dawdle():
        time.sleep(600)

    dawdle()
'''


@dataclass(frozen=True)
class Run:
    """A finished run: its state, its tasks (by id and map index), and what was published when it ended."""

    id: str
    state: str
    logical_date: str | None
    tasks: Mapping[tuple[str, int], Mapping[str, Any]]
    publication: Path

    def ended(self, state: str) -> set[str]:
        return {name for (name, _), task in self.tasks.items() if task["state"] == state}


@dataclass
class Stage:
    """What the tests hold: the running Airflow, the simulator's server, the folder of everything."""

    folder: Path
    airflow: AirflowClient
    platforms: simulator.Server
    alerts: list[dict[str, Any]] = field(default_factory=list)

    def trigger(self, night: date) -> Run:
        """A run by hand, as the form of Airflow's page makes it."""
        self.platforms.night(night)
        wanted = {"logical_date": None, "conf": {"night": night.isoformat()}}
        made = self.airflow.ask("POST", "dags/vigie_nightly/dagRuns", wanted)
        return self._finished(made["dag_run_id"])

    def backfill(self, first: date, until: date) -> list[Run]:
        """The nights from ``first`` until before ``until``, by Airflow's own command; dates mean midnight, UTC."""
        self.platforms.night(first)
        words = ("--from-date", first.isoformat(), "--to-date", until.isoformat(), "--max-active-runs", "1")
        self._until_sqlite_lets("backfill", "create", "--dag-id", "vigie_nightly", *words)
        runs = self.airflow.ask("GET", "dags/vigie_nightly/dagRuns?run_type=backfill")["dag_runs"]
        return [self._finished(run["dag_run_id"]) for run in runs]

    def _until_sqlite_lets(self, *words: str) -> None:
        """A command of Airflow that SQLite may refuse while the scheduler writes: Airflow then takes its half back."""
        for _ in range(REFUSALS):
            try:
                self.airflow.command(*words)
            except RuntimeError as error:
                if "database is locked" not in str(error):
                    raise
                time.sleep(1)
            else:
                return
        raise AssertionError(f"SQLite refused airflow {' '.join(words)} {REFUSALS} times")

    def _finished(self, run: str) -> Run:
        until = time.monotonic() + PATIENCE
        while (told := self.airflow.ask("GET", f"dags/vigie_nightly/dagRuns/{run}"))["state"] not in DONE:
            assert time.monotonic() < until, f"{run} is still {told['state']}: see the logs in {self.folder}"
            time.sleep(0.3)
        found = self.airflow.ask("GET", f"dags/vigie_nightly/dagRuns/{run}/taskInstances")["task_instances"]
        tasks = {(task["task_id"], task["map_index"]): task for task in found}
        publication = (self.folder / "var" / "published" / "vigie.duckdb").resolve()
        return Run(run, told["state"], told["logical_date"], tasks, publication)

    def metadata(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Rows of Airflow's own database, as it keeps them."""
        with closing(sqlite3.connect(self.folder / "airflow" / "airflow.db", timeout=60)) as db:
            return db.execute(query, values).fetchall()

    def wait_for(self, path: Path, seconds: float = 120.0) -> Path:
        until = time.monotonic() + seconds
        while not path.exists():
            assert time.monotonic() < until, f"{path.name} did not come"
            time.sleep(0.3)
        return path


@contextmanager
def chat(messages: list[dict[str, Any]]) -> Iterator[str]:
    """An incoming hook as chats have them: keeps what is posted; gives its address."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/hook"
        server.shutdown()


def write_settings(folder: Path, platforms: str) -> Path:
    text = simulator.settings_toml(platforms)
    for reference, kept_by_airflow in REFERENCES.items():
        assert reference in text
        text = text.replace(reference, kept_by_airflow)
    settings = folder / "vigie.toml"
    settings.write_text(text + SCHEDULE, encoding="utf-8")
    return settings


def environment(folder: Path, hook: str) -> dict[str, str]:
    """Of this process, without anybody's Airflow or Vigie; secrets, where they are not left to Airflow."""
    readers = folder / "readers"
    for name in ("readers", "seen"):
        (folder / name).mkdir()
    (readers / "reader.py").write_text(CONSUMER, encoding="utf-8")
    (readers / "late.py").write_text(LATE, encoding="utf-8")
    bundle = "airflow.dag_processing.bundles.local.LocalDagBundle"
    bundles = [{"name": "vigie", "classpath": bundle, "kwargs": {"path": str(FOLDER)}}]
    bundles += [{"name": "readers", "classpath": bundle, "kwargs": {"path": str(readers)}}]
    secrets = simulator.environment()
    left_to_airflow = {reference.removeprefix("env:") for reference in REFERENCES}
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "VIGIE"))},
        **{name: value for name, value in secrets.items() if name not in left_to_airflow},
        "AIRFLOW_CONN_VIGIE_MATOMO": json.dumps({"conn_type": "http", "password": secrets["VIGIE_SIM_MATOMO_TOKEN"]}),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
        "PUBLICATIONS_SEEN": str(folder / "seen"),
        "VIGIE_TEST_WEBHOOK": hook,
    }


def sign_in(passwords: Path) -> dict[str, str]:
    """Airflow asks for a name and a password, as one that others reach does; without a role one may see nothing."""
    passwords.write_text(json.dumps(dict((ADMIN, GUEST))), encoding="utf-8")
    return {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN[0]}:admin,{GUEST[0]}:",
    }


@contextmanager
def stage(folder: Path, instead: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """Everything up, the DAG known and its connection made; everything down afterwards.

    ``instead`` are settings of Airflow that replace those of ``make airflow``.
    """
    secrets, alerts = simulator.environment(), list[dict[str, Any]]()
    with chat(alerts) as hook, simulator.serve() as platforms:
        settings = write_settings(folder, platforms.url)
        given, users = environment(folder, hook), sign_in(folder / "passwords.json")
        with local_airflow(folder / "airflow", settings, given, instead=users | dict(instead or {})) as here:
            airflow = AirflowClient(here.url, here.environment, *ADMIN)
            _keep_credentials(airflow, secrets)
            _wait_for_dags(airflow, "vigie_nightly", "reader_of_publications", "late_night")
            yield Stage(folder, airflow, platforms, alerts)


def _keep_credentials(airflow: AirflowClient, secrets: Mapping[str, str]) -> None:
    """As the form of the shop's connection type sends them."""
    typed = {
        "connection_id": "vigie_shop",
        "conn_type": "vigie_woocommerce",
        "password": secrets["VIGIE_SIM_WOOCOMMERCE_KEY"],
        "extra": json.dumps({"secret": secrets["VIGIE_SIM_WOOCOMMERCE_SECRET"]}),
    }
    airflow.ask("POST", "connections", typed)


def _wait_for_dags(airflow: AirflowClient, *names: str) -> None:
    until = time.monotonic() + PATIENCE
    for name in names:
        while True:
            try:
                airflow.ask("GET", f"dags/{name}")
                break
            except HTTPError:
                errors = airflow.ask("GET", "importErrors")["import_errors"]
                if errors or time.monotonic() > until:
                    raise RuntimeError(f"the DAG {name} is not there: {errors}") from None
                time.sleep(0.3)
