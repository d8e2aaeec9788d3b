"""What was to be expected of a day, from the days before it alone, and how far beside it the day lies.

The expectation is a robust level (the last 28 days) and what the weekday adds to it (the same weekday of the
eight weeks before, drawn towards 0 while they are few); of a count also two fifths of how far the day before was
off, for what people look at today they look at tomorrow as well. Its scale is how far such expectations of the twelve
weeks before were off: the largest of 1.4826 × the median absolute error and of what the tenth and the twentieth part
that lie outermost on that side tell, and never less than chance alone explains (a Poisson count's standard
deviation). When most of a week lies on another level, the baseline starts anew there.

Counts are compared on a scale on which chance moves small and large ones alike, 2/c · asinh(c · √(count + ⅜))
(Anscombe, "The transformation of Poisson, binomial and negative-binomial data", 1948): the square root of a
count of single people, the logarithm of a large one. A score of 3.5 or more is the usual verdict (Iglewicz and
Hoaglin, "How to detect and handle outliers", 1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

THRESHOLD: Final = 3.5
_WEEK, _MONTH, _WEEKS, _ERRORS = 7, 28, 8, 84
# Columns that stand before the first tested day, and behind the last one.
BEFORE: Final = _WEEK - 1 + _WEEKS * _WEEK + _MONTH + 1 + _ERRORS
AFTER: Final = _WEEK
# Fewer known days than these, and nothing is expected.
_LEAST_LEVEL, _LEAST_WEEK, _LEAST_ERRORS, _LEAST_AFTER = 7, 5, 21, 4
# So many equal weekdays weigh as much as the guess that weekdays do not differ.
_SHRINKAGE: Final = 4
# Beyond so many scales between the last week and the last month, the baseline starts anew.
_MOVED: Final = 1.5
# What is left of a day's error on the day after, and from how many scales on an error leaves no more.
_ECHO, _ECHO_OF = 0.4, 2.0
# c: the difference between two days whose circumstances are equal, as a share of the count.
_UNLIKE: Final = 0.2
# The outermost parts of either side: from which shares on they begin, and the standard normal quantile there.
_OUTER: Final = ((0.1, 0.9, 1.2816), (0.05, 0.95, 1.6449))
# What makes a standard deviation of a median absolute deviation.
_MIDDLE: Final = 1.4826
# The spread of a day around the mean of its own week, against that around a level.
_BESIDE_WEEK: Final = _MIDDLE * np.sqrt(_WEEK / (_WEEK - 1))
# Sums of multiples of a power of two are the same in any order, whichever block a series is part of.
_GRAIN: Final = 2.0**20
_BLOCK_BYTES: Final = 48 * 2**20


@dataclass(frozen=True)
class Expected:
    """Of each series (row) and tested day (column); NaN where too little is known.

    ``expected``, ``low``, ``high`` in the metric's own unit; ``score`` in robust standard deviations;
    ``stays``: the week after lies on the side of the day, at least half as far; ``training_days``: errors known.
    """

    expected: Floats
    low: Floats
    high: Floats
    score: Floats
    stays: Flags
    training_days: NDArray[np.int16]


def expect(values: Floats, ordinary: Flags, final: Flags, step: Floats | None = None) -> Expected:
    """Test all days but the first ``BEFORE`` and the last ``AFTER`` columns; a column is a day, none is left out.

    ``values``: (series, days), NaN where nothing is known. ``ordinary`` days teach; ``final`` ones may confirm
    that a level stays. ``step``: None for counts; for net changes, whose scale is their own, the step in which
    they are told (1 for every single person).
    """
    days = values.shape[1] - BEFORE - AFTER
    size = max(1, _BLOCK_BYTES // (8 * _ERRORS * (days + _ERRORS)))
    blocks = [slice(first, first + size) for first in range(0, max(len(values), 1), size)]
    parts = [_expect(values[b], ordinary[b], final[b], None if step is None else step[b]) for b in blocks]
    return Expected(*(np.concatenate([getattr(part, name) for part in parts]) for name in Expected.__annotations__))


def _expect(values: Floats, ordinary: Flags, final: Flags, step: Floats | None) -> Expected:
    days = values.shape[1] - BEFORE - AFTER
    told = values if step is not None else _stretched(values)
    y = np.where(ordinary, told, np.nan)
    beside = y[:, _WEEK - 1 :] - _mean(sliding_window_view(y, _WEEK, axis=1))
    effect = _weekday_effect(beside)
    beside, z = beside[:, _WEEKS * _WEEK :] - effect, y[:, _WEEK - 1 + _WEEKS * _WEEK :] - effect
    steps = None if step is None else step[:, BEFORE - _ERRORS - 1 : BEFORE + days]
    share = _ECHO if step is None else 0.0
    level, least, unrest = _level(z[:, : -AFTER - 1], beside[:, : -AFTER - 1], steps)
    errors = z[:, _MONTH : -AFTER - 1] - level[:, :-1]
    echo = np.clip(np.nan_to_num(errors), -_ECHO_OF * unrest[:, 1:], _ECHO_OF * unrest[:, 1:]) * share
    up, down, known = _scales(errors[:, 1:] - echo[:, :-1], least[:, -days:])
    level, effect = level[:, -days:], effect[:, -AFTER - days : -AFTER]
    middle = np.where(np.isnan(up), np.nan, level + effect + echo[:, -days:])
    off = told[:, BEFORE : BEFORE + days] - middle
    confirmed = np.where(final[:, BEFORE + 1 :], z[:, -AFTER - days + 1 :], np.nan)
    week = _Sorted(sliding_window_view(confirmed, _WEEK, axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        stays = (week.known >= _LEAST_AFTER) & ((week.quantile(0.5) - level) / off >= 0.5)
    back = _rounded if step is not None else _counted
    return Expected(
        expected=back(middle),
        low=back(middle - THRESHOLD * down),
        high=back(middle + THRESHOLD * up),
        score=_rounded(off / np.where(off >= 0, up, down)),
        stays=stays,
        training_days=known,
    )


class _Sorted:
    """Windows (the last axis) in order, what is not known at their ends."""

    def __init__(self, windows: Floats) -> None:
        self._values = np.sort(windows, axis=-1)
        self.known: NDArray[np.int16] = np.asarray(np.sum(~np.isnan(self._values), axis=-1, dtype=np.int16))

    def quantile(self, share: float) -> Floats:
        """Interpolated between neighbours; NaN where nothing is known."""
        last = np.maximum(self.known - 1, 0)
        place = last * share
        below = place.astype(np.int64)
        low = np.take_along_axis(self._values, below[..., None], axis=-1)[..., 0]
        high = np.take_along_axis(self._values, np.minimum(below + 1, last)[..., None], axis=-1)[..., 0]
        found: Floats = low + (high - low) * (place - below)
        return found


def _mean(windows: Floats) -> Floats:
    known = np.sum(~np.isnan(windows), axis=-1)
    found: Floats = np.nansum(windows, axis=-1) / np.where(known, known, np.nan)
    return found


def _weekday_effect(beside: Floats) -> Floats:
    """What the weekday adds, by the same weekdays before: their median, 0 where there are none."""
    days = beside.shape[1] - _WEEKS * _WEEK
    weeks = np.stack([beside[:, nth * _WEEK : nth * _WEEK + days] for nth in range(_WEEKS)], axis=-1)
    found = _Sorted(weeks)
    effect = found.quantile(0.5) * found.known / (found.known + _SHRINKAGE)
    return np.where(found.known > 0, effect, 0.0)


def _level(z: Floats, beside: Floats, steps: Floats | None) -> tuple[Floats, Floats, Floats]:
    """The level before each day, the least scale that chance has there, and the scale of the days around it."""
    month = _Sorted(sliding_window_view(z, _MONTH, axis=1))
    long = np.where(
        month.known >= _LEAST_LEVEL, (month.quantile(0.15) + month.quantile(0.5) + month.quantile(0.85)) / 3, np.nan
    )
    week = _Sorted(sliding_window_view(z[:, _MONTH - _WEEK :], _WEEK, axis=1))
    short = np.where(week.known >= _LEAST_WEEK, week.quantile(0.5), np.nan)
    # A day beside its week does not grow with a level that moves.
    beside_week = _Sorted(sliding_window_view(np.abs(beside), _MONTH, axis=1)).quantile(0.5)
    least = _chance(long, steps)
    unrest = np.fmax(_BESIDE_WEEK * beside_week, least)
    return np.where(np.abs(short - long) > _MOVED * unrest, short, long), least, unrest


def _chance(level: Floats, steps: Floats | None) -> Floats:
    """The standard deviation of people who decide one by one, on the scale of the level."""
    if steps is None:
        # the derivative of the stretched count times √count
        return _rounded(1 / np.cosh(_UNLIKE / 2 * np.abs(level)))
    least: Floats = np.fmax(np.sqrt(np.abs(level) + 1), steps)
    return least


def _scales(errors: Floats, least: Floats) -> tuple[Floats, Floats, NDArray[np.int16]]:
    """The robust standard deviations upwards and downwards, wider while they rest on few days."""
    windows = sliding_window_view(errors, _ERRORS, axis=1)
    found = _Sorted(windows)
    middle = np.fmax(_MIDDLE * _Sorted(np.abs(windows)).quantile(0.5), least)
    few = np.where(found.known >= _LEAST_ERRORS, 1 + 1.5 / np.maximum(found.known, 1), np.nan)
    up = down = middle
    for low, high, normal in _OUTER:
        up, down = np.fmax(up, found.quantile(high) / normal), np.fmax(down, -found.quantile(low) / normal)
    return few * up, few * down, found.known


def _stretched(counts: Floats) -> Floats:
    """Counts on the scale on which chance moves all of them alike; 0 stays 0, and less than 0 mirrors more."""
    stretched = np.arcsinh(_UNLIKE * np.sqrt(np.abs(counts) + 0.375)) - np.arcsinh(_UNLIKE * np.sqrt(0.375))
    return _rounded(2 / _UNLIKE * np.sign(counts) * stretched)


def _counted(stretched: Floats) -> Floats:
    """The counts that lie there: the inverse."""
    angle = _UNLIKE / 2 * np.abs(stretched) + np.arcsinh(_UNLIKE * np.sqrt(0.375))
    return _rounded(np.sign(stretched) * ((np.sinh(angle) / _UNLIKE) ** 2 - 0.375))


def _rounded(values: Floats) -> Floats:
    found: Floats = np.round(values * _GRAIN) / _GRAIN
    return found
