"""One gate for all tests of a process: Great Expectations is imported once, connections change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.quality import Gate

EXPECTATIONS = Path(__file__).resolve().parents[2] / "expectations"


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
