"""Which periods a goal has: the present one and those before it that can be known whole."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.stats.goals.periods import spans
from pipeline.stats.goals.terms import Goal


def day(text: str) -> date:
    return date.fromisoformat(text)


def told(goal: Goal, first: str, newest: str) -> list[tuple[str, str]]:
    return [(start.isoformat(), end.isoformat()) for start, end in spans(goal, day(first), day(newest))]


def each(period: str, start: str | None = None, end: str | None = None) -> Goal:
    return Goal("sum", 1, period=period, start=start and day(start), end=end and day(end))  # type: ignore[arg-type]


def test_months_of_a_leap_year() -> None:
    assert told(each("month"), "2027-12-02", "2028-03-01") == [
        ("2028-01-01", "2028-01-31"),
        ("2028-02-01", "2028-02-29"),
        ("2028-03-01", "2028-03-31"),
    ]


def test_quarters_go_over_the_new_year() -> None:
    assert told(each("quarter"), "2026-10-01", "2027-02-14") == [
        ("2026-10-01", "2026-12-31"),
        ("2027-01-01", "2027-03-31"),
    ]


def test_a_year_that_began_before_anything_was_known_is_told_while_it_lasts() -> None:
    assert told(each("year"), "2026-03-05", "2026-12-31") == [("2026-01-01", "2026-12-31")]
    assert told(each("year"), "2026-03-05", "2027-01-01") == [("2027-01-01", "2027-12-31")]


def test_a_start_and_an_end_cut_the_first_and_the_last_month() -> None:
    goal = each("month", "2026-10-10", "2026-12-20")
    assert told(goal, "2026-01-01", "2027-04-30") == [
        ("2026-10-10", "2026-10-31"),
        ("2026-11-01", "2026-11-30"),
        ("2026-12-01", "2026-12-20"),
    ]


def test_what_has_not_begun_is_not_told() -> None:
    own = Goal("sum", 1, start=day("2026-10-10"), end=day("2026-10-20"))
    assert told(own, "2026-01-01", "2026-10-09") == []
    assert told(own, "2026-01-01", "2026-10-10") == [("2026-10-10", "2026-10-20")]
    assert told(own, "2026-01-01", "2027-10-10") == [("2026-10-10", "2026-10-20")]
    assert told(each("month", "2026-11-15"), "2026-01-01", "2026-11-14") == []


@given(
    st.sampled_from(["month", "quarter", "year"]),
    st.dates(date(2019, 1, 1), date(2032, 1, 1)),
    st.integers(0, 1500),
)
def test_periods_follow_each_other_without_a_gap_and_the_last_holds_the_newest_night(
    period: str, first: date, length: int
) -> None:
    newest = date.fromordinal(first.toordinal() + length)
    found = spans(Goal("sum", 1, period=period), first, newest)
    assert found[-1][0] <= newest <= found[-1][1]
    for (_, end), (start, _) in pairwise(found):
        assert start.toordinal() == end.toordinal() + 1
    for start, end in found[:-1]:
        assert first <= start <= end < newest
