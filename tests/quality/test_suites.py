"""The suites as data: complete, readable by Great Expectations alone, and without anything personal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb
import pytest

from pipeline import models, sources, warehouse
from pipeline.quality import Gate
from tests.quality.clean_brand import EXPECTATIONS, SQL, marts, staging_relations

NIGHT = date(2026, 11, 2)
FILES = sorted(EXPECTATIONS.glob("*.json"))
RELATIONS = [*staging_relations(), *marts()]


def content(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text("utf-8")))


def test_each_staging_relation_and_each_mart_has_its_suite_and_nothing_else_has() -> None:
    assert [file.stem for file in FILES] == sorted(RELATIONS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_great_expectations_reads_a_suite_without_us(file: Path, project_gate: Gate) -> None:
    from great_expectations import ExpectationSuite

    written = content(file)
    suite = ExpectationSuite(**written)
    assert [expectation.id for expectation in suite.expectations] == [each["id"] for each in written["expectations"]]
    assert [expectation.severity for expectation in suite.expectations] == [
        each["severity"] for each in written["expectations"]
    ]


@pytest.fixture(scope="module")
def empty() -> duckdb.DuckDBPyConnection:
    """The whole warehouse as the project's SQL makes it, real staging views too, without a record."""
    con = duckdb.connect()
    warehouse.ensure_tables(con, {name: sources.module(name) for name in sources.names()})
    every = models.read(SQL)
    models.build(con, every, models.rebuild_days(every, {}, None, full=True))
    return con


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_and_column_that_a_suite_names_exists(
    empty: duckdb.DuckDBPyConnection, project_gate: Gate, relation: str
) -> None:
    project_gate.rebind(empty)
    gate: Literal[1, 2] = 1 if relation.startswith("staging.") else 2
    report = project_gate.check(gate, {relation: None}, night=NIGHT, run_id="r1")
    columns = {row[0] for row in empty.execute(f"describe {relation}").fetchall()} | {"end_time"}
    named = {name for row in report.results if row.column for name in row.column.split(", ")}
    assert named <= columns
