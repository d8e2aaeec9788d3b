"""Nights in any order and split give the same shares as all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import models
from tests.models.warehouse import MODELS, empty_warehouse

CHOSEN = [m for m in MODELS if m.relation in {"core.public_account_day", "kpi.share_of_voice"}]
FIRST, DAYS = date(2026, 10, 1), 24
OWN, OTHERS = "us", ("them", "those")
GIVEN = ("kpi.account_daily", "raw.mastodon_tracked")
NUMBERS = st.one_of(st.none(), st.integers(0, 9))
# Of one night: who was seen, with how many followers and posts, and how many nights late each was read.
SEEN = st.tuples(st.sampled_from((OWN, *OTHERS)), st.integers(0, DAYS - 1), NUMBERS, NUMBERS, st.integers(0, 9))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse(duckdb.connect()) as con:
        yield con


def build(con: duckdb.DuckDBPyConnection, since: date) -> None:
    models.build(con, CHOSEN, {model.relation: since for model in CHOSEN})


def shares(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute("select * from kpi.share_of_voice order by all").fetchall()


def see(con: duckdb.DuckDBPyConnection, account: str, day: date, followers: int | None, posts: int | None) -> None:
    at = datetime.combine(day, datetime.min.time()) + timedelta(hours=27)
    if account == OWN:
        con.execute(
            "insert into kpi.account_daily (platform, account, day, day_timezone, followers, posts_published, is_final,"
            " observed_at) values ('mastodon', ?, ?, 'UTC', ?, ?, false, ?)",
            [account, day, followers, posts, at],
        )
    else:
        con.execute(
            "insert into raw.mastodon_tracked (_account, _night, _absent, _observed_at, day, acct, followers_count,"
            " statuses_count) values ('us', ?, false, ?, ?, ?, ?, ?)",
            [day, at, day.isoformat(), account, followers, posts],
        )


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(SEEN, min_size=4, max_size=40, unique_by=lambda seen: seen[:2]))
def test_late_nights_and_gaps_give_what_one_full_build_gives(
    con: duckdb.DuckDBPyConnection, seen: list[tuple[str, int, int | None, int | None, int]]
) -> None:
    for table in GIVEN:
        con.execute(f"delete from {table}")
    build(con, models.FIRST_DAY)
    for step in range(DAYS + 9):
        new = [each for each in seen if each[1] + each[4] == step]
        for account, number, followers, posts, _ in new:
            see(con, account, FIRST + timedelta(days=number), followers, posts)
        if new:
            build(con, FIRST + timedelta(days=min(number for _, number, *_ in new)))
    nightly = shares(con)
    build(con, models.FIRST_DAY)
    assert nightly == shares(con)


def test_somebody_who_is_watched_every_night_is_compared_every_night(con: duckdb.DuckDBPyConnection) -> None:
    """The nights of the test above reach rows, and a gap in them is seen."""
    for table in GIVEN:
        con.execute(f"delete from {table}")
    for number in range(10):
        for account in (OWN, *OTHERS):
            see(con, account, FIRST + timedelta(days=number), 10, number)
    build(con, models.FIRST_DAY)
    assert len(shares(con)) == 30
    con.execute("delete from raw.mastodon_tracked where acct = 'them' and _night = ?", [FIRST])
    build(con, FIRST)
    assert len(shares(con)) == 29
