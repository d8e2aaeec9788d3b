"""The gate itself: what it reads, what it reports, whom it sets aside and that it leaves no trace."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.quality import Gate, GateReport

NIGHT = date(2026, 11, 2)
RELATION = "staging.facebook_account_day"
THIS_NIGHT = {RELATION: "night = date '2026-11-02'"}


def rule(
    identity: str, sql: str, severity: str = "critical", kind: str = "unexpected_rows_expectation"
) -> dict[str, object]:
    return {
        "type": kind,
        "kwargs": {"unexpected_rows_query": sql},
        "severity": severity,
        "meta": {"reason": "Followers are people.", "owner": "data", "column": "followers"},
        "id": identity,
    }


NEGATIVE = "select platform, account, day, followers from {batch} where followers < 0"
NEVER_NEGATIVE = rule("never_negative", NEGATIVE)
ROWS: dict[str, object] = {
    "type": "expect_table_row_count_to_be_between",
    "kwargs": {"min_value": 1},
    "severity": "critical",
    "meta": {"reason": "An empty table says nothing.", "owner": "data"},
    "id": "has_rows",
}


def write_suite(folder: Path, *rules: dict[str, object], relation: str = RELATION) -> None:
    (folder / f"{relation}.json").write_text(json.dumps({"name": relation, "expectations": list(rules)}))


@pytest.fixture
def warehouse(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Three accounts on two nights; account c belongs to the night before alone."""
    con.execute(
        """
        create schema staging; create schema ops;
        create table ops.ledger (platform varchar, account varchar, night date, window_since date, state varchar);
        insert into ops.ledger values
            ('facebook', 'a', '2026-11-02', '2026-10-05', 'loaded'),
            ('facebook', 'b', '2026-11-02', '2026-10-05', 'loaded'),
            ('wordpress', 'w', '2026-11-02', '2026-10-05', 'loaded'),
            ('facebook', 'c', '2026-11-01', '2026-10-04', 'passed');
        create table staging.facebook_account_day (
            platform varchar, account varchar, day date, night date, followers bigint, text varchar);
        insert into staging.facebook_account_day values
            ('facebook', 'a', '2026-11-01', '2026-11-02', 10, 'secret'),
            ('facebook', 'b', '2026-11-01', '2026-11-02', 20, 'secret'),
            ('facebook', 'c', '2026-10-31', '2026-11-01', -5, 'secret');
        """
    )
    return con


def add_rows(con: duckdb.DuckDBPyConnection, account: str, followers: int, rows: int = 1) -> None:
    con.execute(
        "insert into staging.facebook_account_day"
        " select 'facebook', ?, date '2026-11-01', date '2026-11-02', ?, 'secret' from range(?)",
        [account, followers, rows],
    )


def check(gate: Gate, relations: dict[str, str | None] | None = None) -> GateReport:
    return gate.check(1, THIS_NIGHT if relations is None else relations, night=NIGHT, run_id="r1")


