"""The same nights without Airflow: what every other way of running them must publish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipeline import simulator
from tests.nights.replaying import replay

NIGHTS = simulator.night_dates(7, 90)[:3]
Rows = dict[str, list[tuple[Any, ...]]]


def marts(publication: Path) -> Rows:
    """Every row of every published table of ``kpi`` and ``conversion``, in order."""
    con = duckdb.connect(str(publication), read_only=True)
    try:
        names = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('kpi', 'conversion') order by all"
        ).fetchall()
        return {name: con.execute(f"select * from {name} order by all").fetchall() for (name,) in names}
    finally:
        con.close()


def by_hand(folder: Path) -> list[Rows]:
    """What the steps publish of the first two nights, in a folder of their own, with platforms of their own."""
    with replay(folder) as played:
        published = []
        for night in NIGHTS[:2]:
            done = played.night(night).published
            assert done is not None
            published.append(marts(done.publication.path))
        return published


def same(found: Rows, wanted: Rows) -> None:
    """Fail at the first table that differs."""
    assert found.keys() == wanted.keys()
    assert sum(map(len, wanted.values())) > 100
    for name, rows in wanted.items():
        assert found[name] == rows, name
