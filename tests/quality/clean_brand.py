"""An ordinary brand: three weeks of clean nights, and the marts that the project's SQL makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import models, sources, warehouse

if TYPE_CHECKING:
    import duckdb

ROOT = Path(__file__).resolve().parents[2]
EXPECTATIONS = ROOT / "expectations"
SQL = ROOT / "sql"
# Nights of one platform each, found by listing the folder.
PLATFORMS = Path(__file__).parent / "platforms"
# The visits of the ordinary brand one by one, and whom it compares itself with: its marts need them too.
OF_THE_MARTS = tuple(PLATFORMS / f"{name}.sql" for name in ("matomo", "mastodon"))
CONTRACTS = sorted((SQL / "staging" / "contract").glob("*.sql"))


def staging_relations() -> list[str]:
    """The staging relations that hold observations of a night: those that gate 1 reads."""
    files = sorted((SQL / "staging").glob("*.sql"))
    return [f"staging.{file.stem}" for file in files if not file.stem.endswith("_daily_stream")]


def marts() -> list[str]:
    """The published relations: those that gate 2 reads."""
    return sorted(f"{folder}.{file.stem}" for folder in ("kpi", "conversion") for file in (SQL / folder).glob("*.sql"))


def stage(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Nights that wait for gate 1. Staging relations are tables here: any fault fits into a table."""
    con.execute("set timezone = 'UTC'")
    warehouse.ensure_tables(con, {name: sources.module(name) for name in sources.names()})
    con.execute("create schema staging")
    for relation in staging_relations():
        contracts = [file for file in CONTRACTS if relation.endswith(f"_{file.stem}")]
        contract = max(contracts, key=lambda file: len(file.stem))
        con.execute(f"create table {relation} as {contract.read_text('utf-8')}")
    con.execute(Path(__file__).with_name("clean_nights.sql").read_text("utf-8"))
    for nights in OF_THE_MARTS:
        con.execute(nights.read_text("utf-8"))
    return counted(con)


def counted(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Every unit-night of the ledger has landed some records."""
    con.execute("update ops.ledger set records = 40 where records is null")
    return con


def stage_every_platform(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same, with the nights of every platform that has a file of its own."""
    stage(con)
    for nights in sorted({*PLATFORMS.glob("*.sql")} - {*OF_THE_MARTS}):
        con.execute(nights.read_text("utf-8"))
    return counted(con)


def build(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Everything above staging, in full."""
    con.execute(Path(__file__).with_name("clean_seeds.sql").read_text("utf-8"))
    tables = set(staging_relations())
    chosen = [model for model in models.read(SQL) if model.relation not in tables]
    models.build(con, chosen, models.rebuild_days(chosen, {}, None, full=True))
    return con
