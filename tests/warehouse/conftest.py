from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.warehouse.landed import Landed, opened

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path / "landing")


@pytest.fixture
def con(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with opened(tmp_path / "warehouse.duckdb") as con:
        yield con


@pytest.fixture
def query(con: DuckDBPyConnection) -> Query:
    return lambda sql, *parameters: con.execute(sql, list(parameters)).fetchall()
