"""Journeys as sorted arrays: every touch once, in its order, checked before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOOKBACK_DAYS = 30
COLUMNS = ("journey", "touch", "channel", "touched_at", "is_direct", "converted", "converted_at")


@dataclass(frozen=True)
class Journeys:
    """Touches sorted by journey and touch number; journeys are runs of rows.

    All arrays of touches have one length, all arrays of journeys another. ``starts[j]`` is the row of
    journey j's first touch and ``ends[j]`` the row after its last. ``rows`` are the touches' positions
    in the frame that they come from. ``weight`` is what a journey weighs in the Markov chain: 1, or its
    value, which is 0 where it does not convert.
    """

    rows: Integers
    channel: NDArray[np.int32]
    channels: pd.Index[Any]
    starts: Integers
    ends: Integers
    converted: Flags
    weight: Floats

    @property
    def lengths(self) -> Integers:
        return self.ends - self.starts

    def converting(self) -> Journeys:
        """Only the journeys that end in a conversion."""
        return self if self.converted.all() else self.take(np.flatnonzero(self.converted))

    def take(self, places: Integers) -> Journeys:
        """The journeys at these places, in this order; costs as much as they have touches."""
        lengths, touches = self.lengths[places], self.touches_of(places)
        ends = np.cumsum(lengths)
        return Journeys(
            self.rows[touches],
            self.channel[touches],
            self.channels,
            ends - lengths,
            ends,
            self.converted[places],
            self.weight[places],
        )

    def touches_of(self, places: Integers) -> Integers:
        """Where the touches of these journeys stand, journey after journey."""
        lengths = self.lengths[places]
        before = np.cumsum(lengths) - lengths
        return np.asarray(np.repeat(self.starts[places] - before, lengths) + np.arange(lengths.sum()), dtype=np.int64)


def read(touches: pd.DataFrame, value: str | None = None) -> Journeys:
    """Sort and check touches. Columns, one row per touch:

    ``journey`` (any value but NULL), ``touch`` (its number in the journey, whole), ``channel`` (any
    value but NULL), ``touched_at`` (time), ``is_direct`` and ``converted`` (bool, the latter the same
    in a whole journey), ``converted_at`` (time, NULL where the journey does not convert). ``value`` names
    one more, the conversion's value, the same in a whole journey; NULL is no value. ValueError
    where a column or a value is missing or contradicts another, and what to do about it.
    """
    _check_columns(touches)
    journey, found = pd.factorize(touches["journey"])
    channel, channels = pd.factorize(touches["channel"])
    for codes, name in ((journey, "journey"), (channel, "channel")):
        if (codes < 0).any():
            raise ValueError(f"a touch has no {name}: give it a name of its own, for example 'unattributed'")
    rows, journey, starts = _sorted(journey, touches["touch"].to_numpy(), len(found))
    ends = np.append(starts[1:], len(rows))[: len(found)].astype(np.int64)
    flags = touches["converted"].to_numpy(dtype=bool)[rows]
    converted = flags[starts] if len(rows) else np.zeros(0, dtype=bool)
    if (np.repeat(converted, ends - starts) != flags).any():
        raise ValueError("a journey is both converted and not: 'converted' is the same on all touches of a journey")
    weight = np.ones(len(starts)) if value is None else _values(touches, value, rows, starts, ends) * converted
    return Journeys(rows, channel.astype(np.int32)[rows], pd.Index(channels), starts, ends, converted, weight)


def _values(touches: pd.DataFrame, name: str, rows: Integers, starts: Integers, ends: Integers) -> Floats:
    if name not in touches.columns:
        raise ValueError(f"touches have no column {name}: name the column of the conversions' values")
    worth = np.nan_to_num(touches[name].to_numpy(dtype=float, na_value=np.nan)[rows], posinf=-1.0)
    if (worth < 0).any():
        raise ValueError(f"'{name}' is negative or endless: a refund is a state of its conversion, leave that one out")
    if (np.repeat(worth[starts], ends - starts) != worth).any():
        raise ValueError(f"'{name}' differs within a journey: it is the conversion's, the same on all its touches")
    return np.asarray(worth[starts], dtype=float)


def _check_columns(touches: pd.DataFrame) -> None:
    missing = [name for name in COLUMNS if name not in touches.columns]
    if missing:
        raise ValueError(f"touches have no column {', '.join(missing)}: one row per touch has {', '.join(COLUMNS)}")
    for name in ("touch", "is_direct", "converted", "touched_at"):
        if touches[name].isna().any():
            raise ValueError(f"'{name}' of a touch is NULL: leave the touch out or say its {name}")
    if (touches["converted"].astype(bool) & touches["converted_at"].isna()).any():
        raise ValueError("a converted journey has no 'converted_at': its weights by time need the conversion's time")


def _sorted(journey: Integers, touch: NDArray[Any], count: int) -> tuple[Integers, Integers, Integers]:
    """Rows by journey and touch, the journeys in that order, and where each journey begins."""
    same = journey[1:] == journey[:-1]
    if (journey[1:] >= journey[:-1]).all() and (touch[1:] > touch[:-1])[same].all():
        rows = np.arange(len(journey), dtype=np.int64)
    else:
        rows = np.lexsort((touch, journey))
        journey, touch = journey[rows], touch[rows]
        if ((journey[1:] == journey[:-1]) & (touch[1:] == touch[:-1])).any():
            raise ValueError("a journey has one touch number twice: number the touches of a journey 1, 2, …")
    return rows, journey, np.searchsorted(journey, np.arange(count)).astype(np.int64)


def within_lookback(touches: pd.DataFrame, days: float = LOOKBACK_DAYS) -> pd.DataFrame:
    """The touches of the last ``days`` days before the conversion, both ends inclusive.

    A journey that does not convert is looked at from its last touch. A touch after the conversion is
    left out. A conversion all of whose touches are older keeps none: its reader counts it as
    unattributed. ValueError where ``days`` is not positive.
    """
    if not days > 0:
        raise ValueError(f"a look-back of {days} days holds nothing: give a number above 0")
    _check_columns(touches)
    until = touches["converted_at"].where(touches["converted"].astype(bool))
    if until.isna().any():
        until = until.fillna(touches.groupby("journey", sort=False, observed=True)["touched_at"].transform("max"))
    age = until - touches["touched_at"]
    return touches[(age >= pd.Timedelta(0)) & (age <= pd.Timedelta(days=days))]
