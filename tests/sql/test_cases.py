"""Every case of this folder on a real DuckDB: only its inputs exist, only its models run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from pipeline import models
from tests.models.warehouse import MODELS, empty_warehouse
from tests.sql.cases import Case, Grid, cases, grid

FIRST = date(1900, 1, 1)
BY_NAME = {model.relation: model for model in MODELS}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield empty_warehouse(con)


@pytest.fixture
def con(warehouse: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    warehouse.execute("begin")
    yield warehouse
    warehouse.execute("rollback")


def columns_of(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {row[0]: row[1] for row in con.execute(f"describe {relation}").fetchall()}


def fill(con: duckdb.DuckDBPyConnection, relation: str, given: Grid) -> None:
    """Make these the rows of the relation. A staging view becomes a table of the same columns."""
    types = columns_of(con, relation)
    if relation.startswith("staging."):
        con.execute(f"create temp table shape as select * from {relation} limit 0")
        con.execute(f"drop view {relation}")
        con.execute(f"create table {relation} as select * from shape")
        con.execute("drop table shape")
    con.execute(f"delete from {relation}")
    names = ", ".join(f'"{name}"' for name in given.columns)
    values = ", ".join(f"cast(? as {types[name]})" for name in given.columns)
    for row in given.rows:
        con.execute(f"insert into {relation} ({names}) values ({values})", list(row))


def run(con: duckdb.DuckDBPyConnection, case: Case) -> None:
    since = case.since or FIRST
    con.execute(f"set variable rebuild_from = date '{since}'")
    con.execute(f"set variable read_from = date '{FIRST}'")
    for relation in case.build:
        model = BY_NAME[relation]
        limit = f" where {model.rebuild} >= date '{since}'" if case.since and model.rebuild != "whole" else ""
        with models.computed(con, model, since):
            con.execute(f"create or replace table {relation} as select * from ({model.sql}){limit}")


def rows(con: duckdb.DuckDBPyConnection, relation: str, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The named columns; floats to ten digits, because a test tells values and not their last bit."""
    chosen = ", ".join(f'"{name}"' for name in names)
    found = con.execute(f"select {chosen} from {relation} order by all").fetchall()
    return [tuple(round(cell, 10) if isinstance(cell, float) else cell for cell in row) for row in found]


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_sql(con: duckdb.DuckDBPyConnection, case: Case) -> None:
    for relation, given in case.given.items():
        fill(con, relation, given)
    run(con, case)
    for relation, expected in case.expect.items():
        con.execute(f"create temp table expected as select * from {relation} limit 0")
        fill(con, "expected", expected)
        assert rows(con, relation, expected.columns) == rows(con, "expected", expected.columns), relation
        con.execute("drop table expected")


def test_a_wrong_expectation_is_noticed(con: duckdb.DuckDBPyConnection) -> None:
    case = next(case for case in cases() if case.expect)
    relation, expected = next(iter(case.expect.items()))
    for name, given in case.given.items():
        fill(con, name, given)
    run(con, case)
    con.execute(f"create temp table expected as select * from {relation} limit 0")
    fill(con, "expected", Grid(expected.columns, expected.rows[1:]))
    assert rows(con, relation, expected.columns) != rows(con, "expected", expected.columns)


def test_a_row_with_a_missing_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        grid("a | b\n1")


def test_every_table_of_people_has_cases() -> None:
    tested = {relation for case in cases() for relation in case.expect}
    marts = {m.relation for m in MODELS if m.relation.startswith(("kpi.", "conversion."))}
    assert marts - tested == set()
