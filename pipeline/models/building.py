"""Build models in the caller's open transaction: views that changed, tables that moved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

from pipeline.errors import ModelError
from pipeline.models.days import FIRST_DAY
from pipeline.models.model import WHOLE, Model

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class ModelBuild:
    """One table that was built: rows written, seconds, and the day from which rows were replaced.

    ``rebuild_from`` is FIRST_DAY where all of the table was.
    """

    relation: str
    rows: int
    seconds: float
    rebuild_from: date


def build(
    con: DuckDBPyConnection,
    models: Sequence[Model],
    days: Mapping[str, date | None],
    on_model: Callable[[ModelBuild], None] = lambda _: None,
) -> list[ModelBuild]:
    """Bring the relations up to date, in the order of ``models``, in the caller's transaction.

    ``days`` comes from ``rebuild_days``; a table that does not exist yet is built in full whatever it
    says. Raises ModelError with the SQL file and DuckDB's message; nothing is rolled back here.
    """
    for schema in sorted({model.relation.partition(".")[0] for model in models}):
        con.execute(f"create schema if not exists {schema}")
    _views(con, [model for model in models if model.kind == "view"])
    present, reach = _tables(con), _Reach(con)
    built = []
    for model in models:
        if model.kind == "view":
            continue
        day = days.get(model.relation)
        if model.relation not in present:
            day = FIRST_DAY
        if day is None:
            continue
        done = _table(con, model, FIRST_DAY if model.rebuild == WHOLE else day, reach)
        built.append(done)
        on_model(done)
    return built


def _views(con: DuckDBPyConnection, views: Sequence[Model]) -> None:
    """Create views again only when one of them changed: a view keeps the columns it was made with."""
    marks = {view.relation: hashlib.sha256(view.sql.encode()).hexdigest() for view in views}
    rows = con.execute(
        "select schema_name || '.' || view_name, comment from duckdb_views()"
        " where not internal and database_name = current_database()"
    ).fetchall()
    if marks.items() <= dict(rows).items():
        return
    for view in views:
        _execute(con, view, f"create or replace view {view.relation} as\n{view.sql}")
        _execute(con, view, f"comment on view {view.relation} is '{marks[view.relation]}'")


def _tables(con: DuckDBPyConnection) -> frozenset[str]:
    rows = con.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()"
    ).fetchall()
    return frozenset(row[0] for row in rows)


class _Reach:
    """The earliest day that an accepted night from a day on has read: asked once for each day."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con
        self._known = {FIRST_DAY: FIRST_DAY}
        self.told: date | None = None  # the day that the SQL was last told

    def of(self, day: date) -> date:
        if day not in self._known:
            row = self._con.execute(
                "select min(window_since) from ops.ledger where state = 'passed' and night >= ?", [day]
            ).fetchone()
            self._known[day] = day if row is None or row[0] is None else min(day, row[0])
        return self._known[day]


def _table(con: DuckDBPyConnection, model: Model, day: date, reach: _Reach) -> ModelBuild:
    start = perf_counter()
    day = _limits(con, model, day, reach)
    with computed(con, model, day):
        rows = _rows(con, model, day)
    return ModelBuild(model.relation, rows, perf_counter() - start, day)


def _rows(con: DuckDBPyConnection, model: Model, day: date) -> int:
    if day <= FIRST_DAY:
        return _execute(con, model, f"create or replace table {model.relation} as\n{model.sql}")
    moved = f"{model.rebuild} >= date '{day}'"
    _execute(con, model, f"delete from {model.relation} where {moved}")  # noqa: S608 - our own files' names
    return _execute(con, model, f"insert into {model.relation}\nselect * from (\n{model.sql}\n) where {moved}")


@contextmanager
def computed(con: DuckDBPyConnection, model: Model, day: date) -> Iterator[None]:
    """While the model is built, ``temp.<name>`` holds what its statistics make of the rows from ``day`` on."""
    if model.computed is None:
        yield
        return
    from pipeline.stats.tables import TABLES

    if model.computed not in TABLES:
        raise ModelError(f"{model.name}: nothing computes {model.computed!r}: there are {', '.join(sorted(TABLES))}")
    con.register(model.computed, TABLES[model.computed](con, day))
    try:
        yield
    finally:
        con.unregister(model.computed)


def _limits(con: DuckDBPyConnection, model: Model, day: date, reach: _Reach) -> date:
    """Set the two days that the SQL limits its inputs by, and give the first.

    ``rebuild_from`` is the first day that is built anew; ``read_from`` the earliest day that a night
    from then on has read.
    """
    if model.reach:
        day = reach.of(day)
    if model.whole_months and day > FIRST_DAY:
        day = day.replace(day=1)
    if model.also and day > FIRST_DAY:
        found = _run(con, model, model.also).fetchone()
        day = min(day, found[0]) if found and found[0] else day
    if reach.told != day:
        _execute(con, model, f"set variable rebuild_from = date '{day}'")
        _execute(con, model, f"set variable read_from = date '{reach.of(day)}'")
        reach.told = day
    return day


def _execute(con: DuckDBPyConnection, model: Model, sql: str) -> int:
    """Run a statement; the number of rows it wrote, 0 where it writes none."""
    row = _run(con, model, sql).fetchone()
    return int(row[0]) if row and isinstance(row[0], int) else 0


def _run(con: DuckDBPyConnection, model: Model, sql: str) -> DuckDBPyConnection:
    try:
        return con.execute(sql)
    except Exception as error:
        # duckdb is imported only where the warehouse is opened, so its errors are told by their module
        if type(error).__module__.partition(".")[0] not in {"duckdb", "_duckdb"}:
            raise
        if type(error).__name__ == "OutOfMemoryException":
            raise ModelError(
                f"{model.name}: needs more memory than memory_limit under [storage] allows: raise it"
                f" ({str(error).partition(chr(10))[0]})"
            ) from error
        raise ModelError(f"{model.name}: {error}") from error
