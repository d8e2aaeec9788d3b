"""The figures at the head of the report stand beside those of the 28 days before only where these are whole."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipeline.report.figures import tiles

NIGHT = date(2026, 11, 2)


def published(visits: dict[str, int], *, sold: int = 0) -> duckdb.DuckDBPyConnection:
    """Ten visits on each of the last days of every site (site → number of days), a sale of 5 on ``sold`` days."""
    con = duckdb.connect()
    con.execute("create schema kpi; create schema conversion")
    con.execute("create table kpi.site_daily (site varchar, day date, visits bigint, visits_from_networks bigint)")
    con.execute(
        "create table conversion.margin_daily (day date, revenue decimal(18, 4), acquisition_cost decimal(18, 4),"
        " gross_margin decimal(18, 4))"
    )
    con.execute("create table conversion.daily (day date, action varchar, conversions bigint)")
    for site, days in visits.items():
        for ago in range(days):
            con.execute("insert into kpi.site_daily values (?, ?, 10, 2)", [site, NIGHT - timedelta(days=ago)])
    for ago in range(sold):
        con.execute("insert into conversion.margin_daily values (?, 5, 0, 5)", [NIGHT - timedelta(days=ago)])
        con.execute("insert into conversion.daily values (?, 'sale', 1)", [NIGHT - timedelta(days=ago)])
    return con


def test_a_whole_period_before_is_shown() -> None:
    found = tiles(published({"journal": 56, "shop": 56}, sold=56), NIGHT)
    assert found["visits"] == (560, 560)
    assert found["revenue"] == (140, 140)


@pytest.mark.parametrize("days", [28, 31, 55])
def test_a_period_before_that_one_site_does_not_have_whole_is_no_comparison(days: int) -> None:
    found = tiles(published({"journal": 56, "shop": days}, sold=40), NIGHT)
    assert found["visits"] == (280 + 280, None)
    assert {then for _, then in found.values()} == {None}


def test_a_day_whose_visits_nobody_knows_is_no_whole_period() -> None:
    con = published({"shop": 56})
    con.execute("update kpi.site_daily set visits = null where day = ?", [NIGHT - timedelta(days=40)])
    assert tiles(con, NIGHT)["visits"] == (280, None)


def test_a_shop_without_analytics_is_compared_from_its_first_sale_on() -> None:
    assert tiles(published({}, sold=56), NIGHT)["revenue"] == (140, 140)
    assert tiles(published({}, sold=55), NIGHT)["revenue"] == (140, None)
