"""Gate 1 over ordinary nights: each planted fault is caught by its rule and touches its account alone."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from pipeline.quality import Gate, GateReport
from tests.quality import platforms
from tests.quality.clean_brand import staging_relations
from tests.quality.planted import Planted, failures, ids
from tests.quality.planted_nights import (
    FB_DAY,
    FB_POST,
    FB_SNAP,
    NOW,
    PLANTED,
    SHOP,
    VISITS,
    WP_DAY,
    WP_POST,
    WP_SAID,
    WP_SNAP,
)

NIGHT = date(2026, 11, 2)
THIS_NIGHT: dict[str, str | None] = dict.fromkeys(staging_relations(), "night in (date '2026-11-02')")

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


@pytest.mark.parametrize("fault", [*PLANTED, *platforms.PLANTED], ids=ids([*PLANTED, *platforms.PLANTED]))
def test_a_planted_fault_is_caught_by_its_rule_and_touches_its_account_alone(
    project_gate: Gate, staged: duckdb.DuckDBPyConnection, fault: Planted
) -> None:
    staged.execute(fault.sql)
    report = check(project_gate, staged, fault.relation)
    assert failures(report).get((fault.relation, fault.rule)) == fault.severity
    if fault.severity == "critical":
        assert not report.passed
    else:
        assert report.passed
        assert report.units == frozenset()
    if fault.unit:
        assert {account for _, account in report.units} == {fault.unit}


LEGAL = {
    "a late day": f"delete from {FB_DAY} where day = date '2026-11-01'",
    "a late day and nothing new at all": f"delete from {FB_DAY} where {NOW}",
    "a purge of most followers": f"update {FB_DAY} set followers = 200 where {NOW} and followers is not null",
    "likes withdrawn": f"update {FB_SNAP} set reactions = reactions - 2 where {NOW} and day < night",
    "an unfollowed journal": f"update {WP_DAY} set followers = 0 where followers is not null",
    "three posts deleted": f"insert into {FB_POST} by name select distinct on (post_id) * replace (true as is_absent,"
    f" date '2026-11-02' as night) from {FB_POST} where post_id in ('page_10', 'page_11', 'page_12')",
    "a silent week": f"delete from {FB_POST} where {NOW}; delete from {FB_SNAP} where {NOW};"
    f" delete from {WP_POST} where {NOW}; delete from {WP_SNAP} where {NOW}; delete from {WP_SAID} where {NOW}",
    "no orders": f"delete from {SHOP} where {NOW}",
    "a day of refunds": f"update {SHOP} set status = 'refunded', refunded_value = value where {NOW} and value > 0",
    "an order changed weeks later": f"update {SHOP} set day = day - 60, occurred_at = occurred_at - interval 60 days"
    f" where {NOW}",
    "a night of analytics without visits": f"delete from {VISITS} where day = date '2026-11-02' and report <> 'site';"
    f" update {VISITS} set visits = null, visitors = null, actions = null, bounces = null, visit_seconds = null"
    " where day = date '2026-11-02'",
    "a network that sends nobody": f"delete from {VISITS} where {NOW} and label = 'Facebook'",
    "a page that became too small": f"delete from {FB_DAY} where day > date '2026-10-25';"
    " update ops.stream_night set delivered = false, rows = 0, reason = 'fewer than 100 likes'"
    f" where stream = 'page_insights' and account = 'page' and {NOW}",
    "a first night without anything": f"delete from {FB_DAY} where {NOW} is not null;"
    f" delete from ops.ledger where account = 'page' and not ({NOW});"
    " update ops.stream_night set rows = 0 where account = 'page'"
    f"; delete from {FB_POST} where account = 'page'; delete from {FB_SNAP} where account = 'page'",
    "a page that a video made famous": f"update {FB_DAY} set impressions = 2000 * impressions,"
    f" reach_1d = 400 * reach_1d, reach_7d = 900000, reach_28d = 900000 where {NOW}",
    "the hour that the clocks went back": "update raw.facebook_page_insights set end_time = '2026-11-01T07:00:00+0000'"
    f" where _{NOW}",
}


@pytest.mark.parametrize(
    "sql", [*LEGAL.values(), *platforms.LEGAL.values()], ids=[*LEGAL.keys(), *platforms.LEGAL.keys()]
)
def test_legal_data_never_block_a_night(project_gate: Gate, staged: duckdb.DuckDBPyConnection, sql: str) -> None:
    staged.execute(sql)
    assert check(project_gate, staged).critical == []


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
    staged.execute(f"update {WP_DAY} set reactions = -1 where night = date '2026-10-31' and reactions > 0")
    project_gate.rebind(staged)
    nights: dict[str, str | None] = dict.fromkeys(THIS_NIGHT, "night >= date '2026-10-30'")
    report = project_gate.check(1, nights, night=NIGHT, run_id="r1")
    assert failures(report) == {(WP_DAY, "counters_in_range"): "critical"}
    assert report.units == {("wordpress", "journal")}
