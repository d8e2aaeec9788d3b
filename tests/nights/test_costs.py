"""Costs that people noted and orders in other currencies, at the rates of their days: equal to the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline import steps
from pipeline.cli import app
from pipeline.simulator.truth import Judge, NotedCost, demo_terms
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("ecb", "facebook", "matomo", "woocommerce")
FILE = "costs.csv"
LINES = """\
from;to;platform;campaign;amount;currency;label
2026-10-20;2026-10-29;facebook;Autumn-2026;100,00;;agency
2026-10-24;2026-10-24;instagram;influencer;250,00;USD;a parcel
2026-10-26;2026-10-26;linkedin;stand;90,00;XYZ;no such currency
2026-10-27;2026-10-27;facebook;;12,50;EUR;pictures
2026-12-24;2026-12-24;facebook;autumn-2026;1000,00;EUR;not yet
2026-10-28;2026-10-27;facebook;;1,00;EUR;ends before it begins
2026-10-28;2026-10-28;facebook;;-5,00;EUR;taken back
"""


def noted(first: date, last: date, platform: str, campaign: str, amount: str, currency: str = "EUR") -> list[NotedCost]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [NotedCost(day, platform, campaign, Decimal(amount) / len(days), currency) for day in days]


COSTS = (
    *noted(date(2026, 10, 20), date(2026, 10, 29), "facebook", "autumn-2026", "100.00"),
    *noted(date(2026, 10, 24), date(2026, 10, 24), "instagram", "influencer", "250.00", "USD"),
    *noted(date(2026, 10, 26), date(2026, 10, 26), "linkedin", "stand", "90.00", "XYZ"),
    *noted(date(2026, 10, 27), date(2026, 10, 27), "facebook", "", "12.50"),
    *noted(date(2026, 12, 24), date(2026, 12, 24), "facebook", "autumn-2026", "1000.00"),
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    folder = tmp_path_factory.mktemp("costs")

    def mend(text: str) -> str:
        head, _, tables = text.partition("\n[")
        return f'{head}\n\n[costs]\nfile = "{FILE}"\n\n[{tables}'

    with replay(folder, PLATFORMS, mend=mend, nights=16, currencies=("EUR", "USD", "GBP", "XXX")) as replayed:
        nights = replayed.world.nights
        # The file is written after the first nights, as it is in life: what was published before is put right.
        replayed.nights(nights[:12])
        (folder / FILE).write_text(LINES, encoding="utf-8")
        replayed.nights(nights[12:])
        yield replayed


@pytest.mark.parametrize(
    "table",
    ["conversion.event", "conversion.daily", "conversion.margin_daily", "kpi.account_daily", "kpi.account_period"],
)
def test_every_cell_equals_the_truth(played: Replay, table: str) -> None:
    terms = replace(demo_terms(played.world, PLATFORMS), noted=COSTS)
    wanted = Judge(played.world, settings=terms).table(table)
    assert len(wanted.rows) > 0
    assert differences(wanted, published(played, table, parquet=False))[:20] == []


def ask(played: Replay, sql: str) -> list[tuple[object, ...]]:
    file = played.project.settings.paths.publication / "vigie.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_lines_that_cannot_be_right_are_told_and_the_others_count(played: Replay) -> None:
    night = played.world.nights[-1]
    told = ask(
        played, f"select message from quality.note where night = '{night}' and kind = 'cost_not_counted' order by 1"
    )
    assert [message for (message,) in told] == [
        "costs.csv, line 7: ends on 2026-10-27, before it begins on 2026-10-28",
        "costs.csv, line 8: -5.00 is negative: a cost is what was paid; correct the row that it takes back",
    ]


def test_an_amount_without_a_rate_has_no_value_and_is_told(played: Replay) -> None:
    night = played.world.nights[-1]
    told = ask(
        played,
        f"select message from quality.note where night = '{night}' and kind = 'currency_without_rate' order by 1",
    )
    assert "noted costs in XYZ have no exchange rate: they are unknown" in {message for (message,) in told}
    unknown = "select count(*) from conversion.daily where platform = 'linkedin' and campaign = 'stand'"
    assert ask(played, f"{unknown} and acquisition_cost is null") != [(0,)]
    assert ask(played, f"{unknown} and acquisition_cost is not null") == [(0,)]


def test_orders_of_other_currencies_count_in_the_reporting_one(played: Replay) -> None:
    """But for those of a weekend before the first rate that any night has read."""
    first = played.world.nights[0] - timedelta(days=28)
    while played.world.ecb.rates(first) is None:
        first += timedelta(days=1)
    rows = ask(
        played,
        "select currency, count(*), count(value_reporting) from conversion.event"
        f" where action = 'sale' and occurred_day >= date '{first}' group by 1",
    )
    found = {str(currency): (orders, known) for currency, orders, known in rows}
    assert set(found) == {"EUR", "USD", "GBP", "XXX"}
    assert all(orders == known for currency, (orders, known) in found.items() if currency != "XXX")
    assert found["XXX"][1] == 0


def test_margins_add_up_however_they_are_grouped(played: Replay) -> None:
    whole = ask(played, "select sum(gross_margin), sum(visits) from conversion.margin_daily where day >= '2026-10-20'")
    for by in ("campaign", "platform", "day"):
        found = steps.margin(played.project, by, "2026-10-20..2026-11-02").rows
        assert len(found) > 2
        assert [(sum(row["gross_margin"] or 0 for row in found), sum(row["visits"] or 0 for row in found))] == whole


def test_a_person_reads_margins_and_funnels_in_a_terminal(played: Replay) -> None:
    settings = str(played.project.settings.file)
    margin = CliRunner().invoke(app, ["margin", "-c", settings])
    assert margin.exit_code == 0, margin.stderr
    assert "Margin in EUR, 2026-10-06 to 2026-11-02" in margin.stdout
    assert "autumn-2026" in margin.stdout
    assert "of the days of which revenue and cost are both known" in margin.stderr
    funnel = CliRunner().invoke(app, ["funnel", "-c", settings, "--campaign", "AUTUMN-2026", "--json"])
    steps_told = {row["step"]: row for row in json.loads(funnel.stdout)["rows"]}
    visits = ask(
        played,
        "select sum(visits) from conversion.margin_daily where campaign = 'autumn-2026' and day >= '2026-10-06'",
    )
    assert [(Decimal(steps_told["visits"]["count"]),)] == visits
    assert steps_told["sale"]["position"] == 5
    nobody = CliRunner().invoke(app, ["funnel", "-c", settings, "--platform", "myspace"])
    assert "Nothing is known of myspace from 2026-10-06 to 2026-11-02." in nobody.stdout
