"""What gate 1 decides: units pass, or their rows leave the raw tables and the files stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline import warehouse
from tests.warehouse.conftest import Query
from tests.warehouse.landed import FIRST, PLATFORM, SOURCES, Landed, post
from tests.warehouse.test_load import load, nth

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def set_aside(con: DuckDBPyConnection, landed: Landed, *nights: int, reason: str = "negative reach") -> None:
    units = [(PLATFORM, "1", nth(number)) for number in nights]
    warehouse.set_aside(con, units, reason, sources=SOURCES, files=landed.files, runs=landed.runs)


def accept(con: DuckDBPyConnection, *nights: int) -> None:
    warehouse.accept(con, [(PLATFORM, "1", nth(number)) for number in nights])


def test_units_wait_for_the_gate_until_they_pass(con: DuckDBPyConnection, landed: Landed) -> None:
    load(con, landed, *(landed.land(nth(n), {"posts": [post("a", FIRST, n)]}) for n in range(2)))
    assert warehouse.waiting(con) == [(PLATFORM, "1", FIRST), (PLATFORM, "1", nth(1))]
    accept(con, 0)
    assert warehouse.waiting(con) == [(PLATFORM, "1", nth(1))]
    assert warehouse.newest_night(con) == FIRST


def test_a_unit_that_is_set_aside_leaves_no_row(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, 1)]}))
    accept(con, 0)
    load(con, landed, landed.land(nth(1), {"posts": [post("a", FIRST, -5)]}))
    set_aside(con, landed, 1)
    assert query("select _night, likes from raw.harbour_posts") == [(FIRST, 1)]
    assert query("select night, state from ops.ledger order by 1") == [(FIRST, "passed"), (nth(1), "quarantined")]
    assert warehouse.set_aside_units(con, nth(1)) == [(PLATFORM, "1", "negative reach")]
    assert query("select stream, rows from quality.quarantine") == [(None, 1)]


def test_later_nights_forget_what_was_set_aside(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    for number, likes in enumerate([1, 2, 2]):
        load(con, landed, landed.land(nth(number), {"posts": [post("a", FIRST, likes)]}))
    accept(con, 0, 1, 2)
    set_aside(con, landed, 1)
    assert query("select _night, likes from raw.harbour_posts order by 1") == [(FIRST, 1), (nth(2), 2)]
    assert query("select state from ops.ledger order by night") == [("passed",), ("quarantined",), ("passed",)]


def test_what_was_accepted_of_the_same_night_comes_back(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, 1)]}))
    accept(con, 0)
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, -1)]}))
    assert query("select likes from raw.harbour_posts") == [(-1,)]
    set_aside(con, landed, 0)
    assert query("select likes from raw.harbour_posts") == [(1,)]
    assert query("select state from ops.ledger") == [("passed",)]


def test_a_night_that_was_set_aside_is_tried_again_only_when_asked_for(con: DuckDBPyConnection, landed: Landed) -> None:
    manifest = landed.land(FIRST, {"posts": [post("a", FIRST, -1)]})
    load(con, landed, manifest)
    set_aside(con, landed, 0)
    assert [unit.state for unit in load(con, landed, manifest, night=nth(1))] == ["already"]
    assert [unit.state for unit in load(con, landed, manifest, night=FIRST)] == ["loaded"]
    set_aside(con, landed, 0)
    assert warehouse.set_aside_units(con, FIRST) == [(PLATFORM, "1", "negative reach")]


def test_nights_after_one_that_was_set_aside_compare_with_the_one_before(
    con: DuckDBPyConnection, landed: Landed, query: Query
) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, 1)]}))
    load(con, landed, landed.land(nth(1), {"posts": [post("a", FIRST, 9)]}))
    set_aside(con, landed, 1)
    [unit] = load(con, landed, landed.land(nth(2), {"posts": [post("a", FIRST, 1)]}))
    assert (unit.loaded, unit.unchanged) == (0, 1)
    assert query("select count(*) from raw.harbour_posts") == [(1,)]


def test_models_learn_from_which_day_on_they_are_old(con: DuckDBPyConnection, landed: Landed) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, 1)], "days": []}))
    assert warehouse.touched(con) == {"raw.harbour_posts": FIRST}
    warehouse.clear_touched(con)
    load(con, landed, landed.land(nth(1), {"posts": [post("a", FIRST, 1), post("b", nth(1), 1)]}))
    assert warehouse.touched(con) == {"raw.harbour_posts": nth(1)}
    warehouse.clear_touched(con)
    load(con, landed, landed.land(nth(2), {"posts": [post("b", nth(1), 1)]}))  # a is gone
    assert warehouse.touched(con) == {"raw.harbour_posts": FIRST}
    warehouse.clear_touched(con)
    set_aside(con, landed, 2)
    assert warehouse.touched(con) == {"raw.harbour_posts": FIRST}
