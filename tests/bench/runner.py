"""What the model runner adds to DuckDB: twenty-five tiny models, and their SELECTs alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.measure import Line, alternate, child, folder, median, peak, runs

MODELS = 25
NAMES = ("runner",)


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """Not scaled: nothing here grows with data."""
    with folder("runner") as place:
        _write_models(place / "sql")
        mine, bare = alternate(
            lambda: child("runner:ours", sql=place / "sql"),
            lambda: child("runner:selects", sql=place / "sql"),
            runs(scale),
        )
    extra = median(mine) - median(bare)
    yield Line(
        "runner",
        extra / 1.0,
        1,
        median(mine),
        peak(mine),
        {
            "peer_seconds": median(bare),
            "extra_seconds": extra,
            "models": MODELS,
            "night_seconds": median(mine, "night_seconds"),
        },
    )


def _write_models(sql: Path) -> None:
    """A chain with branches: each reads its predecessor and the one before, as marts do."""
    (sql / "core").mkdir(parents=True)
    for nth in range(MODELS):
        before = [f"select day, value + {nth} as value from core.step_{m:02d}" for m in (nth - 1, nth - 2) if m >= 0]
        source = "\nunion all\n".join(before) if before else "select date '2026-11-02' as day, 1 as value"
        (sql / "core" / f"step_{nth:02d}.sql").write_text(
            f"-- grain: one row per day\n-- key: day\n-- rebuild: day\nwith rows as (\n{source}\n)\n\n"
            "select\n    day,\n    sum(value % 1000) as value\nfrom rows\ngroup by day\n",
            encoding="utf-8",
        )


def ours(sql: str) -> dict[str, Any]:
    """Import, read, order, build: all that a process does before and after DuckDB's own work.

    ``night_seconds`` is a second build in the same process, of the newest day alone.
    """
    from datetime import date

    con = _database()
    start = time.perf_counter()
    from pipeline import models

    found = models.read(Path(sql))
    _build(con, found, models.rebuild_days(found, {}, None, full=True))
    seconds = time.perf_counter() - start
    night = time.perf_counter()
    found = models.read(Path(sql))
    _build(con, found, dict.fromkeys((model.relation for model in found), date(2026, 11, 2)))
    return {"seconds": seconds, "night_seconds": time.perf_counter() - night}


def _build(con: Any, found: Any, days: Any) -> None:
    from pipeline import models

    con.execute("begin")
    if len(models.build(con, found, days)) != MODELS:
        raise SystemExit("not every model was built")
    con.execute("commit")


def selects(sql: str) -> dict[str, Any]:
    """The same SELECTs in DuckDB alone, in the order of their names."""
    con = _database()
    start = time.perf_counter()
    con.execute("begin; create schema core")
    for file in sorted((Path(sql) / "core").glob("*.sql")):
        con.execute(f"create table core.{file.stem} as {file.read_text(encoding='utf-8')}")
    con.execute("commit")
    return {"seconds": time.perf_counter() - start}


def _database() -> Any:
    import duckdb

    con = duckdb.connect()
    con.execute("create schema ops; create table ops.ledger (state varchar, night date, window_since date)")
    return con
