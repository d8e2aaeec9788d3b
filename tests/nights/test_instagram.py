"""Nights of Instagram, by both logins: every cell that is published equals the truth of the simulated world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.simulator import truth
from pipeline.simulator.truth import Judge
from pipeline.simulator.truth.judge import demo_terms
from pipeline.simulator.world.networks.instagram import MAIN, SMALL
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

# The shop belongs to it: what the analytics count of its sales is told of there.
PLATFORMS = ("instagram", "matomo", "woocommerce")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    folder: Path = tmp_path_factory.mktemp("instagram")
    with replay(folder, platforms=PLATFORMS, nights=17) as replayed:
        replayed.nights(replayed.world.nights)
        yield replayed


@pytest.fixture(scope="module")
def judge(nights: Replay) -> Judge:
    return Judge(nights.world, settings=demo_terms(nights.world, PLATFORMS))


@pytest.mark.parametrize("table", truth.tables())
def test_the_published_file_equals_the_truth_cell_by_cell(nights: Replay, judge: Judge, table: str) -> None:
    assert differences(judge.table(table), published(nights, table, parquet=False))[:20] == []


def test_the_nights_held_what_makes_instagram_hard(nights: Replay) -> None:
    folder = nights.project.settings.paths.publication
    con = duckdb.connect(str(folder / "vigie.duckdb"), read_only=True)

    def count(sql: str) -> int:
        row = con.execute(f"select count(*) from {sql}").fetchone()
        return int(row[0]) if row else 0

    posts = "kpi.post where platform = 'instagram'"
    assert count(f"{posts} and type = 'story' and deleted_at is not null and impressions > 0") > 0
    assert count(f"{posts} and type = 'reel' and video_views = impressions") > 0
    # From before the account was a business: counted in public, and nothing else.
    assert count(f"{posts} and impressions is null and reactions > 0") > 0
    assert count(f"kpi.account_daily where account = '{SMALL}' and followers_gained is not null") == 0
    assert count(f"kpi.account_daily where account = '{MAIN}' and followers_gained is not null") > 30
    assert count("quality.note where kind = 'metric_retired' and message like '%profile_links_taps%'") > 0
    assert count(f"kpi.coverage_daily where account = '{MAIN}' and not delivered") > 0
