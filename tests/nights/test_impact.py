"""Nights of a second network of affiliates: actions in dollars, approved, reversed and amended for weeks."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.simulator.truth import Judge, demo_terms, tables
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("ecb", "impact")


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(tmp_path_factory.mktemp("weeks"), PLATFORMS, nights=8) as played:
        played.nights(played.world.nights)
        yield played


def test_every_table_equals_the_truth_cell_by_cell(weeks: Replay) -> None:
    judge = Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))
    said = {name: differences(judge.table(name), published(weeks, name, parquet=False))[:5] for name in tables()}
    assert {name: told for name, told in said.items() if told} == {}
    assert len(judge.table("conversion.event").rows) > 50


def test_what_was_reversed_is_worth_nothing_and_the_rest_is_worth_euros(weeks: Replay) -> None:
    rows = published(weeks, "conversion.event", parquet=False)
    assert {row["action"] for row in rows} == {"affiliate_sale"}
    assert {row["status"] for row in rows} == {"pending", "confirmed", "cancelled"}
    assert {row["currency"] for row in rows} == {"USD"}
    assert {row["value"] for row in rows if row["status"] == "cancelled"} == {0}
    known = [row for row in rows if row["value_reporting"] is not None and row["status"] == "confirmed"]
    assert known
    assert all(0 < row["value_reporting"] < row["value"] for row in known)
    assert {row["click_reference"] for row in rows} == {None, "journal-links", "bio", "newsletter-41"}


def test_the_states_of_an_action_are_its_history(weeks: Replay) -> None:
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        told = con.execute(
            "select list(status order by night) as states from staging.impact_conversion"
            " group by native_id having count(distinct status) > 1"
        ).fetchall()
    assert {tuple(states[-2:]) for (states,) in told} == {("pending", "confirmed"), ("pending", "cancelled")}
