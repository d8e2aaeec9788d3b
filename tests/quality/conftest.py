"""Clean warehouses made once, and the gate of the steps: Great Expectations is imported once, connections change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline import simulator, steps
from pipeline.quality import Gate
from pipeline.simulator.platforms import DEMONSTRATED
from pipeline.steps import gates
from tests.quality.clean_brand import build, stage, stage_every_platform


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.fixture(scope="session")
def project_gate() -> Gate:
    """The gate over the project's own suites; a test rebinds it to its warehouse."""
    return gates.gate(duckdb.connect())


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> steps.Project:
    """A project whose landing holds nothing: whoever is set aside has nothing to go back to."""
    file = Path(tmp_path_factory.mktemp("project")) / "vigie.toml"
    file.write_text(simulator.settings_toml("http://127.0.0.1:1", platforms=DEMONSTRATED), encoding="utf-8")
    return steps.open_project(file, simulator.environment())


@pytest.fixture(scope="session")
def clean_nights() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield stage_every_platform(connection)


@pytest.fixture(scope="session")
def clean_marts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield build(stage(connection))


@pytest.fixture
def staged(clean_nights: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Clean nights that wait for gate 1, inside a transaction that is rolled back."""
    clean_nights.execute("begin")
    yield clean_nights
    clean_nights.execute("rollback")


@pytest.fixture
def built(clean_marts: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Clean marts, built from the same nights by the project's own SQL, inside a transaction likewise."""
    clean_marts.execute("begin")
    yield clean_marts
    clean_marts.execute("rollback")
