"""What is to be said of a goal in one word, and on what that rests.

``attained`` and ``missed`` are what has happened: the period is over, the level is reached, or a sum that only grows
has passed its target. Before the end a goal is ``on_pace`` or ``off_pace``: by its forecast, where there is one (an
even chance is enough), and by what had to have come by now where there is none. Where days are missing the known ones
are the least that came of a sum that only grows: they may decide; what they leave open is ``unknown``.
"""

from __future__ import annotations

from typing import Final

from pipeline.stats.goals.outlook import Outlook
from pipeline.stats.goals.standing import Standing
from pipeline.stats.goals.terms import LEVEL, Goal

VALUE: Final = "value"
FORECAST: Final = "forecast"
PACE: Final = "pace"
_EVEN: Final = 0.5
# Parts of a target are no whole numbers: what differs by so little is on its line.
_EQUAL: Final = 1e-9


def state(goal: Goal, at: Standing, expected: float | None, ahead: Outlook) -> tuple[str, str | None]:
    """(state, what it was judged by: ``value``, ``forecast`` or ``pace``; None where it is not known)."""
    if at.current is None:
        return "unknown", None
    is_met = goal.is_met_by(at.current)
    is_sure = at.only_grows and is_met == goal.at_least
    if not is_sure and (at.gap is not None or expected is None):
        return "unknown", None
    if is_sure or at.is_over or (goal.kind == LEVEL and is_met):
        return ("attained" if is_met else "missed"), VALUE
    if ahead.probability is not None:
        return ("on_pace" if ahead.probability >= _EVEN else "off_pace"), FORECAST
    due = expected or 0.0
    slack = _EQUAL * abs(due)
    is_on = at.current >= due - slack if goal.at_least else at.current <= due + slack
    if at.missing and not (at.only_grows and is_on == goal.at_least):
        return "unknown", None
    return ("on_pace" if is_on else "off_pace"), PACE
