"""The dashboards' export: written from the definition, of columns that the marts have, adding up only what may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
import pytest
import sqlglot
import yaml
from sqlglot import exp

from docker.superset.build import EXPORT, PUBLISH, build, columns, definition, text
from pipeline import registry
from pipeline.steps.suites import empty_warehouse
from tests.docker.composed import ROOT

SAID = definition()
REGISTRY = registry.read(ROOT / "sql" / "metrics.yml")


@cache
def tables() -> dict[str, dict[str, str]]:
    return columns(SAID["datasets"])


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    return build(SAID, tables())


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table that is published, without a row."""
    with empty_warehouse() as con:
        con.execute(
            "create table main._publish (" + ", ".join(f'"{name}" {kind}' for name, kind in PUBLISH.items()) + ")"
        )
        yield con


def test_the_export_is_what_the_definition_says(files: dict[str, Any]) -> None:
    kept = {str(file.relative_to(EXPORT)): file.read_text("utf-8") for file in EXPORT.rglob("*.yaml")}
    assert kept == {path: text(content) for path, content in files.items()}, "make dashboards writes it anew"


def test_it_reads_the_publication_and_writes_nothing(files: dict[str, Any]) -> None:
    (database,) = [content for path, content in files.items() if path.startswith("databases/")]
    assert database["sqlalchemy_uri"].endswith("/published/vigie.duckdb?access_mode=read_only")
    assert not any(allowed for key, allowed in database.items() if key.startswith("allow_"))


def test_every_chart_is_on_a_dashboard_and_every_row_is_full(files: dict[str, Any]) -> None:
    shown = [name for of in SAID["dashboards"].values() for row in of["rows"] for name in row]
    assert sorted(shown) == sorted(SAID["charts"])
    assert {sum(row.values()) for of in SAID["dashboards"].values() for row in of["rows"]} == {12}


@pytest.mark.parametrize("name", SAID["charts"])
def test_a_chart_can_be_asked_of_the_marts(name: str, files: dict[str, Any], empty: duckdb.DuckDBPyConnection) -> None:
    """Its columns, its metrics and its condition are planned by DuckDB: a column that was renamed is found here."""
    said = SAID["charts"][name]
    dataset = files[f"datasets/Vigie/{said['of']}.yaml"]
    metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    made = {column["column_name"]: column.get("expression") for column in dataset["columns"]}
    shown = [made[column] or f'"{column}"' for column in (*said.get("by", ()), *said.get("columns", ()))]
    asked = [*shown, *(f"{metrics[metric]} as m{number}" for number, metric in enumerate(said.get("metrics", ())))]
    groups = f"group by {', '.join(shown)}" if shown and said.get("metrics") else ""
    empty.execute(f"select {', '.join(asked)} from {said['of']} where {said.get('where', 'true')} {groups}")


@pytest.mark.parametrize("relation", SAID["datasets"])
def test_every_metric_can_be_asked_of_its_mart(
    relation: str, files: dict[str, Any], empty: duckdb.DuckDBPyConnection
) -> None:
    for metric in files[f"datasets/Vigie/{relation}.yaml"]["metrics"]:
        empty.execute(f"select {metric['expression']} from {relation}")


@pytest.mark.parametrize(
    ("chart", "column"), [("campaigns", "margin_per_cost"), ("hours", "hour"), ("audience", "followers")]
)
def test_a_column_that_was_renamed_is_named(chart: str, column: str) -> None:
    relation = SAID["charts"][chart]["of"]
    renamed = {f"{name}_now" if name == column else name: kind for name, kind in tables()[relation].items()}
    with pytest.raises(ValueError, match=rf"{chart}: {re.escape(relation)} has no {column}"):
        build(SAID, {**tables(), relation: renamed})


@pytest.mark.parametrize("relation", SAID["datasets"])
def test_nothing_is_added_up_that_may_not_be(relation: str, files: dict[str, Any]) -> None:
    """Summed is what the registry calls additive, and a denominator below the line of a ratio; rates have no mean."""
    below = set(SAID["datasets"][relation].get("denominators", ()))
    for metric in files[f"datasets/Vigie/{relation}.yaml"]["metrics"]:
        tree = sqlglot.parse_one(metric["expression"], dialect="duckdb")
        assert not list(tree.find_all(exp.Avg)), metric
        for added in tree.find_all(exp.Sum):
            (column,) = [found.name for found in added.find_all(exp.Column)]
            known = REGISTRY.metric(relation, column)
            line = added.find_ancestor(exp.Nullif)
            assert known is None or known.additivity == "sum" or (line is not None and column in below), metric
            assert known is not None or relation.startswith("quality."), metric


@pytest.mark.parametrize("name", SAID["charts"])
def test_what_stands_for_one_account_is_shown_by_account(name: str) -> None:
    """The newest value of several accounts at once would be that of any of them."""
    said = SAID["charts"][name]
    if said["of"] == "kpi.account_daily" and {"followers", "growth_index"} & set(said["metrics"]):
        assert {"platform", "account"} <= set(said["by"])


def test_the_export_is_plain_yaml() -> None:
    assert all(yaml.safe_load(file.read_text("utf-8")) for file in EXPORT.rglob("*.yaml"))
