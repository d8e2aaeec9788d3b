"""Every planted fault through the gates as the steps run them: what is critical blocks, what is a warning is told.

How many were caught by the expectation meant for them stands at the end of the run (``tests/conftest.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date

import duckdb
import pytest

from pipeline import sources, steps, warehouse
from pipeline.quality import GateReport
from pipeline.steps import gates
from pipeline.steps.load import settle
from pipeline.steps.transform import GateFailedError, judge
from tests.quality.clean_brand import EXPECTATIONS, marts, staging_relations
from tests.quality.planted import NOW, Planted, faults, platform_of

NIGHT = date(2026, 11, 2)
FIRST, SECOND = faults(1), faults(2)
Record = Callable[[str, object], None]


class _TakenBackError(Exception):
    """Ends a transaction whose work was looked at."""


@contextmanager
def taken_back(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One transaction of the warehouse, of which nothing stays."""
    with suppress(_TakenBackError), warehouse.transaction(con):
        yield
        raise _TakenBackError


def caught(report: GateReport, fault: Planted) -> bool:
    """Whether the expectation that is meant for it failed, as severely as it should."""
    return (fault.table, fault.rule, fault.severity, False) in {
        (row.table, row.expectation, row.severity, row.success) for row in report.results
    }


def is_kept(con: duckdb.DuckDBPyConnection, fault: Planted) -> bool:
    """Whether ``quality.result`` tells it."""
    where = 'not success and gate = ? and "table" = ? and expectation = ? and severity = ?'
    found = con.execute(
        f"select count(*) from quality.result where {where}",
        [fault.gate, fault.table, fault.rule, fault.severity],
    ).fetchone()
    return found == (1,)


@pytest.mark.parametrize("fault", FIRST, ids=map(str, FIRST))
def test_gate_1_sets_the_unit_aside_and_the_others_go_on(
    project: steps.Project, clean_nights: duckdb.DuckDBPyConnection, fault: Planted, record_property: Record
) -> None:
    record_property("planted", str(fault))
    con = clean_nights
    with taken_back(con):
        con.execute(fault.sql)
        waiting = warehouse.waiting(con)
        report = gates.gate(con).check(1, {fault.table: NOW}, night=NIGHT, run_id="r1")
        aside = settle(project, con, waiting, report, NIGHT)
        assert caught(report, fault)
        assert is_kept(con, fault)
        states = {
            (platform, account): state
            for platform, account, state in con.execute(
                "select platform, account, state from ops.ledger where night = ?", [NIGHT]
            ).fetchall()
        }
        reasons = dict(con.execute("select account, reason from quality.quarantine where stream is null").fetchall())
        if fault.severity == "critical":
            assert aside
            assert {platform for platform, _ in aside} == {platform_of(fault.table)}
            assert all(fault.rule in reasons[account] for _, account in aside)
        else:
            assert aside == frozenset()
            assert any(fault.rule in told for told in report.warnings)
        if fault.account:
            assert {account for _, account in aside} == {fault.account}
        assert {unit for unit, state in states.items() if state == "quarantined"} == aside
        assert {state for unit, state in states.items() if unit not in aside} == {"passed"}
    record_property("caught", str(fault))


@pytest.mark.parametrize("fault", SECOND, ids=map(str, SECOND))
def test_gate_2_takes_the_night_back_and_a_warning_is_told(
    clean_marts: duckdb.DuckDBPyConnection, fault: Planted, record_property: Record
) -> None:
    record_property("planted", str(fault))
    con = clean_marts
    before = content(con, fault.table)
    try:
        with taken_back(con):
            con.execute(fault.sql)
            report = judge(con, {fault.table: None}, NIGHT, "r1")
    except GateFailedError as refused:
        report = refused.report
    if fault.severity == "critical":
        assert not report.passed
        assert any(f"{fault.rule} failed" in told for told in report.critical)
    else:
        assert any(f"{fault.rule} failed" in told for told in report.warnings)
    assert content(con, fault.table) == before
    assert caught(report, fault)
    with taken_back(con):
        warehouse.record_results(con, NIGHT, 2, report.results)
        assert is_kept(con, fault)
    record_property("caught", str(fault))


def content(con: duckdb.DuckDBPyConnection, table: str) -> object:
    """A number that any change of a row changes."""
    return con.execute(f"select count(*), sum(hash(t)) from {table} as t").fetchone()


def test_every_table_every_platform_and_every_expectation_has_its_fault() -> None:
    """Nothing may stand in a suite that nobody has seen fail, but what is only noted."""
    written = {
        (file.stem, each["id"]): each["severity"]
        for file in EXPECTATIONS.glob("*.json")
        for each in json.loads(file.read_text("utf-8"))["expectations"]
    }
    planted = {(fault.table, fault.rule): fault.severity for fault in [*FIRST, *SECOND]}
    assert {table for table, _ in planted} == {*staging_relations(), *marts()}
    assert {platform_of(fault.table) for fault in FIRST} == {*sources.names()}
    assert planted == {rule: severity for rule, severity in written.items() if severity != "info"}


def test_what_is_planted_has_a_name_of_its_own() -> None:
    assert len({str(fault) for fault in [*FIRST, *SECOND]}) == len(FIRST) + len(SECOND) > 1000
