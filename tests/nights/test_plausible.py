"""Weeks of a small site of its own: visits, goals and sales are published as the world knows them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.simulator.brand import WALKS_SITE
from pipeline.simulator.truth import Judge, demo_terms, tables
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("plausible",)
FILLED = (
    "kpi.site_daily",
    "kpi.site_network_daily",
    "kpi.coverage_daily",
    "conversion.event",
    "conversion.daily",
    "conversion.margin_daily",
    "conversion.funnel_daily",
)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(tmp_path_factory.mktemp("weeks"), PLATFORMS, nights=8) as played:
        played.nights(played.world.nights)
        yield played


def test_every_table_equals_the_truth_cell_by_cell(weeks: Replay) -> None:
    judge = Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))
    said = {name: differences(judge.table(name), published(weeks, name, parquet=False))[:5] for name in tables()}
    assert {name: told for name, told in said.items() if told} == {}
    assert {name for name in tables() if judge.table(name).rows} >= set(FILLED)


def test_the_world_was_not_too_kind(weeks: Replay) -> None:
    days = published(weeks, "kpi.site_daily", parquet=False)
    assert {row["site"] for row in days} == {WALKS_SITE}
    assert {row["day_timezone"] for row in days} == {"Europe/Lisbon"}
    silent = [row for row in days if row["visits"] is None]
    assert [row["day"] for row in silent] == [weeks.world.calendar.ago(6)]
    assert all(row["bounces"] is None and row["page_views"] is None for row in silent)
    networks = {row["platform"] for row in published(weeks, "kpi.site_network_daily", parquet=False)}
    assert networks == {"facebook", "instagram", "youtube", "unattributed"}


def test_sales_are_where_their_visits_came_from_and_a_day_without_sales_is_none(weeks: Replay) -> None:
    events = published(weeks, "conversion.event", parquet=False)
    sales = [row for row in events if row["action"] == "sale"]
    assert {row["source"] for row in events} == {"plausible"}
    assert {"facebook", "unattributed"} <= {row["platform"] for row in sales}
    assert {row["campaign"] for row in sales} >= {"", "autumn-2026"}
    assert all(row["value_reporting"] == row["value"] > 0 for row in sales)
    rows = [row for row in published(weeks, "conversion.daily", parquet=False) if row["action"] == "sale"]
    by_day: dict[object, set[object]] = {}
    for row in rows:
        by_day.setdefault(row["day"], set()).add(row["conversions"])
    # Somebody came and nobody bought: 0. Nobody was counted: there is no such row at all.
    assert {0} in by_day.values()
    assert None not in set().union(*by_day.values())
    assert weeks.world.calendar.ago(6) not in by_day
