"""How long people wait is counted in the hours in which somebody is there, whatever the clocks do in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import models
from tests.models.warehouse import MODELS, empty_warehouse

CHOSEN = [m for m in MODELS if m.relation in {"core.business_hour", "core.team_author", "kpi.team_daily"}]
HOLIDAYS = (date(2026, 3, 30), date(2026, 10, 26), date(2026, 11, 11))
# Zones of two hemispheres, of half an hour's summer time, and of none.
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
SCHEDULES: Mapping[str, tuple[Sequence[int], Sequence[tuple[int, int]]]] = {
    "an office with a lunch break": (range(1, 6), ((540, 750), (840, 1080))),
    "a house that never sleeps": (range(1, 8), ((0, 1440),)),
    "Sundays, around the change of the clock": ((7,), ((60, 240),)),
}
FIRST = datetime(2026, 1, 1)
ORDINARY = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
# Moments of a year, to the second; many of them near each other.
MOMENTS = st.integers(0, 365 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
LENGTHS = st.one_of(st.integers(0, 7_200), st.integers(0, 20 * 86_400)).map(lambda seconds: timedelta(seconds=seconds))


@pytest.fixture(scope="module", params=[(zone, name) for zone in ZONES for name in SCHEDULES], ids="/".join)
def team(request: pytest.FixtureRequest) -> Iterator[tuple[duckdb.DuckDBPyConnection, str, str]]:
    zone, name = request.param
    weekdays, hours = SCHEDULES[name]
    with empty_warehouse(duckdb.connect()) as con:
        con.executemany("insert into seed.holiday values (?, 'holiday')", [[day] for day in HOLIDAYS])
        rows = [[weekday, *each, zone] for weekday in weekdays for each in hours]
        con.executemany("insert into seed.business_hours values (?, ?, ?, ?)", rows)
        build(con, "core.business_hour")
        yield con, zone, name


def build(con: duckdb.DuckDBPyConnection, relation: str) -> None:
    chosen = [model for model in CHOSEN if model.relation == relation]
    con.execute("set variable rebuild_from = date '1900-01-01'")
    models.build(con, chosen, {relation: models.FIRST_DAY})


def waited(con: duckdb.DuckDBPyConnection, pairs: Sequence[tuple[datetime, datetime]]) -> list[float]:
    """Minutes that the table tells of questions and answers at these moments (UTC), each on a network of its own."""
    con.execute("delete from core.response")
    rows: list[list[Any]] = []
    for number, (asked, answered) in enumerate(pairs):
        rows.append([f"{number:04}", "q", None, asked.date(), asked, "ann", False])
        rows.append([f"{number:04}", "a", "q", answered.date(), answered, None, True])
    con.executemany(
        "insert into core.response (platform, account, response_id, post_id, parent_id, day, written_at, person,"
        " is_own, is_live) values (?, 'us', ?, 'p', ?, ?, ?, ?, ?, true)",
        rows,
    )
    build(con, "kpi.team_daily")
    found = con.execute(
        "select response_minutes_median from kpi.team_daily where first_responses = 1 order by platform"
    ).fetchall()
    assert len(found) == len(pairs)
    return [row[0] for row in found]


def counted(zone: str, schedule: str, asked: datetime, answered: datetime) -> float:
    """The same by the wall clock, day by day."""
    weekdays, hours = SCHEDULES[schedule]
    total, home = timedelta(), ZoneInfo(zone)
    day = asked.date() - timedelta(days=1)
    while day <= answered.date() + timedelta(days=1):
        if day.isoweekday() in weekdays and day not in HOLIDAYS:
            for opens, closes in hours:
                begin, end = (wall(day, minute, home) for minute in (opens, closes))
                total += max(min(end, answered) - max(begin, asked), timedelta())
        day += timedelta(days=1)
    return total / timedelta(minutes=1)


def wall(day: date, minute: int, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, datetime.min.time())
    return (midnight + timedelta(minutes=minute)).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


@ORDINARY
@given(st.lists(st.tuples(MOMENTS, LENGTHS), min_size=1, max_size=60))
def test_a_wait_is_what_the_wall_clock_counts(
    team: tuple[duckdb.DuckDBPyConnection, str, str], waits: list[tuple[datetime, timedelta]]
) -> None:
    con, zone, schedule = team
    pairs = [(asked, asked + length) for asked, length in waits]
    assert waited(con, pairs) == pytest.approx([counted(zone, schedule, *pair) for pair in pairs])


@ORDINARY
@given(st.lists(st.tuples(MOMENTS, LENGTHS, LENGTHS), min_size=1, max_size=30))
def test_a_wait_is_the_sum_of_its_parts_and_never_shrinks(
    team: tuple[duckdb.DuckDBPyConnection, str, str], waits: list[tuple[datetime, timedelta, timedelta]]
) -> None:
    con, _, _ = team
    cuts = [(asked, asked + one, asked + one + other) for asked, one, other in waits]
    first = waited(con, [(a, b) for a, b, _ in cuts])
    second = waited(con, [(b, c) for _, b, c in cuts])
    whole = waited(con, [(a, c) for a, _, c in cuts])
    assert whole == pytest.approx([one + other for one, other in zip(first, second, strict=True)])
    assert all(0 <= part <= sum_ for part, sum_ in zip(first, whole, strict=True))
    assert all(minutes <= (c - a) / timedelta(minutes=1) + 1e-9 for minutes, (a, _, c) in zip(whole, cuts, strict=True))


def test_nights_ends_of_the_week_and_holidays_are_nobodys_time() -> None:
    with empty_warehouse(duckdb.connect()) as con:
        con.execute("insert into seed.holiday values (date '2026-10-26', 'holiday')")
        con.execute("insert into seed.business_hours select d, 540, 1080, 'Europe/Paris' from range(1, 6) as r (d)")
        build(con, "core.business_hour")
        # From Friday evening until Tuesday morning, with the end of summer time and a holiday in between.
        closed = [(datetime(2026, 10, 23, 16), datetime(2026, 10, 27, 8))]
        # A night, and then a minute; a working day of which the clock has moved.
        opened = [
            (datetime(2026, 10, 22, 20), datetime(2026, 10, 23, 7, 1)),
            (datetime(2026, 10, 27, 0), datetime(2026, 10, 28, 0)),
        ]
        assert waited(con, closed + opened) == [0, 1, 540]
