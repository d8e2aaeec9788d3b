"""Nights of YouTube in which its token ends, a metric dies and it asks to wait: as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import requests

from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.world.networks.youtube import MAIN
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("youtube", "matomo")
# Nights before the last one (None: all of them) → what happens in it.
FAULTS: Mapping[int | None, dict[str, object]] = {
    None: {"platform": "youtube-analytics", "kind": "retired_metric", "args": {"metric": "engagedViews"}},
    3: {"platform": "youtube", "kind": "expired_token", "path": f"RelatedToChannelId={MAIN}", "times": 1},
    2: {"platform": "youtube-analytics", "kind": "rate_limit", "times": 1},
    1: {"platform": "youtube", "kind": "short_page"},
}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(Path(tmp_path_factory.mktemp("youtube")), PLATFORMS, nights=13) as played:
        for ago, fault in FAULTS.items():
            night = None if ago is None else played.world.calendar.ago(ago).isoformat()
            requests.post(f"{played.url}/__sim/inject", json={"night": night, **fault}, timeout=10).raise_for_status()
        played.nights(played.world.nights)
        yield played


@pytest.mark.parametrize("table", ["kpi.account_daily", "kpi.post", "kpi.post_daily", "kpi.coverage_daily"])
def test_every_published_cell_equals_the_truth(nights: Replay, table: str) -> None:
    judge = Judge(nights.world, settings=demo_terms(nights.world, PLATFORMS))
    ours = [row for row in published(nights, table, parquet=False) if row["platform"] == "youtube"]
    wanted = judge.table(table)
    place = wanted.columns.index("platform")
    kept = replace(wanted, rows=[row for row in wanted.rows if row[place] == "youtube"])
    assert kept.rows
    assert differences(kept, ours)[:10] == []


def count(nights: Replay, sql: str) -> int:
    file = nights.project.settings.paths.publication / "vigie.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        row = con.execute(f"select count(*) from {sql} and platform = 'youtube'").fetchone()
    return int(row[0]) if row else 0


def test_what_youtube_hides_or_has_not_counted_yet_is_absent_and_no_zero(nights: Replay) -> None:
    assert count(nights, "kpi.post where deleted_at is not null") > 0
    assert count(nights, "kpi.post where reactions is null and video_views > 0") > 0
    assert count(nights, "kpi.post where comments is null and video_views > 0") > 0
    late = f"kpi.account_daily where day > date '{nights.world.nights[-1]}' - 2"
    assert count(nights, late) == count(nights, f"{late} and impressions is null and followers is not null") == 4
    assert count(nights, "kpi.coverage_daily where stream = 'channel_days' and reason like 'an API key%'") == 13


def test_a_rounded_level_is_taken_for_no_purge(nights: Replay) -> None:
    assert count(nights, "kpi.account_daily where followers > 1000 and followers % 100 > 0") == 0
    assert count(nights, "kpi.account_daily where follower_residual > 12") > 0
    assert count(nights, "kpi.account_daily where is_level_shift") == 0


def test_people_are_told_of_the_metric_that_is_no_more(nights: Replay) -> None:
    assert count(nights, "quality.note where kind = 'metric_retired' and message like '%engagedViews%'") == 12
