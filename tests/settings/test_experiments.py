"""Experiments are settled in the settings: what contradicts itself is told with its line, all of it at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from pipeline.settings import Experiment, Settings

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]

GOOD = """
[[experiments]]
name = "slices"
start = 2026-09-01
planned_end = 2026-09-28
actions = ["sale", "quote_request"]
arms = { control = ["autumn"], other = ["youtube", "tiktok"] }
shares = { control = 1, other = 2.5 }
minimum_visits = 500
alpha = 0.1
split = "visits"
budget = "400.00"
floor = 0.2
ended = 2026-09-20
"""


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest) -> Callable[[str], str]:
    complete: str = request.getfixturevalue("complete")
    return lambda experiments: complete + experiments


def test_an_experiment_is_read_with_its_control_first(read_text: Reader, opened: Callable[[str], str]) -> None:
    (found,) = read_text(opened(GOOD)).experiments
    assert found == Experiment(
        name="slices",
        actions=("sale", "quote_request"),
        arms={"control": (("facebook", "autumn-2026"),), "other": (("youtube", None), ("tiktok", None))},
        start=date(2026, 9, 1),
        planned_end=date(2026, 9, 28),
        minimum_visits=500,
        alpha=Decimal("0.1"),
        split="visits",
        shares=(Decimal(1), Decimal("2.5")),
        ended=date(2026, 9, 20),
        budget=Decimal("400.00"),
        floor=Decimal("0.2"),
    )
    assert list(found.arms) == ["control", "other"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("start = 2026-09-01\n", "", "is missing: it is settled before the experiment starts"),
        ("planned_end = 2026-09-28", "planned_end = 2026-08-28", "2026-08-28 is before the start, 2026-09-01"),
        ("ended = 2026-09-20", "ended = 2026-08-20", "2026-08-20 is before the start, 2026-09-01"),
        ('"quote_request"]', '"social_boost"]', '"social_boost" is not an action that visits can lead to'),
        ('actions = ["sale", "quote_request"]\n', "", "say by which actions the arms are judged"),
        ('control = ["autumn"], ', "", "needs a control and at least one other arm"),
        ('["autumn"]', '["autum"]', 'is no campaign of the settings and no platform: did you mean "autumn"?'),
        ('["autumn"]', "[]", "is empty: name the campaigns or platforms of the arm"),
        ('"tiktok"]', '"facebook"]', '"facebook" is already in the arm "control": no visit belongs to two arms'),
        ('"tiktok"]', '"autumn-2026"]', '"autumn-2026" is already in the arm "control"'),
        ("other = 2.5", "third = 2.5", "unknown key"),
        ("control = 1, ", "", "has no share: give one to every arm, or to none"),
        ("minimum_visits = 500", "minimum_visits = 0", "must be between 1 and"),
        ("alpha = 0.1", "alpha = 0.7", "must be above 0 and at most 0.5"),
        ('split = "visits"', 'split = "clicks"', '"clicks" is not a split'),
        ('budget = "400.00"', 'budget = "0.00"', "is 0: say what may be spent in a night"),
        ("floor = 0.2", "floor = 0.6", "must be above 0 and at most 0.5"),
    ],
)
def test_a_contradiction_is_told(
    complaints: Complaints, opened: Callable[[str], str], old: str, new: str, said: str
) -> None:
    assert GOOD.count(old) == 1
    found = complaints(opened(GOOD.replace(old, new)))
    assert any("experiments[0]" in line and said in line for line in found)


def test_a_name_is_taken_once(complaints: Complaints, opened: Callable[[str], str]) -> None:
    (found,) = complaints(opened(GOOD + GOOD.replace("slices", "Slices")))
    assert "experiments[1].name" in found
    assert "another of the [[experiments]] has the same name" in found
