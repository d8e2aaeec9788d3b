"""The country of the settings decides which days are expected to be holidays, from vigie.toml to the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipeline.stats.tables import TABLES
from pipeline.steps.seeds import seeds
from pipeline.warehouse import write_seeds
from tests.bench.brand import project
from tests.models.warehouse import empty_warehouse

NEWEST = date(2026, 10, 31)
ARMISTICE = date(2026, 11, 11)
# A French shop: nearly nobody comes on the public holidays of the country.
CLOSED = [
    *(date(2025, month, day) for month, day in ((11, 1), (11, 11), (12, 25))),
    *(date(2026, month, day) for month, day in ((1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15))),
]
USUAL = (300, 310, 290, 300, 280, 180, 150)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        empty_warehouse(con)
        con.execute("insert into core.night (platform, account, night) values ('matomo', '1', ?)", [NEWEST])
        chance = np.random.default_rng(7)
        days = [NEWEST - timedelta(days=ago) for ago in range(399, -1, -1)]
        visits = [int(chance.poisson(USUAL[day.weekday()] * (0.2 if day in CLOSED else 1.0))) for day in days]
        con.execute(
            "insert into kpi.site_daily by name select 'shop' as site, true as is_final, unnest(?) as day,"
            " unnest(?) as visits",
            [days, visits],
        )
        yield con


def armistice(con: duckdb.DuckDBPyConnection, folder: Path, country: str | None) -> tuple[float, float, float]:
    """(low, value, high) of what is expected of 11 November where the settings name this country."""
    brand = project(folder, 0.001)
    there = replace(brand, settings=replace(brand.settings, country=country))
    write_seeds(con, seeds(there, NEWEST))
    told = TABLES["forecast"](con, NEWEST)
    (row,) = told[(told["site"] == "shop") & (told["metric"] == "visits") & (told["day"] == str(ARMISTICE))].to_dict(
        "records"
    )
    return row["low_95"], row["value"], row["high_95"]


def test_a_holiday_of_the_country_is_expected_to_be_one(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    low, value, high = armistice(con, tmp_path, "FR")
    assert value == pytest.approx(0.2 * USUAL[ARMISTICE.weekday()], rel=0.25)
    assert low <= 0.2 * USUAL[ARMISTICE.weekday()] <= high < 0.5 * USUAL[ARMISTICE.weekday()]


@pytest.mark.parametrize("country", [None, "DE"])
def test_a_day_that_is_none_there_is_expected_to_be_ordinary(
    con: duckdb.DuckDBPyConnection, country: str | None, tmp_path: Path
) -> None:
    _, value, _ = armistice(con, tmp_path, country)
    assert value == pytest.approx(USUAL[ARMISTICE.weekday()], rel=0.1)
