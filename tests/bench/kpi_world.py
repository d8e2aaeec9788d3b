"""Three years of a thousand pages in a warehouse, for the benchmark of the KPI models."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench import brand

PAGES, NIGHTS, BUSY = 1000, 1096, 32
"""0.32 posts a page and day, each looked at on 29 evenings: 10,000,000 rows of posts by day."""

PER_SERIES = frozenset({"kpi.forecast", "kpi.forecast_gap", "kpi.anomaly"})
"""What these cost follows from the number of series alone: they are measured by it, and not here."""


def pages(scale: float) -> int:
    return max(2, round(PAGES * scale))


def nights(scale: float) -> int:
    """A scale that leaves few pages has fewer nights."""
    return max(40, round(NIGHTS * min(1.0, scale * 20)))


def fill(warehouse: str, scale: float) -> dict[str, Any]:
    """Everything seen before the new night, and every model built on it."""
    from pipeline import models
    from pipeline import warehouse as database
    from pipeline.steps.seeds import seeds
    from tests.bench.conversion_world import opened

    project = brand.project_of(Path(warehouse).parent, pages(scale))
    last = brand.NIGHT - timedelta(days=1)
    first = last - timedelta(days=nights(scale) - 1)
    with opened(warehouse, sealed=False) as con:
        database.ensure_tables(con, project.sources)
    with opened(warehouse) as con:
        macros(con, scale)
        with database.transaction(con):
            database.write_seeds(con, seeds(project, last))
        read(con, first, last)
        with database.transaction(con):
            found = every()
            models.build(con, found, models.rebuild_days(found, {}, None, full=True))
        rows = con.execute(
            "select (select count(*) from kpi.post_daily), (select count(*) from kpi.account_daily),"
            " (select count(distinct account) from kpi.account_daily)"
        ).fetchall()[0]
    return dict(zip(("post_days", "account_days", "accounts"), rows, strict=True))


def macros(con: Any, scale: float) -> None:
    """What the nights say, as macros of this connection."""
    con.execute(f"set variable pages = {pages(scale)}; set variable busy = {BUSY}")
    for file in ("history.sql", "history_sites.sql"):
        con.execute((Path(__file__).parent / file).read_text(encoding="utf-8"))


def read(con: Any, first: date, last: date) -> dict[str, date]:
    """What these nights say goes into the raw tables and the ledger; by table the earliest day of it."""
    from pipeline import sources
    from pipeline import warehouse as database
    from tests.bench.history import made_streams, note_nights, store

    moved: dict[str, date] = {}
    with database.transaction(con):
        for platform, stream in made_streams(con, {name: sources.module(name) for name in brand.PLATFORMS}):
            store(con, platform, stream, first, last)
            table = f"raw.{platform}_{stream.name}"
            moved[table] = con.execute(f"select min(_day) from {table} where _night >= date '{first}'").fetchall()[0][0]
        note_nights(con, first, last)
    return moved


def every() -> list[Any]:
    """The models of a brand with these platforms, without those that are measured by their series."""
    from pipeline import models
    from pipeline.steps.project import resource_folder

    left, found = set(PER_SERIES), []
    for model in models.of_platforms(models.read(resource_folder("sql")), brand.PLATFORMS):
        if model.relation in left or left & model.depends_on:
            left.add(model.relation)
        else:
            found.append(model)
    return found


def measured() -> list[Any]:
    """Those of them that are KPI tables, and all that these rest on, in build order."""
    found = every()
    needed = {model.relation for model in found if model.relation.startswith("kpi.")}
    for model in reversed(found):
        if model.relation in needed:
            needed |= model.depends_on
    return [model for model in found if model.relation in needed]
