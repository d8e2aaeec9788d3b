"""What people open is opened by the oldest DuckDB that the file promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipeline.publish import Table, publish
from tests.integration.drivers import installed

READ = """
import json, sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
rows = con.execute("select post_id, day, reach, money, at from kpi.post order by 1").fetchall()
print(json.dumps([duckdb.__version__, [[str(v) for v in row] for row in rows]]))
"""


def test_duckdb_1_2_reads_the_published_file(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        con.execute("create schema kpi")
        con.execute(
            "create table kpi.post as select 'p' || i as post_id, date '2026-11-01' as day, i::bigint as reach, "
            "1.25::decimal(18, 4) as money, timestamp '2026-11-02 03:00:00' as at from range(3) t(i)"
        )
        tables = {"kpi.post": Table("day", ("post_id",))}
        night, at = date(2026, 11, 2), datetime(2026, 11, 3)
        done = publish(con, tmp_path / "published", tables, night=night, code_version="test", published_at=at)
    old = installed("oldest-driver.txt", tmp_path)
    shown = subprocess.run(
        [sys.executable, "-c", READ, str(done.path)],
        env={**os.environ, "PYTHONPATH": str(old)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    version, rows = json.loads(shown.stdout)
    assert version.startswith("1.2.")
    assert rows == [[f"p{i}", "2026-11-01", str(i), "1.2500", "2026-11-02 03:00:00"] for i in range(3)]
