"""Gate 1 over ordinary nights: what is odd and right passes; numbers beyond all measure set their account aside."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from pipeline.quality import Gate, GateReport
from tests.quality.clean_brand import staging_relations
from tests.quality.planted import NOW, Legal, legal, platform_of

NIGHT = date(2026, 11, 2)
THIS_NIGHT: dict[str, str | None] = dict.fromkeys(staging_relations(), NOW)

# By how much the edge of 64 bits is more than each type holds.
NUMBERS = {"BIGINT": 1, "DECIMAL(18,4)": 10**5, "DECIMAL(18,8)": 10**9}


def check(gate: Gate, con: duckdb.DuckDBPyConnection, *relations: str) -> GateReport:
    gate.rebind(con)
    chosen = {name: THIS_NIGHT[name] for name in relations or THIS_NIGHT}
    return gate.check(1, chosen, night=NIGHT, run_id="r1")


def test_ordinary_nights_with_their_oddities_pass_without_a_word(
    project_gate: Gate, staged: duckdb.DuckDBPyConnection
) -> None:
    report = check(project_gate, staged)
    assert report.critical == []
    assert report.warnings == []
    assert {row.table for row in report.results} == set(THIS_NIGHT)


@pytest.mark.parametrize("odd", legal(), ids=map(str, legal()))
def test_legal_data_never_block_a_night(project_gate: Gate, staged: duckdb.DuckDBPyConnection, odd: Legal) -> None:
    staged.execute(odd.sql)
    touched = [table for table in THIS_NIGHT if platform_of(table) in odd.platforms]
    assert check(project_gate, staged, *touched).critical == []


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63)], ids=["the largest", "the smallest"])
@pytest.mark.parametrize(
    "relation", [name for name in THIS_NIGHT if not name.endswith(("_post", "_response", "_visit"))]
)
def test_a_number_at_the_edge_of_its_type_sets_the_account_aside_and_breaks_no_rule(
    project_gate: Gate, staged: duckdb.DuckDBPyConnection, relation: str, value: int
) -> None:
    columns = staged.execute(
        "select column_name, data_type from duckdb_columns() where schema_name || '.' || table_name = ?", [relation]
    ).fetchall()
    numbers = {name: value // NUMBERS[kind] for name, kind in columns if kind in NUMBERS}
    changes = ", ".join(f"{name} = {number}" for name, number in numbers.items())
    staged.execute(f"update {relation} set {changes} where {NOW}")
    report = check(project_gate, staged, relation)
    ours = relation.removeprefix("staging.")
    assert report.units
    assert all(ours.startswith(f"{platform}_") for platform, _ in report.units)
    assert not report.passed


def test_several_nights_that_wait_are_judged_at_once(project_gate: Gate, staged: duckdb.DuckDBPyConnection) -> None:
    staged.execute("update ops.ledger set state = 'loaded' where night >= date '2026-10-30'")
    staged.execute(
        "update staging.wordpress_account_day set reactions = -1 where night = date '2026-10-31' and reactions > 0"
    )
    project_gate.rebind(staged)
    nights: dict[str, str | None] = dict.fromkeys(THIS_NIGHT, "night >= date '2026-10-30'")
    report = project_gate.check(1, nights, night=NIGHT, run_id="r1")
    failed = {(row.table, row.expectation) for row in report.results if not row.success}
    assert failed == {("staging.wordpress_account_day", "counters_in_range")}
    assert report.units == {("wordpress", "journal")}
