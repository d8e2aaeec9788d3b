"""The lift of an experiment is drawn as it was known at every look, inside the bounds that hold at every look."""

from __future__ import annotations

import re
from datetime import date, timedelta

import duckdb
import pytest

from pipeline.report import period_of, testing
from pipeline.report.blocks import Card, Drawn
from pipeline.report.charts import Chart, Look, bounded
from pipeline.report.view import View
from tests.models.warehouse import empty_warehouse

FIRST, LOOKS = date(2026, 10, 1), 12
NIGHT = FIRST + timedelta(days=LOOKS - 1)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """Twelve looks at one arm beside its control; of the first two nothing is told, their actions are too few."""
    con = empty_warehouse(duckdb.connect())
    con.execute(
        """
        insert into conversion.experiment_result by name
        select
            'autumn' as experiment, 'quote_request' as action, date '2026-10-01' + cast(n as integer) as look,
            arm, arm = 'plain' as is_control, 'running' as verdict, 'why' as reason, 'pourquoi' as reason_fr,
            'design' as design, 'plan' as design_fr, 100 * (n + 1) as visits, 10 * (n + 1) as conversions,
            case when arm = 'bold' and n >= 2 then 0.2 end as lift,
            case when arm = 'bold' and n >= 2 then 0.2 - 3.0 / n end as sequential_low,
            case when arm = 'bold' and n >= 2 then 0.2 + 3.0 / n end as sequential_high
        from range(12) as looks (n) cross join (values ('plain'), ('bold')) as arms (arm)
        """
    )
    return con


def charts(con: duckdb.DuckDBPyConnection, language: str) -> list[Chart]:
    section = testing.section(View(con, period_of("28d", NIGHT), NIGHT, language, "EUR"))
    assert section is not None
    (card,) = [block for block in section.blocks if isinstance(block, Card)]
    return [chart for block in card.blocks if isinstance(block, Drawn) for chart in block.charts]


def test_each_arm_but_the_control_has_its_looks_and_the_table_behind_them(con: duckdb.DuckDBPyConnection) -> None:
    (chart,) = charts(con, "en")
    assert [row[0] for row in chart.body] == [f"2026-10-{day:02d}" for day in range(3, 13)]
    assert chart.body[-1][1:] == ("20.0%", "−7.3% to 47.3%")
    assert chart.finding == "bold: +20.0% against the control on 2026-10-12; the truth lies between −7.3% and 47.3%."
    assert chart.svg.count("<path") >= 2
    assert 'role="img"' in chart.svg


def test_it_is_told_in_french(con: duckdb.DuckDBPyConnection) -> None:
    (chart,) = charts(con, "fr")
    assert "face au témoin le 12/10/2026" in chart.finding
    assert chart.notes == ["La bande tient à chaque regard : tant qu’elle contient 0, aucun écart n’est prouvé."]


def test_one_look_is_no_line() -> None:
    assert bounded([Look(FIRST, 0.1, -0.2, 0.4)], "one", "en") == ""


def test_the_wild_bounds_of_the_first_looks_do_not_press_the_later_ones_flat() -> None:
    wild = [Look(FIRST + timedelta(days=n), 0.1, -50.0 if n < 2 else -0.2, 90.0 if n < 2 else 0.4) for n in range(12)]
    percents = [int(found) for found in re.findall(r">[+−]?(\d+)%<", bounded(wild, "wild", "en"))]
    assert percents
    assert max(percents) <= 60
