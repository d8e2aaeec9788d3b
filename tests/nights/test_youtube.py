"""Nights of YouTube beside a site: every published cell equals the truth of the simulated world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.simulator import truth
from pipeline.simulator.truth import Judge
from pipeline.simulator.truth.judge import demo_terms
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("youtube", "matomo")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(Path(tmp_path_factory.mktemp("youtube")), platforms=PLATFORMS, nights=23) as played:
        played.nights(played.world.nights)
        yield played


@pytest.fixture(scope="module")
def judge(nights: Replay) -> Judge:
    return Judge(nights.world, settings=demo_terms(nights.world, PLATFORMS))


@pytest.mark.parametrize("table", truth.tables())
def test_what_is_published_equals_the_truth_cell_by_cell(nights: Replay, judge: Judge, table: str) -> None:
    assert differences(judge.table(table), published(nights, table, parquet=False))[:20] == []


def test_the_nights_have_the_traps_of_the_platform(nights: Replay) -> None:
    """Late days, rounded levels, hidden likes, switched off comments, deleted videos, a day and a half of nothing."""
    con = duckdb.connect(str(nights.project.settings.paths.publication / "vigie.duckdb"), read_only=True)

    def count(sql: str) -> int:
        row = con.execute(f"select count(*) from {sql}").fetchone()
        return int(row[0]) if row else 0

    ours = "platform = 'youtube'"
    assert count(f"kpi.post where {ours} and deleted_at is not null") > 0
    assert count(f"kpi.post where {ours} and reactions is null and video_views > 0") > 0
    assert count(f"kpi.post where {ours} and comments is null and video_views > 0") > 0
    assert count(f"kpi.post where {ours} and shares > 0") > 0
    last = nights.world.nights[-1]
    late = f"kpi.account_daily where {ours} and day > date '{last}' - 2"
    assert count(late) == 4
    assert count(f"{late} and impressions is null and followers is not null") == 4
    assert count(f"kpi.account_daily where {ours} and followers > 1000 and followers % 100 > 0") == 0
    assert count(f"kpi.coverage_daily where {ours} and stream = 'channel_days' and reason like 'an API key%'") > 0
