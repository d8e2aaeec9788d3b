"""Seven answers to the question which touches of a journey earn its conversion.

``weights`` gives one row per touch and a column per model (SQL turns it with UNPIVOT), ``attribute`` one
row per journey, touch and model, and ``channels`` what the Markov chain says of each channel. Everything
is done on whole columns; journeys that do not convert only teach the Markov chain.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.stats.journeys import Flags, Floats, Integers, Journeys, read
from pipeline.stats.markov import chain

HALF_LIFE_DAYS = 7.0
FIRST_AND_LAST = 0.4
MODELS = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "markov")
_KEY = ("journey", "touch", "channel")


def weights(
    touches: pd.DataFrame,
    *,
    value: str | None = None,
    within: str | None = None,
    half_life_days: float = HALF_LIFE_DAYS,
) -> pd.DataFrame:
    """``journey``, ``touch``, ``channel`` and one weight in [0, 1] per model; rows of converting journeys only.

    Takes the columns that ``journeys.read`` names. The weights of a journey sum to 1 in every model:

    - ``first``, ``last``: all to that touch; ``last_non_direct``: to the last that is not direct, where
      all are direct to the last.
    - ``linear``: the same to each. ``position``: 0.4 to the first and the last, 0.2 shared by those
      between; two touches have half each, a single one everything.
    - ``time_decay``: 2 ** (-days before the conversion / ``half_life_days``), normalised.
    - ``markov``: the strengths of the touches' channels, normalised (``markov.chain`` has their source
      and what they hold). With ``value``, the name of the column of the conversions' values, the chain
      is that of the money and the money's totals are the chain's; without it, or where nothing has a
      value, every journey counts 1, those that do not convert too. ``within`` names a column of whole
      numbers, the same in a whole journey: the journeys of each number have a chain of their own.

    ValueError for touches that contradict each other, or a half-life that is not positive.
    """
    if not half_life_days > 0:
        raise ValueError(f"a half-life of {half_life_days} days is none: give a number of days above 0")
    journeys = read(touches, value)
    won = journeys.converting()
    found = {name: touches[name].array.take(won.rows) for name in _KEY}
    models = {
        "first": _all_to(won, won.starts),
        "last": _all_to(won, won.ends - 1),
        "last_non_direct": _all_to(won, _last_non_direct(won, touches)),
        "linear": np.repeat(1.0 / won.lengths, won.lengths),
        "position": _by_position(won),
        "time_decay": _by_age(won, touches, half_life_days),
        "markov": _by_chain(journeys, None if within is None else touches[within].to_numpy()),
    }
    return pd.DataFrame({**found, **{name: models[name] for name in MODELS}}, copy=False)


def attribute(
    touches: pd.DataFrame, *, value: str | None = None, half_life_days: float = HALF_LIFE_DAYS
) -> pd.DataFrame:
    """``journey``, ``touch``, ``channel``, ``model`` (categorical) and ``weight``: as ``weights``, a row per model."""
    wide = weights(touches, value=value, half_life_days=half_life_days)
    weight = np.empty(len(wide) * len(MODELS))
    for nth, model in enumerate(MODELS):
        weight[nth * len(wide) : (nth + 1) * len(wide)] = wide.pop(model).to_numpy()
    each = np.tile(np.arange(len(wide), dtype=np.int32), len(MODELS))
    found = {name: wide[name].array.take(each) for name in _KEY}
    model_of = np.repeat(np.arange(len(MODELS), dtype=np.int8), len(wide))
    models = pd.Categorical.from_codes(model_of, pd.Index(MODELS), validate=False)
    return pd.DataFrame({**found, "model": models, "weight": weight}, copy=False)


def channels(touches: pd.DataFrame, *, value: str | None = None) -> pd.DataFrame:
    """One row per channel, sorted: what the Markov chain of ``weights`` with the same ``value`` rests on.

    ``removal_effect``; ``share`` = removal effect / sum of removal effects; ``credit`` = share × all that
    was converted (its value with ``value``, else the number of conversions), the total of Anderl et al.
    (2016); ``credited`` = the total of the ``markov`` weights. The last two are equal unless journeys of
    one touch alone already exceed a share. All but ``channel`` are NULL where nothing converts.
    """
    journeys = _weighed(read(touches, value))
    found, won = chain(journeys), journeys.converting()
    if not found.shares.any():
        nothing = dict.fromkeys(("removal_effect", "share", "credit", "credited"), np.nan)
        return pd.DataFrame({"channel": journeys.channels, **nothing}).sort_values("channel", key=_as_text)
    weight = _by_channel(won, found.strengths) * np.repeat(won.weight, won.lengths)
    rows = {
        "channel": journeys.channels,
        "removal_effect": found.effects,
        "share": found.shares,
        "credit": found.shares * won.weight.sum(),
        "credited": np.bincount(won.channel, weight, minlength=len(found.shares)),
    }
    return pd.DataFrame(rows).sort_values("channel", key=_as_text, ignore_index=True)


def _as_text(names: pd.Series) -> pd.Series:
    return names.astype(str)


def _weighed(journeys: Journeys) -> Journeys:
    """Where nothing has a value, every journey counts 1."""
    return journeys if journeys.weight.any() else replace(journeys, weight=np.ones(len(journeys.weight)))


def _by_chain(journeys: Journeys, within: Integers | None) -> Floats:
    """The weights of the converting journeys' touches, each by the chain of its group."""
    if within is None:
        return _by_one_chain(journeys)
    group = within[journeys.rows[journeys.starts]]
    if (np.repeat(group, journeys.lengths) != within[journeys.rows]).any():
        raise ValueError("a journey is in two groups: a group is the same on all touches of a journey")
    weight = np.empty(len(journeys.rows))
    order = np.argsort(group, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        weight[journeys.touches_of(places[journeys.converted[places]])] = _by_one_chain(journeys.take(places))
    return weight[np.repeat(journeys.converted, journeys.lengths)]


def _by_one_chain(journeys: Journeys) -> Floats:
    strengths = chain(_weighed(journeys)).strengths
    return _by_channel(journeys.converting(), strengths if strengths.any() else np.ones(len(strengths)))


def _all_to(journeys: Journeys, rows: Integers) -> Floats:
    weight = np.zeros(len(journeys.rows))
    weight[rows] = 1.0
    return weight


def _last_non_direct(journeys: Journeys, touches: pd.DataFrame) -> Integers:
    direct: Flags = touches["is_direct"].to_numpy(dtype=bool)[journeys.rows]
    if not len(direct):
        return journeys.starts
    last = np.maximum.reduceat(np.where(direct, -1, np.arange(len(direct))), journeys.starts)
    return np.where(last < 0, journeys.ends - 1, last)


def _by_position(journeys: Journeys) -> Floats:
    lengths = journeys.lengths
    between = np.divide(1 - 2 * FIRST_AND_LAST, lengths - 2, out=np.zeros(len(lengths)), where=lengths > 2)
    weight = np.repeat(between, lengths)
    ends = np.select([lengths == 1, lengths == 2], [1.0, 0.5], FIRST_AND_LAST)
    weight[journeys.starts] = ends
    weight[journeys.ends - 1] = ends
    return weight


def _by_age(journeys: Journeys, touches: pd.DataFrame, half_life_days: float) -> Floats:
    age = touches["converted_at"].array.take(journeys.rows) - touches["touched_at"].array.take(journeys.rows)
    days = np.asarray(age.to_numpy() / np.timedelta64(1, "D"), dtype=float)
    if not len(days):
        return days
    # Against the journey's youngest touch: the shares are the same, and a very old journey is not 0 / 0.
    youngest = np.minimum.reduceat(days, journeys.starts)
    return _normalised(journeys, np.exp2((np.repeat(youngest, journeys.lengths) - days) / half_life_days))


def _by_channel(journeys: Journeys, strengths: Floats) -> Floats:
    return _normalised(journeys, strengths[journeys.channel])


def _normalised(journeys: Journeys, size: Floats) -> Floats:
    """``size`` as shares of its journey; equal shares where all of it is 0."""
    if not len(size):
        return size
    total = np.add.reduceat(size, journeys.starts)
    alike = np.repeat(total == 0, journeys.lengths)
    if alike.any():
        size = np.where(alike, 1.0, size)
        total = np.add.reduceat(size, journeys.starts)
    return np.asarray(size / np.repeat(total, journeys.lengths), dtype=float)
