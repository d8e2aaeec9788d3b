"""A warehouse without a row, in memory: what SQL is planned against when no night is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from pipeline.warehouse.tables import OPS, SEED, ensure_tables, raw

if TYPE_CHECKING:
    from pipeline.streams import Source


@contextmanager
def empty(sources: Mapping[str, Source]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Raw, ops, quality and seed tables of these sources; gone when the block ends."""
    with duckdb.connect() as con:
        ensure_tables(con, sources)
        yield con


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """The columns of ``schema.name`` with their types, in their order; none where there is no such relation."""
    schema, _, name = relation.partition(".")
    rows = con.execute(
        "select column_name, data_type from duckdb_columns()"
        " where database_name = current_database() and schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    return dict(rows)


def given_columns(sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """The columns of all that no model makes (raw, ops, seed), without any database."""
    return {name: tuple(columns) for name, columns in {**OPS, **SEED, **raw(sources)}.items()}
