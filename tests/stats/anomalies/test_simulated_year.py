"""A year of twenty-five simulated accounts: few false alarms, and what is planted is found on its own day."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.stats.anomalies.planting import Planted, lasting, planted
from tests.stats.anomalies.simulated import build, days_of, fill, rows, warehouse

ACCOUNTS = 25
KEY = ["platform", "account", "metric", "day"]


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    return days_of(ACCOUNTS)


@pytest.fixture(scope="module")
def con(year: pd.DataFrame) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(year) as con:
        yield con


def judged(con: duckdb.DuckDBPyConnection, plants: Planted) -> pd.DataFrame:
    """What was planted and tested, with the verdict. Nothing after a day is known to what is expected of it."""
    fill(con, plants.days)
    build(con)
    found = rows(con, where="score is not null")
    return plants.told.merge(found, on=KEY)


def test_a_clean_year_has_at_most_two_false_alarms_per_account(
    con: duckdb.DuckDBPyConnection, year: pd.DataFrame
) -> None:
    fill(con, year)
    build(con)
    found = rows(con, where="score is not null")
    years = found.groupby(["platform", "account"])["day"].nunique().sum() / 365
    assert years > 0.95 * ACCOUNTS
    assert found["is_anomaly"].sum() / years <= 2


@pytest.mark.parametrize("onto", ["what was usual", "what came"])
def test_nine_of_ten_planted_days_of_four_robust_deviations_and_more_are_found(
    con: duckdb.DuckDBPyConnection, year: pd.DataFrame, onto: str
) -> None:
    found = judged(con, planted(year, (4.0, 8.0), onto=onto))
    # What a day's own chance takes back again is no day of four deviations.
    found = found[found["off"].abs() >= 4]
    assert len(found) > 150
    assert found["is_anomaly"].mean() >= 0.9
    right = np.where(found["size"] > 0, "up", "down") == found["direction"]
    assert right[found["is_anomaly"].astype(bool)].mean() > 0.99


def test_of_those_that_are_just_large_enough_most_are_found(con: duckdb.DuckDBPyConnection, year: pd.DataFrame) -> None:
    """Exactly 4 of a threshold of 3.5: what chance takes from a day decides of some."""
    assert judged(con, planted(year, (4.0, 4.001), onto="what was usual"))["is_anomaly"].mean() > 0.65


def test_what_goes_as_it_came_is_a_spike_and_what_stays_a_level_shift(
    con: duckdb.DuckDBPyConnection, year: pd.DataFrame
) -> None:
    brief = judged(con, planted(year, (6.0, 10.0), onto="what was usual"))
    staying = judged(con, lasting(year, (6.0, 10.0)))
    assert (brief["kind"].dropna() == "spike").mean() > 0.9
    assert (staying["kind"].dropna() == "level_shift").mean() > 0.9
    assert min(len(brief["kind"].dropna()), len(staying["kind"].dropna())) > 50


def test_a_level_that_stays_is_soon_what_is_expected(con: duckdb.DuckDBPyConnection, year: pd.DataFrame) -> None:
    judged(con, plants := lasting(year, (6.0, 10.0)))
    after = plants.told[["platform", "account", "metric", "day"]].merge(
        rows(con, where="score is not null"), on=["platform", "account", "metric"], suffixes=("_moved", "")
    )
    ago = (after["day"] - after["day_moved"]).dt.days
    assert after.loc[ago.between(14, 60), "is_anomaly"].mean() < 0.02
