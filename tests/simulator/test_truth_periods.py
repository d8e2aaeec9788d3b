"""The truth's periods: calendar bounds, sums, bounds of reach, comparisons."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pipeline.simulator.truth.accounts import ACCOUNT_DAILY
from pipeline.simulator.truth.periods import account_period, period_end, period_start, year_before

SEEN = datetime(2026, 9, 30, 2)


@pytest.mark.parametrize(
    ("kind", "start", "end", "before"),
    [
        ("week", date(2026, 10, 26), date(2026, 11, 1), date(2025, 10, 27)),
        ("month", date(2026, 10, 1), date(2026, 10, 31), date(2025, 10, 1)),
        ("quarter", date(2026, 10, 1), date(2026, 12, 31), date(2025, 10, 1)),
    ],
)
def test_periods_have_their_calendar_bounds(kind: str, start: date, end: date, before: date) -> None:
    assert period_start(kind, date(2026, 10, 28)) == start
    assert period_end(kind, start) == end
    assert year_before(kind, start) == before


def test_december_and_february_end_where_they_end() -> None:
    assert period_end("month", date(2026, 12, 1)) == date(2026, 12, 31)
    assert period_end("month", date(2028, 2, 1)) == date(2028, 2, 29)


def account_day(on: date, **known: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ACCOUNT_DAILY.table([]).columns)
    named = {"platform": "facebook", "account": "1", "day": on, "is_final": True, "observed_at": SEEN}
    return row | named | known


def test_a_period_sums_what_adds_up_and_bounds_what_does_not() -> None:
    monday = date(2026, 9, 7)
    days: list[dict[str, int | None]] = [
        {"followers": 100},
        {"followers": 110, "engagements": 6, "impressions": 100, "clicks": 3, "reach_1d": 50},
        {"engagements": 9, "reach_1d": 70},
        {"engagements": 9, "impressions": 200, "clicks": 1, "reach_1d": 60},
        {"followers": 121, "engagements": 2, "impressions": None, "is_final": False},
    ]
    rows = [account_day(monday + timedelta(days=n - 1), **known) for n, known in enumerate(days)]
    week = account_period(ACCOUNT_DAILY.table(rows)).where(period_kind="week", period_start=monday)[0]
    assert (week["followers_start"], week["followers_end"]) == (100, 121)
    assert week["follower_growth_rate"] == 0.21
    assert (week["engagements"], week["impressions"], week["clicks"], week["shares"]) == (26, 300, 4, None)
    assert (week["reach_lower_bound"], week["reach_upper_bound"]) == (70, 180)
    assert (week["engagements_for_rate"], week["impressions_for_rate"]) == (15, 300)
    assert week["engagement_rate_by_impressions"] == 0.05
    assert (week["engagements_with_reach"], week["reach_person_days"]) == (24, 180)
    assert week["engagement_rate_by_followers"] == 0.26
    assert (week["clicks_with_impressions"], week["impressions_with_clicks"]) == (4, 300)
    assert (week["best_day"], week["worst_day"]) == (monday + timedelta(days=1), monday + timedelta(days=3))
    assert (week["days_covered"], week["days_in_period"], week["is_final"]) == (4, 7, False)


def test_the_reach_of_a_period_is_bounded_by_the_windows_that_make_it_up() -> None:
    first = date(2026, 9, 1)
    rows = [account_day(first + timedelta(days=n), reach_1d=100, reach_7d=300, reach_28d=800) for n in range(30)]
    found = {row["period_start"]: row for row in account_period(ACCOUNT_DAILY.table(rows)).where(period_kind="week")}
    assert (found[date(2026, 9, 7)]["reach_lower_bound"], found[date(2026, 9, 7)]["reach_upper_bound"]) == (300, 300)
    (month,) = account_period(ACCOUNT_DAILY.table(rows)).where(period_kind="month")
    assert (month["reach_lower_bound"], month["reach_upper_bound"]) == (800, 1000)


def test_a_day_of_unknown_reach_leaves_no_upper_bound() -> None:
    monday = date(2026, 9, 7)
    rows = [account_day(monday + timedelta(days=n), reach_1d=100 if n != 3 else None) for n in range(7)]
    (week,) = account_period(ACCOUNT_DAILY.table(rows)).where(period_kind="week")
    assert (week["reach_lower_bound"], week["reach_upper_bound"]) == (100, None)


def test_what_the_platform_moved_is_no_growth_of_the_period() -> None:
    monday = date(2026, 9, 7)
    rows = [account_day(monday + timedelta(days=n - 1), followers=1000, followers_net=2) for n in range(8)]
    rows[3] |= {"followers": 880, "follower_residual": -122, "is_level_shift": True}
    for row in rows[4:]:
        row["followers"] = 890
    week = account_period(ACCOUNT_DAILY.table(rows)).where(period_kind="week", period_start=monday)[0]
    assert (week["followers_start"], week["followers_end"], week["followers_shifted"]) == (1000, 890, -122)
    assert week["follower_growth_rate"] == 0.012
    assert (week["follower_growth_speed"], week["follower_growth_acceleration"]) == (2.0, None)


def test_periods_are_compared_only_when_both_are_whole() -> None:
    monday = date(2026, 9, 7)
    rows = [account_day(monday + timedelta(days=n), engagements=1 + n // 7, followers_net=2) for n in range(21)]
    rows[20] |= {"engagements": None, "followers_net": None}
    weeks = account_period(ACCOUNT_DAILY.table(rows)).where(period_kind="week")
    assert [week["engagements"] for week in weeks] == [7, 14, 18]
    assert [week["engagements_change"] for week in weeks] == [None, 7, None]
    assert [week["followers_net_change"] for week in weeks] == [None, 0, None]
    assert [week["is_final"] for week in weeks] == [True, True, True]
    assert {week["engagements_change_year"] for week in weeks} == {None}


def test_a_week_is_compared_with_the_one_52_weeks_before() -> None:
    monday = date(2026, 9, 7)
    ago = monday - timedelta(weeks=52)
    rows = [account_day(ago + timedelta(days=n), impressions=10) for n in range(7)]
    rows += [account_day(monday + timedelta(days=n), impressions=13) for n in range(7)]
    weeks = account_period(ACCOUNT_DAILY.table(rows)).where(period_kind="week", period_start=monday)
    assert weeks[0]["impressions_change_year"] == 21
    assert weeks[0]["impressions_change"] is None
