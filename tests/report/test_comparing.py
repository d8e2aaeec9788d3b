"""Figures at the head of the report stand beside earlier ones only where the periods are known whole."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipeline.report.comparing import network_figures, site_figures
from pipeline.report.period import Period, period_of

NIGHT = date(2026, 11, 2)
NEWEST = period_of("28d", NIGHT)


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


def pair(con: duckdb.DuckDBPyConnection, name: str, complete: float = 1) -> tuple[object, object]:
    """The figure and the one before; None beside it where there is no comparison."""
    found = site_figures(con, NEWEST, NIGHT, complete)[name]
    return found.now, None if found.before is None else found.before.value


def test_a_whole_period_before_is_shown() -> None:
    con = published({"journal": 56, "shop": 56}, sold=56)
    assert pair(con, "visits") == (560, 560)
    assert pair(con, "revenue") == (140, 140)


@pytest.mark.parametrize("days", [28, 31, 55])
def test_a_period_before_that_one_site_does_not_have_whole_is_no_comparison(days: int) -> None:
    con = published({"journal": 56, "shop": days}, sold=40)
    assert pair(con, "visits") == (280 + 280, None)
    assert {each.before for each in site_figures(con, NEWEST, NIGHT).values()} == {None}


@pytest.mark.parametrize("ago", [5, 40])
def test_a_day_whose_visits_nobody_knows_leaves_no_whole_period_on_either_side(ago: int) -> None:
    con = published({"shop": 56})
    con.execute("update kpi.site_daily set visits = null where day = ?", [NIGHT - timedelta(days=ago)])
    assert pair(con, "visits")[1] is None
    assert pair(con, "visits", complete=0.95)[1] is not None, "a brand may be content with 27 days of 28"


def test_a_shop_without_analytics_is_compared_from_its_first_sale_on() -> None:
    assert pair(published({}, sold=56), "revenue") == (140, 140)
    assert pair(published({}, sold=55), "revenue") == (140, None)


def test_a_month_that_is_not_over_is_compared_with_nothing() -> None:
    con = published({"shop": 200})
    october, november = period_of("2026-10", NIGHT), period_of("2026-11", NIGHT)
    assert site_figures(con, october, NIGHT)["visits"].before is not None
    assert site_figures(con, november, NIGHT)["visits"].before is None


def test_the_year_before_is_the_same_month_or_the_same_weekdays() -> None:
    con = published({"shop": 460})
    con.execute("update kpi.site_daily set visits = 7 where day <= ?", [date(2025, 10, 31)])
    year = site_figures(con, period_of("2026-10", NIGHT), NIGHT)["visits"].year_before
    assert year is not None
    assert (year.value, year.now) == (31 * 7, 31 * 10)
    assert year.change == pytest.approx(10 / 7 - 1)


def networks(new_engagements: int) -> duckdb.DuckDBPyConnection:
    """An account that was always known with 90 interactions a day, and one that is known since the period began."""
    con = duckdb.connect()
    con.execute(
        "create schema kpi; create table kpi.account_daily as "
        "select 'x' as platform, who as account, day::date as day, 1 as posts_published, "
        "  case who when 'old' then 900 else 50 end as impressions, "
        "  case when who = 'old' then 90 when day >= date '2026-10-06' then ?::integer end as engagements "
        "from (values ('old'), ('new')) t (who), "
        "  generate_series(timestamp '2026-09-08', timestamp '2026-11-02', interval 1 day) d (day)",
        [new_engagements],
    )
    return con


def test_accounts_are_compared_that_are_known_in_both_periods() -> None:
    found = network_figures(networks(10), NEWEST)
    before = found["engagements"].before
    assert before is not None
    assert (found["engagements"].now, before.now, before.value) == (2800, 2520, 2520)
    assert (before.compared, before.of) == (1, 2)
    rate = found["engagement_rate_by_impressions"]
    assert rate.now == pytest.approx(2800 / (28 * 950)), "the ratio of the sums"
    assert rate.before is not None
    assert rate.before.value == pytest.approx(0.1)


def test_small_accounts_do_not_speak_for_a_large_one() -> None:
    found = network_figures(networks(11), NEWEST)
    assert {figure.before for figure in found.values()} == {None}


@pytest.mark.parametrize(
    ("text", "before", "year_before"),
    [
        ("2026-10", (date(2026, 9, 1), date(2026, 9, 30)), (date(2025, 10, 1), date(2025, 10, 31))),
        ("2024-02", (date(2024, 1, 1), date(2024, 1, 31)), (date(2023, 2, 1), date(2023, 2, 28))),
        ("2026-Q1", (date(2025, 10, 1), date(2025, 12, 31)), (date(2025, 1, 1), date(2025, 3, 31))),
        ("2026-W53", (date(2026, 12, 21), date(2026, 12, 27)), (date(2025, 12, 29), date(2026, 1, 4))),
        ("2026-11-01..2026-11-02", (date(2026, 10, 30), date(2026, 10, 31)), (date(2025, 11, 2), date(2025, 11, 3))),
    ],
)
def test_a_period_has_its_own_before(text: str, before: tuple[date, date], year_before: tuple[date, date]) -> None:
    period = period_of(text, NIGHT)
    assert days(period.before()) == before
    assert days(period.year_before()) == year_before


def days(period: Period) -> tuple[date, date]:
    return period.since, period.until
