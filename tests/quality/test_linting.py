"""Suites are checked as they are written: the project's have nothing to change, and each kind of mistake is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import steps
from pipeline.errors import ConfigError
from pipeline.quality.linting import Remark, lint
from pipeline.steps.suites import empty_warehouse, judged_relations
from tests.quality.clean_brand import EXPECTATIONS

NOW = datetime(2026, 11, 3, 4, tzinfo=UTC)
MART, STAGED = "kpi.coverage_daily", "staging.facebook_account_day"
Rule = dict[str, Any]


def test_the_projects_own_suites_have_nothing_to_change() -> None:
    remarks, looked = steps.lint_suites((), now=NOW)
    assert remarks == []
    assert looked == len(list(EXPECTATIONS.glob("*.json")))


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse() as con:
        yield con


def remarks(
    con: duckdb.DuckDBPyConnection, folder: Path, relation: str, change: Callable[[list[Rule]], object]
) -> list[Remark]:
    """What is said of a suite in which something was changed."""
    written = json.loads((EXPECTATIONS / f"{relation}.json").read_text("utf-8"))
    change(written["expectations"])
    (folder / f"{relation}.json").write_text(json.dumps(written), encoding="utf-8")
    return lint(con, folder, judged_relations(), [relation], NOW.date())


def asking(sql: str) -> Callable[[list[Rule]], object]:
    """One more rule that asks this."""
    return _one_more("unexpected_rows_expectation", "warning", {"unexpected_rows_query": sql})


def of_column(column: str) -> Callable[[list[Rule]], object]:
    """One more rule of this column."""
    return _one_more("expect_column_values_to_not_be_null", "critical", {"column": column})


def _one_more(kind: str, severity: str, kwargs: dict[str, str]) -> Callable[[list[Rule]], object]:
    meta = {"reason": "Somebody wrote this rule to see what is said of it.", "owner": "data"}
    rule = {"id": "mine", "type": kind, "severity": severity, "kwargs": kwargs, "meta": meta}
    return lambda rules: rules.append(rule)


@pytest.mark.parametrize(
    ("relation", "change", "said"),
    [
        (MART, of_column("delivred"), "there is no column 'delivred'"),
        (MART, asking("select platform, delivred from {batch}"), "its SQL cannot be planned"),
        (MART, asking("select platform from {batch} where"), "its SQL cannot be planned"),
        (STAGED, asking("select platform, account, run_id from {batch}"), "a sample would show the text of run_id"),
        (STAGED, asking("select day, platform, account from {batch}"), "a query must begin with platform, account"),
    ],
    ids=["a column that is not there", "one in SQL", "SQL that is none", "a text in the samples", "nobody's rows"],
)
def test_a_mistake_in_one_rule_is_said_of_that_rule(
    empty: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    relation: str,
    change: Callable[[list[Rule]], object],
    said: str,
) -> None:
    (found,) = remarks(empty, tmp_path, relation, change)
    assert (found.relation, found.expectation) == (relation, "mine")
    assert said in found.problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rules: rules.clear(), "holds no expectation"),
        (lambda rules: rules[0].update(severity="grave"), "write one of critical, warning, info"),
        (lambda rules: rules[1]["meta"].pop("owner"), "has no meta.owner"),
        (lambda rules: rules.append(rules[0]), "appears twice"),
        (lambda rules: rules[1].update(type="expect_wonders"), "no expectation that Great Expectations can run"),
        (lambda rules: rules[0].update(severity="warning"), "a critical key_unique"),
        (lambda rules: rules[1]["meta"].update(reason="It must."), "too short to act on"),
    ],
    ids=["empty", "severity", "owner", "twice", "type", "key", "reason"],
)
def test_a_suite_that_would_check_less_than_it_says_is_named(
    empty: duckdb.DuckDBPyConnection, tmp_path: Path, change: Callable[[list[Rule]], object], said: str
) -> None:
    (found,) = remarks(empty, tmp_path, MART, change)
    assert said in found.problem


def test_a_relation_without_a_suite_and_a_suite_without_a_relation_are_named(
    empty: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    folder = tmp_path / "expectations"
    shutil.copytree(EXPECTATIONS, folder)
    (folder / f"{MART}.json").rename(folder / "kpi.coverage_dayly.json")
    found = lint(empty, folder, judged_relations(), (), NOW.date())
    assert [(each.relation, each.problem.rpartition("/")[2].partition(":")[0]) for each in found] == [
        (MART, f"{MART}.json"),
        ("kpi.coverage_dayly", "no gate judges such a relation"),
    ]


def test_a_relation_that_is_asked_for_and_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"kpi\.dayly: no gate judges"):
        steps.lint_suites(["kpi.dayly"], now=NOW, folder=tmp_path)
