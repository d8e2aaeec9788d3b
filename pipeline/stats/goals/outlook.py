"""Where a goal ends, and with which probability the target is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from pipeline.stats.forecasting.chances import chance
from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.horizon import Chosen, choose
from pipeline.stats.forecasting.series import (
    HORIZON,
    MOST_UNKNOWN,
    TRAINING_DAYS,
    Floats,
    Gap,
    Series,
    of_counts,
    of_levels,
)
from pipeline.stats.goals.standing import Standing
from pipeline.stats.goals.terms import LEVEL, RATIO, SUM, Goal, Known

# As the forecasts of the days: a year shows what its holidays do.
_HISTORY: Final = 400


@dataclass(frozen=True)
class Outlook:
    """``value`` at the end of the period and the ``probability`` that the target is met, or the ``reason`` without.

    ``reason``: ``over``, ``far``, that of the standing (``holes``, ``late`` …), or that of the series: ``short``,
    ``silent``, ``unsettled``. ``days``: how many of them the reason speaks of.
    """

    value: float | None = None
    probability: float | None = None
    reason: str | None = None
    days: int = 0


def outlook(goal: Goal, known: Known, at: Standing, holidays: Holidays) -> Outlook:
    """What is to be expected of the end, from the goal's own series of days."""
    if at.is_over or at.gap is not None or at.current is None:
        return Outlook(reason=at.gap or "over")
    told = _series(goal, known)
    if isinstance(told, Gap):
        reason = "unsettled" if told.reason == "holes" else told.reason
        return Outlook(reason="holes" if at.missing else reason, days=told.known_days)
    so_far, guessed = _so_far(known, _towards(goal, known), at, told)
    if np.isnan(so_far) or at.missing > MOST_UNKNOWN * (at.missing + at.days_known):
        return Outlook(reason="holes")
    # It looks no further ahead than it can look back.
    furthest = min(len(told.values), TRAINING_DAYS)
    if (at.end - told.last).days > furthest:
        return Outlook(reason="holes" if at.missing else "far", days=furthest)
    chosen, since, until = _choose(told, known, at, holidays)
    total = so_far + _coming(chosen, since, until)
    short = (0.0 if goal.kind == RATIO else goal.target) - total
    # Errors above and below are taken to be alike.
    probability = chance(chosen, since, until, short if goal.at_least else -short, guessed)
    if goal.kind == RATIO:
        value = _ratio(goal, known, at, total, holidays)
        return Outlook(reason="undivided") if value is None else Outlook(value, probability)
    return _of_sum_or_level(goal, at, total, probability)


def _of_sum_or_level(goal: Goal, at: Standing, total: float, probability: float) -> Outlook:
    """What has come of a sum that only grows stays, whatever the days to come bring."""
    if not at.only_grows or at.current is None:
        return Outlook(total if goal.can_fall else max(total, 0.0), probability)
    if at.current >= goal.target and goal.at_least:
        probability = 1.0
    elif at.current > goal.target:
        probability = 0.0
    return Outlook(max(total, at.current), probability)


def _series(goal: Goal, known: Known) -> Series | Gap:
    """What the days bring towards the goal.

    A ratio reaches its target where numerator − target × denominator, added up, reaches 0: one sum, whose errors are
    those of both.
    """
    values = _towards(goal, known)
    if goal.kind != LEVEL:
        return _of_sum(known, values, is_count=goal.kind == SUM and not goal.can_fall)
    first, shifts = _first(known), np.zeros(len(values)) if known.shifts is None else known.shifts
    levels, moved = (known.between(first, known.newest, of) for of in (values, shifts))
    return of_levels(first, levels, moved, known.newest)


def _towards(goal: Goal, known: Known) -> Floats:
    """What each day adds; of a ratio without the noise of binary numbers, which would pass for a surprise."""
    return known.values if known.divisors is None else np.round(known.values - goal.target * known.divisors, 9)


def _of_sum(known: Known, values: Floats, *, is_count: bool) -> Series | Gap:
    """A series of the days that are counted so far that a forecast may learn from them."""
    first = _first(known)
    days = known.between(first, known.newest, values)
    young = (np.arange(len(days)) >= len(days) - known.settled) & ~known.final[-len(days) :]
    return of_counts(first, np.where(young, np.nan, days), known.newest, is_count=is_count)


def _first(known: Known) -> date:
    return max(known.first, known.newest - timedelta(days=_HISTORY - 1))


def _choose(series: Series, known: Known, at: Standing, holidays: Holidays) -> tuple[Chosen, int, int]:
    """The model that the forecast of the days takes too, and between which of its days the period lasts."""
    skipped, until = (known.newest - series.last).days, (at.end - series.last).days
    since = 0 if series.is_level else max((at.start - series.last).days - 1, 0)
    return choose(series, max(until, skipped + HORIZON), holidays, skipped), since, until


def _coming(chosen: Chosen, since: int, until: int) -> float:
    return float((chosen.path.mean * chosen.factors)[since:until].sum())


def _so_far(known: Known, values: Floats, at: Standing, series: Series) -> tuple[float, int]:
    """(what the period brought until the path begins, of how many of its days this is guessed).

    A day that is missing is taken to be what the series holds in its place, its weekday of the week before. NaN where
    the period is older than anything that is known.
    """
    if series.level is not None:
        return series.level, 0
    days = known.between(at.start, series.last, values)
    unknown = np.isnan(days)
    held, own = np.full(len(days), np.nan), series.values[max(len(series.values) - len(days), 0) :]
    held[len(days) - len(own) :] = own
    return float(np.where(unknown, held, days).sum()), int(unknown.sum())


def _ratio(goal: Goal, known: Known, at: Standing, beyond: float, holidays: Holidays) -> float | None:
    """The ratio at the end: its target and what is beyond it, by the denominator of the whole period."""
    divisors = known.values if known.divisors is None else known.divisors
    below = _of_sum(known, np.where(np.isfinite(known.values), divisors, np.nan), is_count=True)
    if isinstance(below, Gap):
        return None
    whole = _so_far(known, divisors, at, below)[0] + _coming(*_choose(below, known, at, holidays))
    return max(goal.target + beyond / whole, 0.0) if whole > 0 else None
