"""What is foretold of the end: days that repeat are certain, what varies has the probability that a hand can reckon."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.stats import t

from pipeline.stats.forecasting.backtest import Backtest
from pipeline.stats.forecasting.chances import chance
from pipeline.stats.forecasting.horizon import Chosen
from pipeline.stats.forecasting.paths import NAIVE, Path
from pipeline.stats.forecasting.series import Series
from pipeline.stats.goals.terms import Goal
from tests.stats.goals.asked import OCTOBER, asked, days, weeks

BEFORE = date(2026, 8, 27)
WEEK = [10.0, 10, 30, 30, 10, 10, 10]
TWO_WEEKS = date(2026, 10, 14)
NOTHING = np.empty((0, 10))


def of(values: list[float], sigma: float) -> Chosen:
    """A model of ten days, never tested, each of whose surprises is gone a day later."""
    series = Series(BEFORE, np.array(values), np.ones(len(values), dtype=bool))
    test = Backtest(NAIVE, None, NOTHING, NOTHING, NOTHING, NOTHING)
    return Chosen(series, Path(np.full(10, 5.0), np.eye(1, 10)[0], sigma), test, test, np.ones(10))


def test_the_probability_of_a_sum_is_that_of_students_distribution() -> None:
    # Four days of standard deviation 2 each: 4 of their sum; with four degrees of freedom 1 is passed in 18.7 %.
    flat = of([5.0] * 28, sigma=2)
    assert chance(flat, 0, 4, 4) == pytest.approx(0.18695, abs=1e-5)
    assert chance(flat, 0, 4, -4) == pytest.approx(1 - 0.18695, abs=1e-5)
    # The days before the period do not count for it.
    assert chance(flat, 6, 10, 4) == chance(flat, 0, 4, 4)


def test_each_guessed_day_adds_its_own_doubt() -> None:
    # Every day differs by 3 from its weekday a week before; 4 and 3 make 5.
    steps = of([*([4.0] * 7), *([7.0] * 7), *([4.0] * 7), *([7.0] * 7)], sigma=2)
    assert chance(steps, 0, 4, 5, guessed=1) == pytest.approx(float(t.sf(1, 4)))
    # And of 16 guessed days 12, which with 9 of nine days of 3 make 15.
    wide = of([*([4.0] * 7), *([7.0] * 7)], sigma=3)
    assert chance(wide, 0, 9, 30, guessed=16) == pytest.approx(float(t.sf(2, 4)))


def test_what_never_varied_is_certain() -> None:
    assert [chance(of([5.0] * 28, sigma=0), 0, 4, more) for more in (-1, 0, 1)] == [1, 1, 0]


def test_weeks_that_repeat_end_where_they_have_to() -> None:
    known = days([*weeks(WEEK, 5), *WEEK[:4]], BEFORE)
    just = asked(Goal("sum", 220), known, OCTOBER, TWO_WEEKS)
    assert just.end == pytest.approx(220)
    assert just.probability == 1
    assert just.state == "on_pace"
    assert just.judged_by == "forecast"
    more = asked(Goal("sum", 221), known, OCTOBER, TWO_WEEKS)
    assert (more.probability, more.state) == (0, "off_pace")
    within = asked(Goal("sum", 219, at_least=False), known, OCTOBER, TWO_WEEKS)
    assert (within.probability, within.state) == (0, "off_pace")


def test_days_that_are_still_being_counted_are_foretold_and_not_believed() -> None:
    # The last two days stand at 1 so far: the sum of 220 does not suffer from it.
    known = days([*weeks(WEEK, 5), 10, 10, 1, 1], BEFORE, provisional=2)
    found = asked(Goal("sum", 220), known, OCTOBER, TWO_WEEKS)
    assert found.at.current == 22
    assert found.end == pytest.approx(220)
    believed = asked(Goal("sum", 220), days([*weeks(WEEK, 5), 10, 10, 1, 1], BEFORE), OCTOBER, TWO_WEEKS)
    assert believed.end is not None
    assert believed.end < 180


def test_followers_go_on_as_they_went() -> None:
    # Three more each day: 1120 after 40 of them, 1147 nine days on.
    known = days([1000.0 + 3 * day for day in range(41)], date(2026, 8, 26))
    assert known.newest == date(2026, 10, 5)
    found = asked(Goal("level", 1147), known, OCTOBER, TWO_WEEKS)
    assert found.at.current == 1120
    assert found.end == pytest.approx(1147)
    assert found.probability == 1
    assert asked(Goal("level", 1148), known, OCTOBER, TWO_WEEKS).probability == 0


def test_a_ratio_ends_at_that_of_all_days_of_the_period() -> None:
    # 20 of 100 on four days, and ten days more with 10 of 100 each week-end of 300: weights and not means decide.
    clicks, shown = [2.0, 2, 15, 15, 2, 2, 2], [100.0, 100, 300, 300, 100, 100, 100]
    known = days([*weeks(clicks, 5), *clicks[:4]], BEFORE, by=[*weeks(shown, 5), *shown[:4]])
    found = asked(Goal("ratio", 0.03), known, OCTOBER, TWO_WEEKS)
    assert found.at.current == pytest.approx(34 / 800)
    assert found.end == pytest.approx(80 / 2200)
    assert (found.probability, found.state) == (1, "on_pace")
    above = asked(Goal("ratio", 0.04), known, OCTOBER, TWO_WEEKS)
    assert (above.probability, above.state) == (0, "off_pace")
    assert above.end == pytest.approx(80 / 2200)


def test_a_ratio_that_doubled_its_target_is_not_a_coin_that_is_thrown() -> None:
    """Weeks that repeat, less a target that no binary number is, differ by 1e-16: that is no doubt of theirs."""
    answers = [*weeks([3.0], 28), *weeks([5.0, 4.0], 10), 4]
    seen = [*weeks([86.0, 85, 84, 83, 82, 81, 80], 4), *(90.0 + day for day in range(21))]
    known = days(answers, date(2026, 9, 15), by=seen, settled=0)
    found = asked(Goal("ratio", 0.02), known, date(2026, 11, 1), date(2026, 11, 30))
    assert found.end == pytest.approx(0.042, abs=0.003)
    assert found.probability is not None
    assert found.probability > 0.7


def test_a_forecast_looks_no_further_ahead_than_back() -> None:
    known = days(weeks(WEEK, 6), date(2026, 8, 20), settled=0)
    assert asked(Goal("sum", 999), known, date(2026, 9, 30), date(2026, 11, 11)).reason is None
    far = asked(Goal("sum", 999), known, date(2026, 9, 30), date(2026, 11, 12))
    assert (far.reason, far.probability, far.judged_by) == ("far", None, "pace")
    assert asked(Goal("sum", 999), days([1.0] * 27), OCTOBER, TWO_WEEKS.replace(month=11)).reason == "short"
