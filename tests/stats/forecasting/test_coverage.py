"""Fifty simulated accounts, and what fifty sites and networks brought, asked on twelve days of their year.

The bounds hold what they promise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.horizon import Forecast, forecast
from pipeline.stats.forecasting.paths import NAIVE, naive
from pipeline.stats.forecasting.series import HORIZON, Series, of_counts, of_levels
from tests.stats.forecasting.played import DAYS, Played, accounts, arrivals

Floats = NDArray[np.float64]
ORIGINS = 12
APART = 14
SETTLED = 3
Told = tuple[Forecast, Series, Floats]


def origins() -> Iterator[int]:
    """Days known at each start; the last one leaves the whole horizon to be seen."""
    return (DAYS - HORIZON - APART * back for back in range(ORIGINS))


def counted(first: date, values: Floats, known: int) -> Told:
    """The newest days are not settled yet: the forecast begins three days after what it learnt from."""
    newest = first + timedelta(days=known - 1)
    series = of_counts(first, values[: known - SETTLED], newest)
    assert isinstance(series, Series)
    return forecast(series, newest, Holidays()), series, values[known : known + HORIZON]


def followed(account: Played, known: int) -> Told:
    newest = account.first + timedelta(days=known - 1)
    series = of_levels(account.first, account.followers[:known], np.zeros(known), newest)
    assert isinstance(series, Series)
    return forecast(series, newest, Holidays()), series, account.followers[known : known + HORIZON]


@pytest.fixture(scope="module")
def told() -> dict[str, list[Told]]:
    """Every series at every origin with one of its metrics, in turns: each metric is asked two hundred times."""
    found: defaultdict[str, list[Told]] = defaultdict(list)
    for place, account in enumerate(accounts()):
        for turn, known in enumerate(origins()):
            metric = ("followers", "reach", "engagements")[(place + turn) % 3]
            values = account.reach if metric == "reach" else account.engagements
            one = followed(account, known) if metric == "followers" else counted(account.first, values, known)
            found[metric].append(one)
    for place, arrived in enumerate(arrivals()):
        for turn, known in enumerate(origins()):
            if (place + turn) % 3 == 0:
                found["visits"].append(counted(arrived.first, arrived.visits, known))
            if (place + turn) % 3 == 1:
                found["conversions"].append(counted(arrived.first, arrived.conversions, known))
    return found


def held(told: list[Told], low: int, high: int) -> float:
    """The share of the days that came, as far as they are known, within these bounds."""
    hits = [_within(one.bounds, came, low, high) for one, _, came in told]
    return float(np.concatenate(hits).mean())


def _within(bounds: Floats, came: Floats, low: int, high: int) -> NDArray[np.bool_]:
    known = np.isfinite(came)
    within: NDArray[np.bool_] = ((bounds[:, low] <= came) & (came <= bounds[:, high]))[known]
    return within


@pytest.mark.parametrize("metric", ["followers", "reach", "engagements", "visits", "conversions"])
def test_of_the_days_that_came_the_80_percent_bounds_held_70_to_90_and_the_wider_ones_more(
    told: dict[str, list[Told]], metric: str
) -> None:
    assert 0.70 <= held(told[metric], 0, 1) <= 0.90
    assert 0.88 <= held(told[metric], 2, 3) <= 0.99


@pytest.mark.parametrize("week", range(4))
def test_the_bounds_hold_in_each_week_ahead(told: dict[str, list[Told]], week: int) -> None:
    every = [one for each in told.values() for one in each]
    days = slice(7 * week, 7 * week + 7)
    hits = [_within(one.bounds[days], came[days], 0, 1) for one, _, came in every]
    assert 0.70 <= float(np.concatenate(hits).mean()) <= 0.90


def test_the_coverage_that_is_told_is_the_coverage_that_came(told: dict[str, list[Told]]) -> None:
    for metric, every in told.items():
        promised = np.mean([one.coverage_80 for one, _, _ in every if one.coverage_80 is not None])
        assert abs(promised - held(every, 0, 1)) < 0.07, metric


def test_what_is_served_errs_less_than_a_repeated_last_week(told: dict[str, list[Told]]) -> None:
    """On the days that came, not on those of the backtest; in the unit of each series' own naive error."""
    for metric, every in told.items():
        ratios = []
        for one, series, came in every:
            skipped = (one.days[0] - series.last).days - 1
            mean = naive(series.values, skipped + HORIZON).mean
            plain = mean if series.level is None else series.level + np.cumsum(mean)
            error = np.nanmean(np.abs(plain[skipped:] - came))
            if error > 0:
                ratios.append(min(float(np.nanmean(np.abs(one.value - came)) / error), 5.0))
        assert np.mean(ratios) < 1.0, metric


def test_a_model_that_was_worse_than_the_naive_is_never_served(told: dict[str, list[Told]]) -> None:
    every = [one for each in told.values() for one, _, _ in each]
    for one in every:
        assert one.error is not None
        assert one.error_naive is not None
        assert one.error <= one.error_naive
    assert {one.model for one in every} == {NAIVE, "AutoETS"}
