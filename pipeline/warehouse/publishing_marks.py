"""Which days of each table moved since readers were last given them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from pipeline.warehouse.inserting import insert
from pipeline.warehouse.seeds import get_meta, set_meta
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PUBLISHED, _MOVED = "published", "moved "


def mark_moved(con: DuckDBPyConnection, days: Mapping[str, date]) -> None:
    """Rows of these tables from these days on were built anew; in the caller's transaction."""
    known = _moved(con)
    marks = {_MOVED + table: min(day, known.get(table, day)).isoformat() for table, day in days.items()}
    with transaction(con):
        con.execute("delete from ops.meta where key in (select unnest($keys))", {"keys": [*marks]})
        insert(con, "ops.meta", None, [*marks.items()])


def mark_published(con: DuckDBPyConnection, generation: str) -> None:
    """Readers have everything up to now, as this generation."""
    with transaction(con):
        con.execute("delete from ops.meta where starts_with(key, ?)", [_MOVED])
        set_meta(con, _PUBLISHED, generation)


def moved_since_publication(con: DuckDBPyConnection, generation: str) -> dict[str, date] | None:
    """The first day that moved, of each table that has one, since ``generation``.

    None when another generation was published last, as after a rollback or a crash: then nobody knows.
    """
    return _moved(con) if get_meta(con, _PUBLISHED) == generation else None


def _moved(con: DuckDBPyConnection) -> dict[str, date]:
    rows = con.execute("select key, value from ops.meta where starts_with(key, ?)", [_MOVED]).fetchall()
    return {str(key).removeprefix(_MOVED): date.fromisoformat(value) for key, value in rows}
