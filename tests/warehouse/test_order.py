"""The order in which nights were loaded never shows: the raw tables are a function of what was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.streams import Manifest
from tests.warehouse.conftest import Query
from tests.warehouse.landed import FIRST, Landed, opened, post
from tests.warehouse.test_load import load, nth

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RAW = "select * exclude (_run_id) from raw.harbour_{} order by all"
NIGHTS = 5
WINDOW = 2

# What a platform says of its posts on one night: likes by post, or None where it was not read.
Answer = dict[str, int] | None
answers = st.lists(
    st.one_of(st.none(), st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), max_size=4)),
    min_size=NIGHTS,
    max_size=NIGHTS,
)


@pytest.fixture(scope="module")
def shared() -> Iterator[DuckDBPyConnection]:
    """One database for all examples: each example is an account of its own."""
    with TemporaryDirectory() as folder, opened(Path(folder) / "warehouse.duckdb") as con:
        yield con


def born(name: str) -> int:
    """Post a is published on the first night, b on the second: within reach of some windows only."""
    return "abcd".index(name)


def land_answers(landed: Landed, account: str, told: Sequence[Answer]) -> list[Manifest]:
    """One manifest for each night that was read; a post is told only while the window reaches it."""
    manifests = []
    for number, answer in enumerate(told):
        if answer is None:
            continue
        reach = [name for name in answer if number - WINDOW <= born(name) <= number]
        streams = {
            "posts": [post(name, nth(born(name)), answer[name]) for name in reach],
            "days": [
                {"day": str(nth(n)), "views": sum(answer.values()) + n, "rate": 1.0, "cost": 1, "final": False}
                for n in range(max(0, number - WINDOW), number + 1)
            ],
            "orders": [
                {"id": born(name), "created": str(nth(born(name))), "status": f"s{likes}", "total": likes}
                for name, likes in answer.items()
                if born(name) <= number
            ],
        }
        manifests.append(landed.land(nth(number), streams, account=account, back=WINDOW))
    return manifests


def content(con: DuckDBPyConnection, account: str) -> list[list[tuple[Any, ...]]]:
    """All that is known of an account, without its name and since when."""
    tables = [
        f"select * exclude (_account, _run_id) from raw.harbour_{stream} where _account = ? order by all"
        for stream in ("posts", "days", "orders")
    ]
    own = "account, run_id, manifest_sha256, known_since"
    tables += [
        f"select * exclude ({own}) from ops.ledger where account = ? order by all",
        "select * exclude (account, known_since) from ops.stream_night where account = ? order by all",
    ]
    return [con.execute(sql, [account]).fetchall() for sql in tables]


counter = iter(range(10**9))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=answers, order=st.permutations(range(NIGHTS)), again=st.lists(st.integers(0, NIGHTS - 1), max_size=3))
def test_any_order_of_loading_gives_the_same_rows(
    shared: DuckDBPyConnection, told: list[Answer], order: list[int], again: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        landed = Landed(Path(folder))
        straight, mixed = f"straight-{next(counter)}", f"mixed-{next(counter)}"
        in_order = land_answers(landed, straight, told)
        load(shared, landed, *in_order)
        by_night = {m.unit.night: m for m in land_answers(landed, mixed, told)}
        for number in [*order, *again]:
            if nth(number) in by_night:
                [unit] = load(shared, landed, by_night[nth(number)])
                assert unit.error is None
        assert content(shared, mixed) == content(shared, straight)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=answers, wrong=answers, late=st.permutations(range(NIGHTS)))
def test_nights_that_were_corrected_later_leave_no_trace_of_what_was_wrong(
    shared: DuckDBPyConnection, told: list[Answer], wrong: list[Answer], late: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        landed = Landed(Path(folder))
        clean, mended = f"clean-{next(counter)}", f"mended-{next(counter)}"
        wrong = [bad if good is not None else None for good, bad in zip(told, wrong, strict=True)]
        load(shared, landed, *land_answers(landed, clean, told))
        load(shared, landed, *land_answers(landed, mended, wrong))
        right = {m.unit.night: m for m in land_answers(landed, mended, told)}
        for number in late:
            if nth(number) in right:
                load(shared, landed, right[nth(number)])
        assert content(shared, mended) == content(shared, clean)


def as_of(con: DuckDBPyConnection, number: int) -> dict[str, int]:
    """Posts and their likes as known on a night."""
    rows = con.execute(
        "select id, likes from (select id, max_by(likes, _night) as likes, max_by(_absent, _night) as absent"
        " from raw.harbour_posts where _night <= ? group by id) where not absent",
        [nth(number)],
    ).fetchall()
    return dict(rows)


def test_every_night_can_be_seen_as_it_was_known_then(con: DuckDBPyConnection, landed: Landed) -> None:
    told = [{"a": 1}, {"a": 2, "b": 0}, {"b": 0}, {"a": 2, "b": 1}]
    for number, answer in enumerate(told):
        records = [post(name, FIRST, likes) for name, likes in answer.items()]
        load(con, landed, landed.land(nth(number), {"posts": records}))
    assert [as_of(con, number) for number in range(4)] == told


def test_a_restated_past_keeps_what_was_said_before(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    def day(views: int) -> dict[str, Any]:
        return {"day": str(FIRST), "views": views, "rate": 0.1, "cost": 0, "final": False}

    for number, views in enumerate([100, 90, 90, 95]):
        load(con, landed, landed.land(nth(number), {"days": [day(views)]}))
    assert query("select _night, views from raw.harbour_days order by 1") == [
        (FIRST, 100),
        (nth(1), 90),
        (nth(3), 95),
    ]


def test_a_later_night_is_read_again_from_the_very_run_that_was_loaded(
    con: DuckDBPyConnection, landed: Landed, query: Query
) -> None:
    load(con, landed, landed.land(nth(1), {"posts": [post("a", FIRST, 5)]}))
    landed.land(nth(1), {"posts": [post("a", FIRST, 6)]})  # landed since, not loaded yet
    [unit] = load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, 4)]}))
    assert unit.rederived == (nth(1),)
    assert query("select _night, likes from raw.harbour_posts order by 1") == [(FIRST, 4), (nth(1), 5)]


def test_an_earlier_night_is_refused_when_the_landing_lost_a_later_one(
    con: DuckDBPyConnection, landed: Landed, query: Query
) -> None:
    load(con, landed, landed.land(nth(1), {"posts": [post("a", FIRST, 5)]}))
    del landed.known[("harbour", "1", nth(1))]
    [unit] = load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, 4)]}))
    assert unit.state == "failed"
    assert str(nth(1)) in str(unit.error)
    assert query("select _night, likes from raw.harbour_posts") == [(nth(1), 5)]


def test_an_older_observation_never_replaces_a_newer_one(con: DuckDBPyConnection, landed: Landed, query: Query) -> None:
    from dataclasses import replace

    newer = landed.land(FIRST, {"posts": [post("a", FIRST, 5)]})
    older = replace(
        landed.land(FIRST, {"posts": [post("a", FIRST, 4)]}), observed_at=f"{FIRST + timedelta(days=1)}T02:00:00Z"
    )
    load(con, landed, newer)
    [unit] = load(con, landed, older)
    assert unit.state == "already"
    assert query("select likes from raw.harbour_posts") == [(5,)]
