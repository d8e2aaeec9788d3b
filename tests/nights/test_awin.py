"""Ten nights of commissions: sales elsewhere, approved, declined and amended for weeks, as the world knows them."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.simulator.truth import Judge, demo_terms, tables
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("awin",)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(tmp_path_factory.mktemp("weeks"), PLATFORMS, nights=10) as played:
        played.nights(played.world.nights)
        yield played


def test_every_table_equals_the_truth_cell_by_cell(weeks: Replay) -> None:
    judge = Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))
    said = {name: differences(judge.table(name), published(weeks, name, parquet=False))[:5] for name in tables()}
    assert {name: told for name, told in said.items() if told} == {}
    assert len(judge.table("conversion.event").rows) > 100


def test_commissions_are_worth_what_they_earn_and_keep_their_reference(weeks: Replay) -> None:
    rows = published(weeks, "conversion.event", parquet=False)
    assert {row["action"] for row in rows} == {"affiliate_sale"}
    assert {row["status"] for row in rows} == {"pending", "confirmed", "cancelled"}
    assert all(row["value_reporting"] == row["value"] > 0 for row in rows)
    assert {row["click_reference"] for row in rows} == {None, "journal-links", "bio", "newsletter-41"}
    # Older than the first night could read: told because they were validated or amended since.
    first = weeks.world.nights[0]
    assert any((first - row["occurred_day"]).days > 30 for row in rows)


def test_the_states_of_a_commission_are_its_history(weeks: Replay) -> None:
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        told = con.execute(
            "select list(status order by night) as states from staging.awin_conversion"
            " group by native_id having count(distinct status) > 1"
        ).fetchall()
    assert {tuple(states[-2:]) for (states,) in told} == {("pending", "confirmed"), ("pending", "cancelled")}
