"""What holds for every goal, whatever its days brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.stats.goals.terms import Goal
from tests.stats.goals.asked import OCTOBER, Answer, asked, days

LENGTH = 31
END = OCTOBER + timedelta(days=LENGTH - 1)
counts = st.integers(0, 1000)
seen = st.lists(counts, min_size=1, max_size=LENGTH - 1)
gappy = st.lists(st.one_of(counts, st.none()), min_size=1, max_size=LENGTH - 1)
targets = st.integers(1, 20_000)
# Enough for a forecast, and cheap: a handful of different series for many targets.
histories = st.builds(
    lambda size, swing, seed: [size + swing * ((day * seed) % 13) for day in range(60)],
    st.sampled_from([0, 20, 300]),
    st.sampled_from([1, 7]),
    st.sampled_from([5, 8]),
)


def in_october(goal: Goal, values: Sequence[int | None], first: date = OCTOBER) -> Answer:
    return asked(goal, days(values, first), OCTOBER, END)


@given(targets, seen, st.sampled_from(["sum", "level"]))
def test_what_is_needed_each_day_makes_what_is_missing(target: int, values: list[int], kind: str) -> None:
    found = in_october(Goal(kind, target), [*values])
    assert found.needed is not None
    assert found.at.current is not None
    if found.at.current >= target:
        assert found.needed == 0
    else:
        assert found.at.current + found.needed * found.at.days_left == pytest.approx(target)


@given(targets, seen)
def test_what_each_day_may_bring_makes_what_is_left_of_a_limit(target: int, values: list[int]) -> None:
    found = in_october(Goal("sum", target, at_least=False), [*values])
    if sum(values) > target:
        assert (found.needed, found.state) == (None, "missed")
    else:
        assert found.needed is not None
        assert sum(values) + found.needed * found.at.days_left == pytest.approx(target)


@given(st.integers(1, 999), st.lists(st.tuples(counts, st.integers(1, 5000)), min_size=1, max_size=LENGTH - 1))
def test_days_at_the_ratio_that_is_needed_end_on_the_target(per_mille: int, values: list[tuple[int, int]]) -> None:
    above, below = zip(*values, strict=True)
    found = asked(Goal("ratio", per_mille / 1000), days(above, by=below), OCTOBER, END)
    assert found.needed is not None
    coming = Fraction(sum(below), len(below)) * found.at.days_left
    end = (sum(above) + found.needed * float(coming)) / float(sum(below) + coming)
    assert end == pytest.approx(per_mille / 1000) if found.needed else end >= per_mille / 1000 - 1e-12


@given(targets, gappy, gappy)
def test_a_count_that_has_attained_its_goal_keeps_it(target: int, before: list[int | None], after: list[int]) -> None:
    goal = Goal("sum", target)
    if in_october(goal, before).state == "attained":
        assert in_october(goal, [*before, *after][:LENGTH]).state == "attained"


@given(targets, gappy, gappy)
def test_a_limit_that_was_passed_stays_passed(target: int, before: list[int | None], after: list[int]) -> None:
    goal = Goal("sum", target, at_least=False)
    if in_october(goal, before).state == "missed":
        assert in_october(goal, [*before, *after][:LENGTH]).state == "missed"


@given(targets, gappy, st.booleans(), st.data())
def test_a_verdict_with_missing_days_is_that_of_whatever_they_brought(
    target: int, values: list[int | None], at_least: bool, data: st.DataObject
) -> None:
    goal = Goal("sum", target, at_least)
    found = in_october(goal, values)
    if found.at.missing and found.state != "unknown":
        last = max(place for place, value in enumerate(values) if value is not None)
        filled = [data.draw(counts) if value is None and place < last else value for place, value in enumerate(values)]
        # Whole, it can only be the same and further on its way.
        further = {"on_pace": "attained", "off_pace": "missed"}
        assert in_october(goal, filled).state in (found.state, further.get(found.state))


@settings(max_examples=30, deadline=None)
@given(histories, st.integers(3, 30), targets, targets, st.booleans())
def test_more_is_never_likelier(history: list[int], known: int, low: int, high: int, at_least: bool) -> None:
    low, high = sorted((low, high))
    first, values = OCTOBER - timedelta(days=len(history) - known), [*history]
    less, more = (in_october(Goal("sum", target, at_least), values, first).probability for target in (low, high))
    assert less is not None
    assert more is not None
    assert 0 <= less <= 1
    assert less >= more if at_least else less <= more


@settings(max_examples=20, deadline=None)
@given(histories, st.integers(3, 30), targets)
def test_to_reach_and_not_to_pass_are_two_sides_of_one_chance(history: list[int], known: int, target: int) -> None:
    first = OCTOBER - timedelta(days=len(history) - known)
    reach, keep = (in_october(Goal("sum", target, side), [*history], first) for side in (True, False))
    assert reach.end == keep.end
    assert reach.probability is not None
    assert keep.probability is not None
    if reach.at.current != target:
        assert reach.probability + keep.probability == pytest.approx(1)


@given(targets, seen)
def test_what_had_to_have_come_grows_to_the_target(target: int, values: list[int]) -> None:
    dues = [in_october(Goal("sum", target), [*values[: size + 1]]).due or 0.0 for size in range(len(values))]
    assert dues == sorted(dues)
    assert dues[-1] <= target * (1 + 1e-12)
    whole = asked(Goal("sum", target), days([1] * LENGTH), OCTOBER, END)
    assert whole.due == target
