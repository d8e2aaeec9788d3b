"""Two shops abroad through ten nights: every published cell is what the world knows, orders and visits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipeline.simulator.platforms.shopify.account import SITES
from pipeline.simulator.truth import Judge, demo_terms, tables
from pipeline.simulator.truth.observations import naive
from pipeline.simulator.world.shopify import AU, UK, Visit, shop_orders
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("shopify",)
# A table that has no row of a shop says nothing of it.
FILLED = ("kpi.coverage_daily", "conversion.event", "conversion.daily", "conversion.margin_daily")


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(tmp_path_factory.mktemp("weeks"), PLATFORMS, nights=10) as played:
        played.nights(played.world.nights)
        yield played


@pytest.fixture(scope="module")
def judge(weeks: Replay) -> Judge:
    return Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))


def test_every_table_equals_the_truth_cell_by_cell(weeks: Replay, judge: Judge) -> None:
    said = {name: differences(judge.table(name), published(weeks, name, parquet=False))[:5] for name in tables()}
    assert {name: told for name, told in said.items() if told} == {}
    assert {name for name in tables() if judge.table(name).rows} >= set(FILLED)


def test_the_world_was_not_too_kind(weeks: Replay) -> None:
    rows = published(weeks, "conversion.event", parquet=False)
    assert {row["currency"] for row in rows} == {"GBP", "AUD"}
    assert {row["status"] for row in rows} == {"confirmed", "pending", "cancelled", "refunded"}
    assert any(0 < row["refunded_value"] < row["value"] for row in rows)
    numbers = [{row["native_id"] for row in rows if row["site"] == site} for site in {row["site"] for row in rows}]
    assert len(numbers[0] & numbers[1]) > 20
    # The reporting currency is another one, and no rate was told.
    assert {row["value_reporting"] for row in rows} == {None}
    assert {row["platform"] for row in rows} == {"facebook", "unattributed"}
    # Of the last evening no journey is known yet.
    assert any(row["utm_source"] is None for row in rows)


def test_no_test_order_is_published_and_every_one_is_kept(weeks: Replay) -> None:
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        kept = con.execute("select distinct _account || legacyResourceId from raw.shopify_orders where test").fetchall()
    tests = {name for (name,) in kept}
    rows = published(weeks, "conversion.event", parquet=False)
    assert len(tests) > 3
    shops = {site: name for name, site in SITES.items()}
    assert not tests & {shops[row["site"]] + row["native_id"] for row in rows}


def expected(weeks: Replay) -> set[tuple[Any, ...]]:
    """The touches of every order that the nights told, as far as the last one that told it."""
    found: set[tuple[Any, ...]] = set()
    judge = Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))
    for shop in (UK, AU):
        orders = shop_orders(shop.name, weeks.world.seed, weeks.world.calendar)
        for order in orders.standing(weeks.world.nights[-1]):
            since = judge.facts.units["shopify", shop.name][0].since
            told = order.is_ready and order.updated.astimezone(shop.zone).date() >= since
            if told and order.visits and not order.is_test:
                for nth, visit in enumerate(dict.fromkeys(order.visits), 1):
                    found.add((shop.name, str(order.id), nth, naive(visit.at), *_words(visit)))
    return found


def _words(visit: Visit) -> tuple[Any, ...]:
    if visit.utm is None:
        return visit.source, None, None, None, visit.source == "direct"
    return (*visit.utm, False)


def test_the_visits_before_an_order_are_staged_as_the_world_knows_them(weeks: Replay) -> None:
    columns = "account, native_id, touch, touched_at, utm_source, utm_medium, utm_campaign, utm_content, is_direct"
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        rows = con.execute(
            f"select {columns} from staging.journey qualify night = max(night) over (partition by account, native_id)"
        ).fetchall()
    wanted = expected(weeks)
    assert len(wanted) > 100
    assert set(rows) == wanted
    assert len(rows) == len(wanted)
    assert {row[2] for row in rows} == {1, 2}


def test_a_journey_comes_in_a_later_night_than_its_order(weeks: Replay) -> None:
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        first, ready = "min(_night)", "min(_night) filter (customerJourneySummary ->> '$.ready' = 'true')"
        rows = con.execute(
            f"select distinct {ready} - {first} from raw.shopify_orders where createdAt >= '2026-10-25'"
            f" group by _account, id having {ready} is not null"
        ).fetchall()
    # Where it is noon already, the orders of the morning before are ready at once.
    assert {wait for (wait,) in rows} == {0, 1}
