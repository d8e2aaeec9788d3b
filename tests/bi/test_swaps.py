"""Five hundred publications swapped while everybody reads: no error, no mixture of two, nobody is refused.

Every value that readers look at is the number of its generation, so an answer that mixes two would show it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from pipeline import publish
from pipeline.publish import Table
from pipeline.publish.generations import FILE
from tests.bi import superset as real
from tests.bi.polling import ASKED
from tests.bi.superset import ROOT, Superset
from tests.nights.replaying import Replay

pytestmark = pytest.mark.servers

SWAPS, READERS, FIRST = 500, 4, date(2024, 1, 1)
# Tables of the dashboards, as the last real publication has them; a part of the rows, so that a swap is a swap.
TABLES = {"kpi.account_daily": "followers", "kpi.coverage_daily": "rows", "kpi.post": "reach"}
CHARTS = {
    "kpi.account_daily": 'sum("impressions")', "kpi.coverage_daily": 'sum("rows")', "kpi.post": "count(*)",
}  # fmt: skip


@contextmanager
def warehouse(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with some of the rows of a real publication."""
    with duckdb.connect() as con:
        con.execute(f"attach '{published}' as real (read_only)")
        con.execute("create schema kpi")
        for table in TABLES:
            con.execute(f"create table {table} as select * from real.{table} order by all limit 200")
        con.execute("detach real")
        yield con


def publish_next(con: duckdb.DuckDBPyConnection, folder: Path, number: int) -> None:
    """One publication by the code of every night, whose every looked-at value is its own number."""
    for table, column in TABLES.items():
        con.execute(f'update {table} set "{column}" = {number}')
    night = FIRST + timedelta(days=number)
    done = publish.publish(
        con, folder, {name: Table() for name in TABLES}, night=night, code_version="swap",
        published_at=datetime.combine(night, datetime.min.time(), UTC),
    )  # fmt: skip
    assert done.new
    assert int(done.generation.rpartition("-")[2]) == number


class Asking(threading.Thread):
    """Asks Superset for charts and in SQL Lab, one after the other, until it is told to stop."""

    def __init__(self, superset: Superset) -> None:
        super().__init__()
        self.superset, self.stop = superset, threading.Event()
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []
        self.seen: list[int] = []
        datasets = self._get("dataset/?q=(page_size:100)")
        self.datasets = {f"{each['schema']}.{each['table_name']}": each["id"] for each in datasets}
        (self.database,) = [each["id"] for each in self._get("database/") if each["database_name"] == "Vigie"]

    def _get(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.superset.session.get(f"{self.superset.url}/api/v1/{path}").json()["result"]
        return found

    def _post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return self.superset.session.post(f"{self.superset.url}/api/v1/{path}", json=body, timeout=120)

    def run(self) -> None:
        while not self.stop.is_set():
            for table, metric in CHARTS.items():
                self._chart(table, metric)
            self._lab()

    def _chart(self, table: str, metric: str) -> None:
        asked = {"expressionType": "SQL", "sqlExpression": metric, "label": "asked"}
        query = {"columns": ["platform"], "metrics": [asked], "row_limit": 1000}
        answer = self._post("chart/data", {
            "datasource": {"id": self.datasets[table], "type": "table"}, "queries": [query], "result_format": "json",
            "result_type": "full", "force": True,
        })  # fmt: skip
        rows = answer.json()["result"][0]["rowcount"] if answer.status_code == 200 else 0
        if rows:
            self.answers["charts"] += 1
        else:
            self.faults.append(f"{table}: {answer.status_code} {answer.text[:300]}")

    def _lab(self) -> None:
        answer = self._post("sqllab/execute/", {"database_id": self.database, "sql": ASKED, "runAsync": False})
        if answer.status_code != 200:
            self.faults.append(f"SQL Lab: {answer.status_code} {answer.text[:300]}")
            return
        numbers = list(answer.json()["data"][0].values())
        self.answers["mixed"] += len(set(numbers)) != 1
        self.answers["queries"] += 1
        self.seen.append(numbers[0])


def test_five_hundred_swaps_are_noticed_by_nobody(brand: Replay, superset: Superset, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    with real.folder() as home, warehouse(brand.project.settings.paths.publication / FILE) as con:
        publish_next(con, home, 1)
        superset.read(home)
        words = [sys.executable, "-m", "tests.bi.polling", str(home / FILE), str(stop)]
        readers = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
        asking = Asking(superset)
        try:
            asking.start()
            began = time.monotonic()
            for number in range(2, SWAPS + 2):
                publish_next(con, home, number)
            took = time.monotonic() - began
        finally:
            asking.stop.set()
            stop.touch()
            told = [json.loads(reader.communicate(timeout=120)[0]) for reader in readers]
            asking.join(timeout=120)
            superset.read(brand.project.settings.paths.publication)
    print(f"{SWAPS} swaps in {took:.1f} s")
    print(*told, dict(asking.answers), f"generations {len(set(asking.seen))}", sep="\n")
    assert asking.faults == []
    assert asking.answers["mixed"] == 0
    assert asking.seen == sorted(asking.seen)
    for reader in told:
        assert (reader["errors"], reader["mixed"], reader["backward"]) == ({}, 0, 0)
    # Both sides were at work: generations went by under every reader, and under Superset.
    assert all(reader["generations"] > READERS for reader in told)
    assert len(set(asking.seen)) > READERS
