"""Steps, gates and notes are written once per night; seeds are replaced; remarks are kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pipeline import warehouse
from pipeline.errors import WarehouseError
from pipeline.streams import Unit, Window
from tests.warehouse.conftest import Query
from tests.warehouse.landed import FIRST, PLATFORM, SOURCES, Landed, post
from tests.warehouse.test_load import load, nth

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOON = datetime(2026, 10, 2, 12)


def step(con: DuckDBPyConnection, night: date, name: str, state: str, error: str | None = None) -> None:
    warehouse.record_step(con, night=night, step=name, state=state, rows=3, seconds=0.5, error=error, started_at=NOON)


def test_a_step_that_runs_again_replaces_what_it_said(con: DuckDBPyConnection, query: Query) -> None:
    step(con, FIRST, "load", "incomplete", "one unit failed")
    step(con, FIRST, "transform", "done")
    step(con, FIRST, "load", "done")
    step(con, nth(1), "load", "failed", "no room")
    assert query("select night, step, state from quality.run order by all") == [
        (FIRST, "load", "done"),
        (FIRST, "transform", "done"),
        (nth(1), "load", "failed"),
    ]
    assert warehouse.failed_steps(con, FIRST) == []
    assert warehouse.failed_steps(con, nth(1)) == [("load", "failed", "no room")]
    last = warehouse.last_run(con)
    assert last
    assert (last["night"], last["load"]) == ("2026-10-02", "failed: no room")


def test_there_is_no_last_run_before_the_first(con: DuckDBPyConnection) -> None:
    assert warehouse.last_run(con) is None
    assert warehouse.newest_night(con) is None
    assert warehouse.newest_states(con) == {}
    assert warehouse.findings(con) == []


def test_what_has_no_forecast_is_told_once_for_each_account_and_site(con: DuckDBPyConnection) -> None:
    con.execute(
        """
        create schema if not exists kpi;
        create or replace table kpi.forecast_gap (
            platform varchar, account varchar, site varchar, metric varchar, reason varchar
        );
        insert into kpi.forecast_gap values
            ('x', 'a', null, 'reach_1d', 'reach: 3 days are known'),
            ('x', 'a', null, 'followers', 'followers: 5 days are known'),
            (null, null, 'shop', 'visits', 'visits: 27 days are known')
        """
    )
    assert warehouse.findings(con) == [
        ("no_forecast", "x", "a", "followers: 5 days are known; reach: 3 days are known"),
        ("no_forecast", None, "shop", "visits: 27 days are known"),
    ]


def test_results_are_replaced_by_night_and_gate(con: DuckDBPyConnection, query: Query) -> None:
    def result(gate: int, success: bool) -> tuple[object, ...]:
        return (FIRST, gate, "kpi.post", "unique", "kpi.post", None, "critical", success, "3", 3, None, "run")

    warehouse.record_results(con, FIRST, 1, [result(1, True)] * 1200)
    warehouse.record_results(con, FIRST, 2, [result(2, False)])
    warehouse.record_results(con, FIRST, 2, [result(2, True), result(2, True)])
    assert query("select gate, success, count(*) from quality.result group by all order by 1") == [
        (1, True, 1200),
        (2, True, 2),
    ]
    warehouse.record_results(con, FIRST, 1, [])
    assert query("select distinct gate from quality.result") == [(2,)]


def test_notes_of_a_step_are_replaced_together(con: DuckDBPyConnection, query: Query) -> None:
    warehouse.record_notes(con, FIRST, "fetch", [("metric_retired", "facebook", "1", "page_views is no more")] * 2)
    warehouse.record_notes(con, FIRST, "transform", [("unmapped_goal", None, "shop", "goal 3")])
    warehouse.record_notes(con, FIRST, "fetch", [("metric_retired", "facebook", "1", "page_likes is no more")])
    assert query("select kind, platform, account, message from quality.note order by kind") == [
        ("metric_retired", "facebook", "1", "page_likes is no more"),
        ("unmapped_goal", None, "shop", "goal 3"),
    ]


def test_seeds_are_replaced_within_the_transaction_of_the_models(con: DuckDBPyConnection, query: Query) -> None:
    campaigns = (
        ("campaign", "utm_campaign", "platform", "start", "end", "daily_cost"),
        [("autumn", "autumn-2026", "facebook", FIRST, None, Decimal("40.00"))],
    )
    for _ in range(2):
        warehouse.write_seeds(con, {"campaign": campaigns, "goal": (("site", "goal_id", "action"), [])})
    assert query('select campaign, "end", daily_cost from seed.campaign') == [("autumn", None, Decimal("40.0000"))]
    with pytest.raises(ZeroDivisionError):
        replace_then_fail(con, campaigns[0])
    assert query("select count(*) from seed.campaign") == [(1,)]


def replace_then_fail(con: DuckDBPyConnection, columns: tuple[str, ...]) -> None:
    with warehouse.transaction(con):
        warehouse.write_seeds(con, {"campaign": (columns, [])})
        assert con.execute("select count(*) from seed.campaign").fetchall() == [(0,)]
        raise ZeroDivisionError


def test_a_seed_that_nobody_declared_is_refused(con: DuckDBPyConnection) -> None:
    with pytest.raises(WarehouseError, match=r"seed\.brand: .* \['motto'\]"):
        warehouse.write_seeds(con, {"brand": (("brand", "motto"), [("Atelier", "salt")])})
    with pytest.raises(WarehouseError, match=r"seed\.nonsense"):
        warehouse.write_seeds(con, {"nonsense": (("a",), [(1,)])})


def test_remarks_are_kept_with_the_data(con: DuckDBPyConnection) -> None:
    assert warehouse.get_meta(con, "models") is None
    warehouse.set_meta(con, "models", "abc")
    warehouse.set_meta(con, "models", "def")
    assert warehouse.get_meta(con, "models") == "def"


def test_each_change_counts_itself_once_it_is_committed(con: DuckDBPyConnection) -> None:
    def commits() -> int:
        return int(warehouse.get_meta(con, "commits") or 0)

    before = commits()
    step(con, FIRST, "load", "done")
    assert commits() == before + 1
    with warehouse.transaction(con):
        step(con, FIRST, "load", "done")
        step(con, FIRST, "transform", "done")
    assert commits() == before + 2
    with pytest.raises(ZeroDivisionError):
        step_then_fail(con)
    assert (commits(), len(con.execute("from quality.run").fetchall())) == (before + 2, 2)


def step_then_fail(con: DuckDBPyConnection) -> None:
    with warehouse.transaction(con):
        con.execute("delete from quality.run")
        raise ZeroDivisionError


def test_units_that_lack_say_for_each_stream_why(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    window = Window(FIRST, FIRST)
    units = [Unit(PLATFORM, account, FIRST, window) for account in ("1", "2", "3", "4")]
    good = landed.land(FIRST, {"posts": [post("a", FIRST)]}, account="1")
    torn = landed.land(FIRST, {"posts": [post("a", FIRST, 1), post("a", FIRST, 2)]}, account="2")
    load(con, landed, good, torn)
    reasons = {(PLATFORM, "3"): "SourceRefused: the token has expired"}
    for _ in range(2):
        warehouse.record_stream_nights(con, FIRST, units, [good, torn], reasons, SOURCES)
    assert query(
        "select account, stream, delivered, reason from ops.stream_night where stream = 'posts' order by 1"
    ) == [
        ("1", "posts", True, None),
        ("2", "posts", False, "it could not be loaded"),
        ("3", "posts", False, "SourceRefused: the token has expired"),
        ("4", "posts", False, "nothing landed"),
    ]
    assert query("select count(*) from ops.stream_night") == [(12,)]
    late = landed.land(FIRST, {"posts": [post("c", FIRST)], "days": [], "orders": []}, account="4")
    load(con, landed, late)
    assert query("select stream, delivered, rows, newest_day from ops.stream_night where account = '4' order by 1") == [
        ("days", True, 0, None),
        ("orders", True, 0, None),
        ("posts", True, 1, FIRST),
    ]


def test_the_newest_state_of_each_account_is_known(con: DuckDBPyConnection, landed: Landed) -> None:
    load(con, landed, *(landed.land(nth(n), {"posts": []}) for n in range(3)))
    warehouse.accept(con, [(PLATFORM, "1", nth(0)), (PLATFORM, "1", nth(1))])
    assert warehouse.newest_states(con) == {(PLATFORM, "1"): {"last_night": "2026-10-03", "state": "loaded"}}
    assert warehouse.loaded_nights(con, PLATFORM, "1") == {nth(0), nth(1), nth(2)}
    assert warehouse.newest_night(con) == nth(1)
