"""A warehouse for tests of models: the project's own tables and SQL, nothing in them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from pipeline import models, sources, warehouse

SQL: Final = Path(__file__).resolve().parents[2] / "sql"
SOURCES: Final = {name: sources.module(name) for name in sources.names()}
MODELS: Final = models.read(SQL)


def given_tables(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Raw, ops and seed tables, empty but for what the sources themselves say."""
    con.execute("set TimeZone = 'UTC'")
    warehouse.ensure_tables(con, SOURCES)
    warehouse.write_seeds(
        con,
        {
            "platform": (
                ("platform", "kind", "restatement_days", "default_time_zone"),
                [(name, s.KIND, s.RESTATEMENT_DAYS, s.TIME_ZONE) for name, s in SOURCES.items()],
            ),
            "stream": (
                ("platform", "stream", "optional"),
                [(name, s.name, s.optional) for name, source in SOURCES.items() for s in source.STREAMS],
            ),
            "brand": (
                ("brand", "reporting_currency", "time_zone", "growth_base"),
                [("Atelier Marin", "EUR", "Europe/Paris", None)],
            ),
        },
    )
    return con


def empty_warehouse(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Every model built on empty inputs."""
    given_tables(con)
    con.execute("begin")
    models.build(con, MODELS, models.rebuild_days(MODELS, {}, None, True))
    con.execute("commit")
    return con


def columns_of(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Every relation of a warehouse → its columns, in order."""
    found: dict[str, list[str]] = {}
    for schema, table, column in con.execute(
        "select table_schema, table_name, column_name from information_schema.columns order by ordinal_position"
    ).fetchall():
        found.setdefault(f"{schema}.{table}", []).append(column)
    return found
