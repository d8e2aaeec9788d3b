"""Nights of LinkedIn in which a token ends and calls fail: the tables are as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from pipeline.simulator.platforms.linkedin.account import ACCOUNTS, REFRESH_TOKEN
from pipeline.simulator.truth import Judge, demo_terms
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("linkedin", "matomo")
SMALL = ACCOUNTS[1].id
# Nights before the last one → what happens in it. The small page's token of the settings has ended for good.
FAULTS: tuple[tuple[int, dict[str, object]], ...] = (
    (2, {"kind": "expired_token", "path": SMALL}),
    (1, {"kind": "expired_token", "path": SMALL}),
    (0, {"kind": "expired_token", "path": SMALL}),
    (1, {"kind": "unavailable", "path": "/posts", "times": 1}),
    (1, {"kind": "reset", "path": "socialMetadata", "times": 1}),
    (0, {"kind": "missing_next", "path": "/posts"}),
    (0, {"kind": "cut_body", "path": "ShareStatistics", "times": 1}),
)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(Path(tmp_path_factory.mktemp("linkedin")), PLATFORMS, nights=4) as played:
        for ago, fault in FAULTS:
            told = {"platform": "linkedin", "night": played.world.calendar.ago(ago).isoformat(), **fault}
            requests.post(f"{played.url}/__sim/inject", json=told, timeout=10).raise_for_status()
        played.nights(played.world.nights)
        yield played


@pytest.mark.parametrize("table", ["kpi.account_daily", "kpi.post", "kpi.post_daily", "kpi.coverage_daily"])
def test_every_published_cell_equals_the_truth(nights: Replay, table: str) -> None:
    judge = Judge(nights.world, settings=demo_terms(nights.world, PLATFORMS))
    ours = [row for row in published(nights, table, parquet=False) if row["platform"] == "linkedin"]
    wanted = judge.table(table)
    place = wanted.columns.index("platform")
    kept = replace(wanted, rows=[row for row in wanted.rows if row[place] == "linkedin"])
    assert kept.rows
    assert differences(kept, ours)[:10] == []


def test_the_last_two_days_are_unknown_and_not_zero(nights: Replay) -> None:
    last = nights.world.nights[-1]
    rows = {row["day"]: row for row in published(nights, "kpi.account_daily", parquet=False) if row["account"] == SMALL}
    assert [(last - day).days for day, row in sorted(rows.items()) if row["impressions"] is None] == [1, 0]
    assert rows[last]["followers"] is not None


def test_a_granted_token_is_kept_for_its_owner_alone_and_used_in_the_nights_that_follow(nights: Replay) -> None:
    folder = nights.project.settings.paths.state / "tokens"
    kept = next(file for file in folder.glob("linkedin-*.json") if b"granted" in file.read_bytes())
    assert kept.stat().st_mode & 0o777 == 0o600
    assert REFRESH_TOKEN.encode() in kept.read_bytes()
    asked = requests.get(f"{nights.url}/__sim/state", timeout=10).json()["requests"]["by_path"]
    assert asked["/linkedin/oauth/v2/accessToken"] == 1
