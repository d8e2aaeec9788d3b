"""Where days are missing the known ones may decide; what they leave open is unknown, or foretold with its doubt."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.stats.goals.terms import Goal
from tests.stats.goals.asked import OCTOBER, asked, days, weeks

LAST = date(2026, 10, 10)
FIVE_WEEKS_BEFORE = date(2026, 8, 27)
WEEK = [10.0, 10, 30, 30, 10, 10, 10]


def test_what_is_known_may_be_enough() -> None:
    found = asked(Goal("sum", 30), days([20, None, 10]), OCTOBER, LAST)
    assert (found.state, found.judged_by, found.needed) == ("attained", "value", 0)
    over = asked(Goal("sum", 30), days([20, None, 10]), OCTOBER, date(2026, 10, 3))
    assert (over.state, over.at.is_final) == ("attained", False)


def test_what_is_known_may_be_too_much() -> None:
    found = asked(Goal("sum", 29, at_least=False), days([20, None, 10]), OCTOBER, LAST)
    assert (found.state, found.judged_by, found.needed) == ("missed", "value", None)


def test_after_the_end_what_is_not_enough_is_not_known() -> None:
    found = asked(Goal("sum", 31), days([20, None, 10]), OCTOBER, date(2026, 10, 3))
    assert (found.state, found.judged_by, found.reason) == ("unknown", None, "holes")
    kept = asked(Goal("sum", 31, at_least=False), days([20, None, 10]), OCTOBER, date(2026, 10, 3))
    assert kept.state == "unknown"


def test_known_days_that_are_ahead_of_all_days_are_on_pace() -> None:
    # Three of ten days: 30 had to be there, and 30 is there without the second.
    found = asked(Goal("sum", 100), days([20, None, 10]), OCTOBER, LAST)
    assert found.at.current == 30
    assert found.due == pytest.approx(30)
    assert found.state == "on_pace"
    assert found.judged_by == "pace"
    # Whatever the second brought, ten a day are enough.
    assert found.needed == 10
    assert found.at.days_known == 2


def test_known_days_that_are_behind_say_nothing_as_the_missing_one_may_have_brought_it() -> None:
    found = asked(Goal("sum", 100), days([10, None, 10]), OCTOBER, LAST)
    assert (found.state, found.judged_by, found.reason) == ("unknown", None, "holes")
    assert found.needed == pytest.approx(80 / 7)


def test_known_days_that_already_take_too_much_are_off_pace() -> None:
    limit = Goal("sum", 100, at_least=False)
    assert asked(limit, days([20, None, 20]), OCTOBER, LAST).state == "off_pace"
    within = asked(limit, days([10, None, 10]), OCTOBER, LAST)
    # Nobody knows what of the limit is left.
    assert (within.state, within.needed) == ("unknown", None)


def test_a_sum_that_can_fall_is_decided_by_all_of_its_days_alone() -> None:
    margin = Goal("sum", 30, can_fall=True)
    found = asked(margin, days([40, None, 10]), OCTOBER, LAST)
    assert (found.state, found.needed) == ("unknown", None)


def test_withdrawn_likes_make_a_count_fall_so_that_reached_is_not_kept() -> None:
    likes = days([20, -5, None, 20])
    found = asked(Goal("sum", 30), likes, OCTOBER, LAST)
    assert found.state == "unknown"
    passed = asked(Goal("sum", 30, at_least=False), likes, OCTOBER, LAST)
    assert passed.state == "unknown"
    # A fall before the period shows it as well.
    earlier = asked(Goal("sum", 30), days([-1, 40, None, 5], date(2026, 9, 30)), OCTOBER, LAST)
    assert earlier.state == "unknown"


def test_a_ratio_of_which_a_day_is_missing_is_that_of_the_known_ones_and_decides_nothing() -> None:
    known = days([3, None, 3], by=[100, None, 100])
    found = asked(Goal("ratio", 0.02), known, OCTOBER, LAST)
    assert (found.at.current, found.at.days_known, found.state) == (0.03, 2, "unknown")


def test_silence_of_more_than_a_week_says_nothing() -> None:
    found = asked(Goal("sum", 100), days([50.0], unheard=8), OCTOBER, LAST)
    assert (found.state, found.reason, found.needed) == ("unknown", "late", None)
    assert asked(Goal("sum", 100), days([50.0], unheard=7), OCTOBER, LAST).state == "on_pace"


def test_a_missing_day_is_foretold_like_its_weekday_a_week_before() -> None:
    # From a Thursday on, two weeks with 110 each; the Saturday that is missing is taken to have brought its 30.
    whole = days([*weeks(WEEK, 5), *WEEK[:5]], FIVE_WEEKS_BEFORE)
    values = [None if day == 37 else value for day, value in enumerate(whole.values)]
    found = asked(Goal("sum", 220), days(values, FIVE_WEEKS_BEFORE), OCTOBER, date(2026, 10, 14))
    assert found.at.current == 60
    assert (found.at.days_known, found.at.missing) == (4, 1)
    assert found.end == pytest.approx(220)
    assert found.probability == 1
    assert (found.state, found.judged_by, found.reason) == ("on_pace", "forecast", None)
    more = asked(Goal("sum", 221), days(values, FIVE_WEEKS_BEFORE), OCTOBER, date(2026, 10, 14))
    assert (more.state, more.probability) == ("off_pace", 0)


def test_a_missing_day_makes_the_end_less_sure() -> None:
    noise = [(day * 37 % 11) - 5 for day in range(40)]
    values: list[float | None] = [50.0 + 3 * off for off in noise]
    sure = asked(Goal("sum", 600), days(values, FIVE_WEEKS_BEFORE), OCTOBER, date(2026, 10, 14))
    values[37] = values[30]
    same = asked(Goal("sum", 600), days(values, FIVE_WEEKS_BEFORE), OCTOBER, date(2026, 10, 14))
    values[37] = None
    unsure = asked(Goal("sum", 600), days(values, FIVE_WEEKS_BEFORE), OCTOBER, date(2026, 10, 14))
    assert sure.probability is not None
    assert same.probability is not None
    assert unsure.probability is not None
    assert unsure.end == pytest.approx(same.end, rel=0.01)
    assert abs(unsure.probability - 0.5) < abs(same.probability - 0.5)


def test_of_a_period_of_which_more_than_a_third_is_missing_nothing_is_foretold() -> None:
    before = weeks([10.0] * 7, 10)
    third = asked(Goal("sum", 900), days([*before, 10, None, 10], date(2026, 7, 23)), OCTOBER, LAST)
    assert third.end == pytest.approx(100)
    assert third.reason is None
    more = asked(Goal("sum", 900), days([*before, 10, None, None, 10], date(2026, 7, 23)), OCTOBER, LAST)
    assert (more.end, more.reason, more.state) == (None, "holes", "unknown")


def test_days_before_anything_was_known_are_not_made_up() -> None:
    found = asked(Goal("sum", 2000), days([10.0] * 40, date(2026, 10, 6)), OCTOBER, date(2026, 11, 30))
    assert (found.at.missing, found.end, found.reason, found.state) == (5, None, "holes", "unknown")
