"""Clean warehouses made once, and one gate: Great Expectations is imported once, connections change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline import models, sources, warehouse
from pipeline.quality import Gate

ROOT = Path(__file__).resolve().parents[2]
EXPECTATIONS = ROOT / "expectations"
SQL = ROOT / "sql"
HERE = Path(__file__).parent


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.fixture(scope="session")
def project_gate() -> Gate:
    """The gate over the project's own suites; a test rebinds it to its warehouse."""
    return Gate(duckdb.connect(), EXPECTATIONS)


def staging_relations() -> list[str]:
    """The staging relations that hold observations of a night: those that gate 1 reads."""
    files = sorted((SQL / "staging").glob("*.sql"))
    return [f"staging.{file.stem}" for file in files if not file.stem.endswith("_daily_stream")]


def marts() -> list[str]:
    """The published relations: those that gate 2 reads."""
    return sorted(f"{folder}.{file.stem}" for folder in ("kpi", "conversion") for file in (SQL / folder).glob("*.sql"))


@pytest.fixture(scope="session")
def _staged() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield stage(connection)


@pytest.fixture(scope="session")
def _built() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield build(stage(connection))


@pytest.fixture
def staged(_staged: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Clean nights that wait for gate 1, inside a transaction that is rolled back."""
    _staged.execute("begin")
    yield _staged
    _staged.execute("rollback")


@pytest.fixture
def built(_built: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Clean marts, built from the same nights by the project's own SQL, inside a transaction likewise."""
    _built.execute("begin")
    yield _built
    _built.execute("rollback")


def stage(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Staging relations as tables of their contracts, not views: any fault can be planted in a table."""
    con.execute("set timezone = 'UTC'")
    warehouse.ensure_tables(con, {name: sources.module(name) for name in sources.names()})
    con.execute("create schema staging")
    for relation in staging_relations():
        contract = relation.partition("_")[2]
        con.execute(
            f"create table {relation} as {(SQL / 'staging' / 'contract' / f'{contract}.sql').read_text('utf-8')}"
        )
    con.execute((HERE / "clean_nights.sql").read_text("utf-8"))
    return con


def build(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Everything above staging, in full."""
    con.execute((HERE / "clean_seeds.sql").read_text("utf-8"))
    tables = set(staging_relations())
    chosen = [model for model in models.read(SQL) if model.relation not in tables]
    models.build(con, chosen, models.rebuild_days(chosen, {}, None, full=True))
    return con
