"""Landed records become typed rows; every record is accounted for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline import warehouse
from pipeline.errors import LandingError, SourceChanged
from tests.warehouse.conftest import Query
from tests.warehouse.landed import FIRST, SOURCES, Landed, post

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest
    from pipeline.warehouse import UnitLoad


def nth(number: int) -> date:
    return FIRST + timedelta(days=number)


def load(con: DuckDBPyConnection, landed: Landed, *manifests: Manifest, night: date = FIRST) -> list[UnitLoad]:
    return warehouse.load(con, manifests, SOURCES, night=night, files=landed.files, runs=landed.runs)


def test_records_become_typed_rows(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    [unit] = load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, "12"), post("b", FIRST, 7)]}))
    assert (unit.state, unit.records, unit.loaded) == ("loaded", 2, 2)
    assert query("select id, likes, more->>'$.a[1]', _night, _day, _absent from raw.harbour_posts order by id") == [
        ("a", 12, "2", FIRST, FIRST, False),
        ("b", 7, "2", FIRST, FIRST, False),
    ]


def test_loading_twice_changes_nothing(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    manifest = landed.land(FIRST, {"posts": [post("a", FIRST)]})
    load(con, landed, manifest)
    [again] = load(con, landed, manifest)
    assert again.state == "already"
    assert query("select count(*) from raw.harbour_posts") == [(1,)]
    assert query("select count(*) from ops.ledger") == [(1,)]


def test_only_what_differs_is_stored(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST), post("b", FIRST)]}))
    [second] = load(con, landed, landed.land(nth(1), {"posts": [post("a", FIRST), post("b", FIRST, 9)]}))
    assert (second.loaded, second.unchanged) == (1, 1)
    assert query("select id, _night, likes from raw.harbour_posts order by 1, 2") == [
        ("a", FIRST, 1),
        ("b", FIRST, 1),
        ("b", nth(1), 9),
    ]


def test_a_record_that_vanished_from_its_window_is_marked_absent(
    con: DuckDBPyConnection, landed: Landed, query: Query
) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST), post("b", FIRST)]}))
    load(con, landed, landed.land(nth(1), {"posts": [post("b", FIRST)]}))
    load(con, landed, landed.land(nth(2), {"posts": [post("b", FIRST)]}))
    load(con, landed, landed.land(nth(3), {"posts": [post("a", FIRST), post("b", FIRST)]}))
    assert query("select id, _night, _absent, likes from raw.harbour_posts order by 1, 2") == [
        ("a", FIRST, False, 1),
        ("a", nth(1), True, 1),
        ("a", nth(3), False, 1),
        ("b", FIRST, False, 1),
    ]


def test_a_record_outside_the_window_is_not_missed(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST)]}))
    load(con, landed, landed.land(nth(5), {"posts": []}, back=2))
    assert query("select count(*) from raw.harbour_posts where _absent") == [(0,)]


def test_an_absent_stream_deletes_nothing(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST)]}))
    load(con, landed, landed.land(nth(1), {"posts": "no permission"}))
    assert query("select count(*) from raw.harbour_posts where _absent") == [(0,)]
    assert query("select delivered, reason from ops.stream_night where night = ? and stream = 'posts'", nth(1)) == [
        (False, "no permission")
    ]


def test_an_empty_stream_says_that_all_is_gone(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST)]}))
    load(con, landed, landed.land(nth(1), {"posts": []}))
    assert query("select id from raw.harbour_posts where _absent") == [("a",)]


def test_equal_duplicates_are_counted_and_one_is_kept(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    records = [post("a", FIRST), post("b", FIRST), post("a", FIRST), post("a", FIRST)]
    [unit] = load(con, landed, landed.land(FIRST, {"posts": records}))
    assert (unit.records, unit.loaded, unit.duplicates) == (4, 2, 2)
    [again] = load(con, landed, landed.land(nth(1), {"posts": [*records, post("c", FIRST), post("c", FIRST)]}))
    assert (again.records, again.loaded, again.unchanged, again.duplicates) == (6, 1, 2, 3)
    assert query("select id, count(*) from raw.harbour_posts group by all order by 1") == [
        ("a", 1),
        ("b", 1),
        ("c", 1),
    ]


def test_one_key_with_two_contents_fails_that_unit_alone(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    torn = landed.land(FIRST, {"posts": [post("a", FIRST, 1), post("a", FIRST, 2)]}, account="1")
    whole = landed.land(FIRST, {"posts": [post("b", FIRST)]}, account="2")
    first, second = load(con, landed, torn, whole)
    assert (first.state, second.state) == ("failed", "loaded")
    assert isinstance(first.error, SourceChanged)
    assert "'a'" in str(first.error)
    assert query("select _account, id from raw.harbour_posts") == [("2", "b")]
    assert query("select account from ops.ledger") == [("2",)]


def test_a_damaged_file_fails_its_unit_and_is_named(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    manifest = landed.land(FIRST, {"posts": [post("a", FIRST)]})
    [path] = landed.files(manifest, "posts")
    with open(path, "r+b") as file:  # noqa: PTH123
        file.seek(12)
        byte = file.read(1)
        file.seek(12)
        file.write(bytes([byte[0] ^ 1]))
    [unit] = load(con, landed, manifest)
    assert isinstance(unit.error, LandingError)
    assert path in str(unit.error)
    assert query("select count(*) from ops.ledger") == [(0,)]


def test_unknown_fields_are_kept(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    load(
        con,
        landed,
        landed.land(FIRST, {"posts": [post("a", FIRST, views=3, place={"x": 1}), post("b", FIRST)]}),
    )
    assert query("select id, _unknown::varchar from raw.harbour_posts order by 1") == [
        ("a", '{"views":3,"place":{"x":1}}'),
        ("b", None),
    ]


def test_an_older_order_is_compared_with_its_last_observation(
    con: DuckDBPyConnection, landed: Landed, query: Query
) -> None:
    order = {"id": 5, "created": f"{FIRST}T01:00:00", "status": "paid", "total": "12.50"}
    load(con, landed, landed.land(FIRST, {"orders": [order]}, back=2))
    load(con, landed, landed.land(nth(1), {"orders": []}, back=2))
    [same] = load(con, landed, landed.land(nth(20), {"orders": [order]}, back=2))
    assert (same.loaded, same.unchanged) == (0, 1)
    [changed] = load(con, landed, landed.land(nth(21), {"orders": [{**order, "status": "refunded"}]}, back=2))
    assert changed.loaded == 1
    warehouse.clear_touched(con)
    later = {**order, "created": f"{nth(22)}T01:00:00"}
    load(con, landed, landed.land(nth(22), {"orders": [later]}, back=2))
    assert warehouse.touched(con) == {"raw.harbour_orders": FIRST}
