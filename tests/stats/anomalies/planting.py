"""Days out of the ordinary, put into days that were not; their size is told in the noise that the days really have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.stats.anomalies.simulated import METRICS

Floats = NDArray[np.float64]
# Far enough apart that one does not hide the next, and behind four weeks of history.
FIRST, APART = 70, 90


@dataclass(frozen=True)
class Planted:
    """``days``: all of them, changed. ``told``: what was planted where.

    ``size`` is what was planted and ``off`` how far the day then lies from what was usual, by its own chance too;
    both in robust standard deviations.
    """

    days: pd.DataFrame
    told: pd.DataFrame


def planted(days: pd.DataFrame, sizes: tuple[float, float], *, onto: str) -> Planted:
    """Single days, each ``size`` robust deviations off what was usual, or further off than what came."""
    return _put(days, sizes, onto=onto, for_days=1)


def lasting(days: pd.DataFrame, sizes: tuple[float, float]) -> Planted:
    """From a day on every day is so much higher or lower than it was."""
    return _put(days, sizes, onto="what came", for_days=10_000)


def _put(days: pd.DataFrame, sizes: tuple[float, float], *, onto: str, for_days: int) -> Planted:
    changed, told, draw = days.copy(), [], np.random.default_rng(7)
    for metric, places in _series(days):
        net = metric == "followers_net"
        came = days[metric].to_numpy()[places]
        scale = came if net else 2 * np.sqrt(np.maximum(came, 0) + 0.375)
        usual, noise = _usual(scale, net=net)
        last = len(places) - 20 if for_days == 1 else FIRST + APART
        for nth in range(FIRST + int(draw.integers(0, 40)), last, APART):
            size = float(draw.uniform(*sizes) * draw.choice((-1, 1)))
            until = nth + for_days
            base = usual if onto == "what was usual" else scale
            if not net and (base[nth] + size * noise[nth]) < 2 * np.sqrt(0.375):
                size = abs(size)
            moved = base[nth:until] + size * noise[nth:until]
            counts = moved if net else np.maximum(np.square(moved / 2) - 0.375, 0)
            changed.loc[places[nth:until], metric] = np.ceil(counts) if size > 0 else np.floor(counts)
            off = (moved[0] - usual[nth]) / noise[nth]
            told.append(
                (*days.loc[places[nth], ["platform", "account"]], metric, days.loc[places[nth], "day"], size, off)
            )
    names = ["platform", "account", "metric", "day", "size", "off"]
    found = pd.DataFrame(told, columns=names).astype({"day": "datetime64[us]"})
    return Planted(changed, found)


def _series(days: pd.DataFrame) -> Iterator[tuple[str, NDArray[np.int64]]]:
    for metric in METRICS:
        for places in days.groupby("account").indices.values():
            yield metric, np.asarray(places)


def _usual(scale: Floats, *, net: bool) -> tuple[Floats, Floats]:
    """What a day of the series brings, seen from both sides of it, and a robust deviation of what it really brought.

    The square root of a count is as unsure as people who decide one by one make it: 1 at the least; and a net
    change as the people who come and leave.
    """
    middle = pd.Series(scale).rolling(57, center=True, min_periods=20).median().to_numpy(copy=True)
    for weekday in range(7):
        middle[weekday::7] += np.nanmedian(scale[weekday::7] - middle[weekday::7])
    off = scale - middle
    near = pd.Series(np.abs(off)).rolling(85, center=True, min_periods=20).median().to_numpy()
    least = np.sqrt(np.abs(middle) + 1) if net else np.ones_like(middle)
    low, high = np.nanquantile(off, (0.1, 0.9))
    return middle, np.maximum(np.maximum(1.4826 * near, least), (high - low) / 2.5631)
