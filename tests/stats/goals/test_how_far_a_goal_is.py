"""What has come, what had to have come by now, and what the days that are left have to bring: reckoned by hand."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.stats.goals.terms import Goal
from tests.stats.goals.asked import OCTOBER, asked, days, weeks

LAST = date(2026, 10, 10)
DEFAULT = Goal("sum", 100)


def test_followers_grow_along_a_line_from_the_level_before_the_period() -> None:
    known = days([1000, 1010, 1020, 1030, 1050], date(2026, 9, 30))
    found = asked(Goal("level", 1200), known, OCTOBER, LAST)
    assert found.at.current == 1050
    # Four of the ten days, 80 of the 200 followers that were missing.
    assert (found.due, found.due_by) == (1080, "linear")
    assert found.needed == 25
    assert (found.state, found.judged_by) == ("off_pace", "pace")


def test_a_level_above_its_target_from_the_beginning_has_to_be_above_it_and_not_above_more() -> None:
    found = asked(Goal("level", 500), days([600, 590, 480], date(2026, 9, 30)), OCTOBER, LAST)
    assert found.due == 500
    assert found.needed == 2.5
    assert found.state == "off_pace"


def test_a_level_is_that_of_its_last_day_and_no_sum() -> None:
    ended = asked(Goal("level", 30), days([10, None, 30]), OCTOBER, date(2026, 10, 3))
    assert (ended.at.current, ended.state, ended.needed, ended.reason) == (30, "attained", None, "over")
    fallen = asked(Goal("level", 30), days([10, 40, 29]), OCTOBER, date(2026, 10, 3))
    assert (fallen.at.current, fallen.state) == (29, "missed")


def test_a_sum_is_expected_by_what_each_weekday_brought_before() -> None:
    # Mondays to Fridays bring 1, Saturdays and Sundays 3: 11 a week, and from Monday to Saturday 8 of them.
    known = days([*weeks([1, 1, 1, 1, 1, 3, 3], 8), 1, 1, 1, 1, 1, 3], date(2026, 8, 10))
    found = asked(Goal("sum", 22), known, date(2026, 10, 5), date(2026, 10, 18))
    assert found.at.current == 8
    assert found.due == pytest.approx(8)
    assert found.due_by == "weekdays"
    assert found.needed == pytest.approx(14 / 8)


def test_the_week_of_a_period_that_begins_in_the_middle_of_one_is_told_by_its_own_days() -> None:
    # From a Thursday: 1 + 1 + 3 + 3 + 1 = 9 of the 11 that seven days bring.
    known = days([*weeks([1, 1, 3, 3, 1, 1, 1], 8), 1, 1, 3, 3, 1], date(2026, 8, 6))
    found = asked(Goal("sum", 11), known, OCTOBER, date(2026, 10, 7))
    assert found.due == pytest.approx(9)


def test_without_four_known_weeks_before_a_sum_is_expected_evenly() -> None:
    found = asked(Goal("sum", 100), days([*[5.0] * 27, 3, 4], date(2026, 9, 4)), OCTOBER, LAST)
    assert found.at.current == 7
    assert found.due == pytest.approx(20)
    assert found.due_by == "linear"


@pytest.mark.parametrize(("year", "share"), [(2027, 14 / 28), (2028, 14 / 29)])
def test_february_has_as_many_days_as_the_calendar_gives_it(year: int, share: float) -> None:
    end = date(year, 3, 1) - (date(year, 3, 1) - date(year, 2, 28 + (year == 2028)))
    found = asked(Goal("sum", 1000), days([10.0] * 14, date(year, 2, 1)), date(year, 2, 1), end)
    assert found.due == pytest.approx(1000 * share)
    assert found.needed == pytest.approx(860 / (14 + (year == 2028)))


def test_a_ratio_is_that_of_the_sums_and_not_the_mean_of_ratios() -> None:
    found = asked(Goal("ratio", 0.8), days([1, 90], by=[10, 100]), OCTOBER, date(2026, 10, 2))
    assert (found.at.numerator, found.at.denominator) == (91, 110)
    assert found.at.current == pytest.approx(0.827272727)
    assert found.state == "attained"


def test_a_ratio_that_is_behind_needs_days_that_are_better_than_the_target() -> None:
    # 30 of 1000 in ten days; twenty more with 2000 together need 0.04 × 3000 − 30 = 90 of 2000.
    known = days([3.0] * 10, by=[100.0] * 10)
    found = asked(Goal("ratio", 0.04), known, OCTOBER, date(2026, 10, 30))
    assert found.needed == pytest.approx(0.045)
    assert (found.due, found.due_by, found.state) == (0.04, "target", "off_pace")


@pytest.mark.parametrize(
    ("revenue", "sales", "basket"), [([3.3], [3.0], 1.1), ([0.1, 0.2], [1.0, 0.0], 0.3), ([60.2, 60.0], [1, 1], 60.1)]
)
def test_money_that_reaches_its_target_to_the_cent_has_reached_it(
    revenue: list[float], sales: list[float], basket: float
) -> None:
    end = date(2026, 10, len(revenue))
    for at_least in (True, False):
        assert asked(Goal("ratio", basket, at_least), days(revenue, by=sales), OCTOBER, end).state == "attained"
    whole = asked(Goal("sum", round(sum(revenue), 2)), days(revenue), OCTOBER, end)
    assert (whole.state, whole.at.current) == ("attained", round(sum(revenue), 2))


def test_the_last_day_has_to_bring_all_that_is_missing() -> None:
    found = asked(DEFAULT, days([10.0] * 9), OCTOBER, LAST)
    assert (found.at.current, found.needed) == (90, 10)


def test_days_that_are_not_told_yet_have_to_bring_their_part_too() -> None:
    found = asked(DEFAULT, days([10.0] * 6, unheard=3), OCTOBER, LAST)
    assert (found.at.known_until, found.needed) == (date(2026, 10, 6), 10)
    assert found.due == pytest.approx(60)
    assert found.state == "on_pace"


def test_nothing_is_needed_of_what_is_reached() -> None:
    found = asked(DEFAULT, days([60.0, 60.0]), OCTOBER, LAST)
    assert (found.needed, found.state, found.judged_by) == (0, "attained", "value")


def test_what_is_not_to_be_passed_leaves_a_part_to_each_day() -> None:
    found = asked(Goal("sum", 100, at_least=False), days([10.0, 10.0]), OCTOBER, LAST)
    assert (found.needed, found.state) == (10, "on_pace")
    spent = asked(Goal("sum", 100, at_least=False), days([50.0, 50.0]), OCTOBER, LAST)
    assert (spent.needed, spent.state) == (0, "off_pace")
    passed = asked(Goal("sum", 100, at_least=False), days([50.0, 51.0]), OCTOBER, LAST)
    assert (passed.needed, passed.state, passed.judged_by) == (None, "missed", "value")


def test_what_is_not_to_be_passed_is_kept_at_the_end_alone() -> None:
    found = asked(Goal("sum", 100, at_least=False), days([10.0] * 10), OCTOBER, LAST)
    assert (found.state, found.needed) == ("attained", None)


def test_what_is_still_being_counted_is_not_final() -> None:
    over = asked(DEFAULT, days([10.0] * 10, provisional=2), OCTOBER, LAST)
    assert (over.state, over.at.is_final) == ("attained", False)
    assert asked(DEFAULT, days([10.0] * 10), OCTOBER, LAST).at.is_final
    # Of a level the last day alone counts.
    assert asked(Goal("level", 10), days([None, 10.0]), OCTOBER, date(2026, 10, 2)).at.is_final


def test_days_before_and_after_the_period_are_none_of_it() -> None:
    known = days([7.0, 1.0, 2.0, 7.0], date(2026, 9, 30))
    assert asked(DEFAULT, known, OCTOBER, date(2026, 10, 2)).at.current == 3
