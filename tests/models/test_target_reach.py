"""Evenings read in any order and split give the same rates as all of them at once, and nobody is counted twice."""

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

CHOSEN = [m for m in MODELS if m.relation in {"core.night", "core.audience_day", "kpi.target_reach"}]
FIRST, DAYS = date(2026, 10, 22), 20
GIVEN = ("kpi.account_daily", "ops.ledger", "raw.instagram_demographics", "seed.target_segment")
SEGMENTS = ("F.25-34", "M.25-34", "F.35-44", "U.35-44", "country.FR", "country.BE", "city.Brest, Bretagne")
PEOPLE = st.dictionaries(st.sampled_from(SEGMENTS), st.one_of(st.none(), st.integers(0, 9)))
# Of one evening: what was told, how many nights late it was built, how many hours after midnight UTC it was read.
EVENINGS = st.dictionaries(
    st.integers(0, DAYS - 1), st.tuples(PEOPLE, st.integers(0, 9), st.sampled_from((3, 12))), min_size=2
)
TARGETS = st.lists(st.sampled_from((*SEGMENTS, "gender.F", "age.25-34", "age.65+")), unique=True, max_size=3)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_warehouse(duckdb.connect()) as con:
        yield con


def build(con: duckdb.DuckDBPyConnection, since: date) -> None:
    models.build(con, CHOSEN, {model.relation: since for model in CHOSEN})


def rates(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute("select * from kpi.target_reach order by all").fetchall()


def trait(segment: str) -> str:
    word = segment.split(".", maxsplit=1)[0]
    return word if word in {"country", "city"} else "age,gender"


def see(con: duckdb.DuckDBPyConnection, day: date, people: dict[str, int | None], hours: int) -> None:
    at = datetime.combine(day, datetime.min.time()) + timedelta(hours=24 + hours)
    con.execute(
        "insert into kpi.account_daily (platform, account, day, day_timezone, is_final)"
        " values ('instagram', 'us', ?, 'America/Los_Angeles', false)",
        [day],
    )
    con.execute(
        "insert into ops.ledger (platform, account, night, state, window_since, observed_at)"
        " values ('instagram', 'us', ?, 'passed', ?, ?)",
        [day, day - timedelta(days=2), at],
    )
    for segment, reach in people.items():
        con.execute(
            "insert into raw.instagram_demographics (_account, _night, _absent, _observed_at, day, segment, breakdown,"
            " value, reach) values ('us', ?, false, ?, ?, ?, ?, 9, ?)",
            [day, at, day.isoformat(), segment, trait(segment), reach],
        )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(EVENINGS, TARGETS)
def test_late_evenings_and_gaps_give_what_one_full_build_gives_and_no_rate_is_more_than_everybody(
    con: duckdb.DuckDBPyConnection, evenings: dict[int, tuple[dict[str, int | None], int, int]], targets: list[str]
) -> None:
    for relation in (*GIVEN, *(model.relation for model in CHOSEN)):
        con.execute(f"delete from {relation}")
    for target in targets:
        con.execute("insert into seed.target_segment values (?, ?)", [trait(target), target])
    steps: dict[int, list[int]] = {}
    for number, (_, late, _) in evenings.items():
        steps.setdefault(number + late, []).append(number)
    for step in sorted(steps):
        for number in steps[step]:
            see(con, FIRST + timedelta(days=number), evenings[number][0], evenings[number][2])
        build(con, FIRST + timedelta(days=min(steps[step])))
    nightly = rates(con)
    build(con, date(1900, 1, 1))
    assert nightly == rates(con)
    assert len(nightly) == len(evenings)
    wrong = "target_reach > people_reached or (target_reach_rate is null) <> (reason is not null) or window_since > day"
    assert con.execute(f"select * from kpi.target_reach where {wrong}").fetchall() == []
    if len({trait(target) for target in targets}) != 1:
        assert con.execute("select count(target_reach) from kpi.target_reach").fetchall() == [(0,)]


def test_what_is_asked_for_after_the_month_is_over_tells_nothing_of_it(con: duckdb.DuckDBPyConnection) -> None:
    """At 03:00 UTC it is still the last of October on the Pacific coast; at 12:00 it is the first of November."""
    for relation in (*GIVEN, *(model.relation for model in CHOSEN)):
        con.execute(f"delete from {relation}")
    con.execute("insert into seed.target_segment values ('age,gender', 'F.25-34')")
    see(con, date(2026, 10, 30), {"F.25-34": 8, "M.25-34": 2}, 12)
    see(con, date(2026, 10, 31), {"F.25-34": 1, "M.25-34": 3}, 12)
    see(con, date(2026, 11, 30), {"F.25-34": 9, "M.25-34": 3}, 3)
    build(con, date(1900, 1, 1))
    told = con.execute("select day, window_since, target_reach_rate from kpi.target_reach order by day").fetchall()
    assert told == [
        (date(2026, 10, 30), date(2026, 10, 1), 0.8),
        (date(2026, 10, 31), None, None),
        (date(2026, 11, 30), date(2026, 11, 1), 0.75),
    ]
