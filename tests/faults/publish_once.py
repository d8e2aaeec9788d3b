"""One publication in a process of its own, so that a test can kill it: ``warehouse publication night``."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipeline.publish import Table, publish

TABLES = {"kpi.post_daily": Table("day", ("post_id", "day")), "kpi.post": Table(None, ("post_id",))}


def main() -> None:
    warehouse, folder, night = sys.argv[1:]
    con = duckdb.connect(warehouse)
    con.execute("set enable_progress_bar = false")
    done = publish(
        con,
        Path(folder),
        TABLES,
        night=date.fromisoformat(night),
        code_version="test",
        published_at=datetime(2026, 11, 3, 3),
    )
    print(done.generation, done.new)


if __name__ == "__main__":
    main()
