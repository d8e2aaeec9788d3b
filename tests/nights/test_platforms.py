"""Each network of its own: three weeks of nights, and every published cell equals the truth.

The shop and its analytics are read beside it, because visits and sales belong to the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.simulator import truth
from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.world.networks import NETWORKS
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

NIGHTS = 24


@pytest.fixture(scope="module", params=sorted(NETWORKS))
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replay, Judge]]:
    platforms = (request.param, "matomo", "woocommerce")
    with replay(Path(tmp_path_factory.mktemp(request.param)), platforms, nights=NIGHTS) as brand:
        brand.nights(brand.world.nights)
        yield brand, Judge(brand.world, settings=demo_terms(brand.world, platforms))


def test_every_published_cell_equals_the_truth(played: tuple[Replay, Judge]) -> None:
    brand, judge = played
    tables = [table for table in truth.tables() if judge.table(table).rows]
    assert "kpi.account_daily" in tables
    assert "kpi.post" in tables
    wrong = {table: differences(judge.table(table), published(brand, table, parquet=False))[:8] for table in tables}
    assert {table: said for table, said in wrong.items() if said} == {}


def test_its_nights_had_deleted_posts_and_a_night_without_an_answer(played: tuple[Replay, Judge]) -> None:
    brand, _ = played
    assert any(row["deleted_at"] for row in published(brand, "kpi.post", parquet=False))
    assert any(not row["delivered"] for row in published(brand, "kpi.coverage_daily", parquet=False))
