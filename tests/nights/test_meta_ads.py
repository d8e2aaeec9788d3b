"""Nights of Meta's advertising accounts: what readers of the warehouse find is what the platform told last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.truth.facts import Spend
from pipeline.simulator.world.advertisers.meta_ads import AMERICAN, MAIN
from tests.nights.replaying import Replay, replay

PLATFORMS = ("meta_ads",)
# Nights before the last one: one is lost (7), and every pause between two of them is read by the second.
AGO = (25, 18, 11, 8, 7, 6, 3, 1, 0)
COLUMNS = """
    platform, account, day, campaign_id, campaign_name, network, spend, currency, impressions, reach, clicks,
    observed_at
"""
NEWEST = f"""
    select {COLUMNS}, utm_campaign from staging.meta_ads_spend_day
    qualify not is_absent
    and row_number() over (partition by account, day, campaign_id, network order by night desc) = 1
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replay, list[Spend]]]:
    """Nights of four weeks, one of which an account did not answer, and what the truth makes of them."""
    with replay(tmp_path_factory.mktemp("meta_ads"), platforms=PLATFORMS, nights=30) as running:
        nights = tuple(running.world.calendar.ago(ago) for ago in AGO)
        running.nights(nights)
        judge = Judge(running.world, nights=nights, settings=demo_terms(running.world, PLATFORMS))
        yield running, judge.facts.spends


def asked(played: Replay, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(played.project.settings.paths.warehouse), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        return con.execute(sql).fetchall()


def told(each: Spend) -> tuple[Any, ...]:
    what = (each.platform, each.account, each.day, each.campaign_id, each.name, each.network, each.spend, each.currency)
    return (*what, each.impressions, each.reach, each.clicks, each.observed_at)


def test_the_newest_row_of_every_cost_is_what_the_platform_told_last(played: tuple[Replay, list[Spend]]) -> None:
    running, spends = played
    assert sorted(asked(running, NEWEST)) == sorted((*told(each), each.utm) for each in spends)


def test_the_model_of_costs_has_the_same_rows(played: tuple[Replay, list[Spend]]) -> None:
    running, spends = played
    assert sorted(asked(running, f"select {COLUMNS} from core.spend_day")) == sorted(told(each) for each in spends)


def test_the_nights_are_not_too_kind(played: tuple[Replay, list[Spend]]) -> None:
    running, spends = played
    assert {(each.account, each.currency) for each in spends} == {(MAIN, "EUR"), (AMERICAN, "USD")}
    assert {each.network for each in spends} >= {"facebook", "instagram", "messenger", "audience_network"}
    assert any(each.clicks is None for each in spends)
    assert any(each.utm and each.utm != each.name for each in spends)
    assert any(each.utm is None for each in spends)
    times = "from staging.meta_ads_spend_day group by account, day, campaign_id, network having"
    assert asked(running, f"select 1 {times} count(distinct spend) > 1")
    assert asked(running, f"select 1 {times} bool_or(is_absent) and count(*) > 1")
    (missed,) = {(account, night) for platform, account, night in running.world.outages if platform == "meta_ads"}
    nights = "select 1 from ops.ledger where platform = 'meta_ads' and state = 'passed'"
    assert len(asked(running, nights)) == 2 * len(AGO) - 1
    assert not asked(running, f"{nights} and account = '{missed[0]}' and night = date '{missed[1]}'")
