from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline import warehouse
from pipeline.settings import Storage
from tests.warehouse.landed import FIRST, SOURCES, Landed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path / "landing")


@pytest.fixture
def con(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with warehouse.open_warehouse(
        tmp_path / "warehouse.duckdb", Storage(), sealed=False, command="test", night=FIRST
    ) as con:
        warehouse.ensure_tables(con, SOURCES)
        yield con


@pytest.fixture
def query(con: DuckDBPyConnection) -> Query:
    return lambda sql, *parameters: con.execute(sql, list(parameters)).fetchall()
