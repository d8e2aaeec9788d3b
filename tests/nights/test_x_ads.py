"""Nights of X's advertising accounts: what the warehouse holds is what the platform told last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.simulator.world.advertisers.x_ads import AMERICAN, DELETED, MAIN
from tests.nights.spending import Spending, spending

# Nights before the last one: one is lost (11), and every pause between two of them is read by the second.
AGO = (25, 18, 15, 11, 10, 6, 1, 0)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spending]:
    with spending(tmp_path_factory.mktemp("x_ads"), "x_ads", AGO) as running:
        yield running


def test_the_newest_row_of_every_cost_is_what_the_platform_told_last(played: Spending) -> None:
    assert played.staged == played.told


def test_the_model_of_costs_has_the_same_rows(played: Spending) -> None:
    assert played.modelled == [row[:-1] for row in played.told]


def test_the_nights_are_not_too_kind(played: Spending) -> None:
    spends = played.spends
    assert {(each.account, each.currency) for each in spends} == {(MAIN, "EUR"), (AMERICAN, "USD")}
    assert {each.network for each in spends} == {"x", "x_audience_platform"}
    assert any(each.campaign_id == DELETED for each in spends)
    assert {(each.reach, each.utm) for each in spends} == {(None, None)}
    assert played.count("count(distinct spend) > 1")
    assert played.count("bool_or(is_absent) and count(*) > 1")
    assert played.passed() == 2 * played.nights - 1
