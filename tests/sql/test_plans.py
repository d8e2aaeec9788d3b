"""How DuckDB runs the models: a join looks its rows up, it does not compare every row with every other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipeline import models
from tests.models.warehouse import MODELS, empty_warehouse

TABLES = [model for model in MODELS if model.kind == "table"]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        empty_warehouse(con)
        con.execute("set variable rebuild_from = date '1900-01-01'; set variable read_from = date '1900-01-01'")
        yield con


def compared_row_by_row(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """The conditions with an equality that are tried on every pair of rows, where a key could be looked up.

    A side of one row is joined without an equality.
    """
    told = con.execute(f"explain (format json) {sql}").fetchall()[0][1]
    joins = [node["extra_info"] for node in _nodes(json.loads(told)) if node["name"] == "BLOCKWISE_NL_JOIN"]
    return [str(join["Condition"]) for join in joins if " = " in str(join["Condition"])]


def _nodes(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _nodes(node["children"])


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.relation)
def test_no_model_compares_every_row_with_every_other(
    warehouse: duckdb.DuckDBPyConnection, model: models.Model
) -> None:
    with models.computed(warehouse, model, models.FIRST_DAY):
        assert compared_row_by_row(warehouse, model.sql) == []


def test_a_condition_on_the_kept_side_of_an_outer_join_is_noticed(warehouse: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "select a.day from core.visit_day as a left join core.cost_day as b"
        " on a.day = b.day and a.platform <> 'facebook'"
    )
    (condition,) = compared_row_by_row(warehouse, sql)
    assert "platform" in condition