def test_rows_outside_the_night_are_not_judged(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    report = check(Gate(warehouse, tmp_path))
    assert report.passed
    assert [row.success for row in report.results] == [True]
    assert not check(Gate(warehouse, tmp_path), {RELATION: None}).passed


def test_a_critical_failure_sets_aside_the_accounts_of_the_unexpected_rows_alone(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    add_rows(warehouse, "b", -1)
    report = check(Gate(warehouse, tmp_path))
    assert report.units == {("facebook", "b")}
    (sentence,) = report.critical
    first = "platform facebook, account b, day 2026-11-01, followers -1"
    assert sentence == f"{RELATION}: never_negative failed, 1 unexpected (first: {first}). Followers are people."


def test_an_account_behind_ten_thousand_unexpected_rows_of_another_is_still_found(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    add_rows(warehouse, "a", -1, rows=10_000)
    add_rows(warehouse, "b", -1)
    report = check(Gate(warehouse, tmp_path))
    assert report.units == {("facebook", "a"), ("facebook", "b")}
    (row,) = report.results
    assert row.unexpected_count == 10_001
    assert row.sample_keys is not None
    assert len(json.loads(row.sample_keys)) == 20


def test_a_row_of_quality_result_says_everything_once(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    add_rows(warehouse, "a", -3)
    (row,) = check(Gate(warehouse, tmp_path)).results
    assert row._asdict() == {
        "night": NIGHT,
        "gate": 1,
        "suite": RELATION,
        "expectation": "never_negative",
        "table": RELATION,
        "column": "followers",
        "severity": "critical",
        "success": False,
        "observed": "1",
        "unexpected_count": 1,
        "sample_keys": '[{"platform": "facebook", "account": "a", "day": "2026-11-01", "followers": -3}]',
        "run_id": "r1",
    }


def test_warnings_are_told_and_block_nothing_and_infos_are_only_stored(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, rule("warned", NEGATIVE, "warning"), rule("noted", NEGATIVE, "info"))
    add_rows(warehouse, "a", -3)
    report = check(Gate(warehouse, tmp_path))
    assert report.passed
    assert report.units == frozenset()
    assert [sentence.split(" failed")[0] for sentence in report.warnings] == [f"{RELATION}: warned"]
    assert [row.success for row in report.results] == [False, False]


def test_a_failure_without_rows_touches_every_unit_of_the_platform(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, ROWS)
    warehouse.execute("delete from staging.facebook_account_day")
    report = check(Gate(warehouse, tmp_path))
    assert report.units == {("facebook", "a"), ("facebook", "b")}
    assert report.critical[0].startswith(f"{RELATION}: has_rows failed, observed 0.")


def test_rows_that_do_not_say_whose_they_are_touch_every_unit_of_the_platform(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    warehouse.execute(
        "insert into staging.facebook_account_day values ('facebook', null, '2026-11-01', '2026-11-02', -1, 't')"
    )
    assert check(Gate(warehouse, tmp_path)).units == {("facebook", "a"), ("facebook", "b")}


def test_gate_2_sets_no_unit_aside(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    add_rows(warehouse, "b", -1)
    report = Gate(warehouse, tmp_path).check(2, THIS_NIGHT, night=NIGHT, run_id="r1")
    assert not report.passed
    assert report.units == frozenset()


def test_uncommitted_rows_are_judged_and_the_transaction_stays_open_and_whole(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    gate = Gate(warehouse, tmp_path)
    warehouse.execute("begin")
    add_rows(warehouse, "b", -1)
    assert not gate.check(2, THIS_NIGHT, night=NIGHT, run_id="r1").passed
    assert not gate.check(1, THIS_NIGHT, night=NIGHT, run_id="r1").passed
    warehouse.execute("rollback")  # would raise without a transaction
    assert gate.check(2, THIS_NIGHT, night=NIGHT, run_id="r1").passed
    assert warehouse.execute("select count(*) from staging.facebook_account_day").fetchall() == [(3,)]


def test_nothing_of_the_gate_stays_in_the_warehouse(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    tables = "select table_catalog, table_schema, table_name from information_schema.tables order by all"
    before = warehouse.execute(tables).fetchall()
    gate = Gate(warehouse, tmp_path)
    for number in (1, 2):
        gate.check(number, THIS_NIGHT, night=NIGHT, run_id="r1")
    assert warehouse.execute(tables).fetchall() == before


def test_one_gate_judges_each_night_by_what_the_warehouse_holds_then(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    gate = Gate(warehouse, tmp_path)
    assert check(gate).passed
    add_rows(warehouse, "a", -1)
    assert not check(gate).passed
    with duckdb.connect() as other:
        other.execute(
            "create schema ops; create table ops.ledger"
            " (platform varchar, account varchar, night date, window_since date, state varchar);"
            " create schema staging; create table staging.facebook_account_day as select"
            " 'facebook' platform, 'z' account, date '2026-11-02' night, date '2026-11-02' as day, -1 as followers"
        )
        gate.rebind(other)
        assert check(gate).units == {("facebook", "z")}
    gate.rebind(warehouse)
    assert check(gate).units == {("facebook", "a")}


def test_the_night_is_a_variable_for_the_suites(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    future = "select platform, account, day from {batch} where day >= getvariable('gate_night')"
    write_suite(tmp_path, rule("no_future_day", future))
    gate = Gate(warehouse, tmp_path)
    assert check(gate).passed
    assert not gate.check(1, THIS_NIGHT, night=date(2026, 11, 1), run_id="r1").passed


def test_a_sealed_warehouse_can_be_checked(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    warehouse.execute("set enable_external_access = false")
    warehouse.execute("set lock_configuration = true")
    assert check(Gate(warehouse, tmp_path)).passed


def test_texts_of_people_never_reach_a_result(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_suite(tmp_path, rule("everything", "select * from {batch}"))
    report = check(Gate(warehouse, tmp_path))
    assert len(report.critical) == 1
    assert "secret" not in repr(report)


def test_the_same_rows_give_the_same_report_in_whatever_order_they_lie(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_suite(tmp_path, NEVER_NEGATIVE)
    gate = Gate(warehouse, tmp_path)
    warehouse.execute("begin")
    for followers in range(-30, 0):
        add_rows(warehouse, "a", followers)
    forward = check(gate)
    warehouse.execute("rollback")
    for followers in reversed(range(-30, 0)):
        add_rows(warehouse, "a", followers)
    assert check(gate) == forward
