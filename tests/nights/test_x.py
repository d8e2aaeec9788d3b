"""Nights of X in which its token ends and it speaks of posts: the tables are as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import requests

from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.world.networks.x import LARGE, SMALL
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("x", "matomo")
# Nights before the last one (None: all of them) → what happens in it.
FAULTS: Mapping[int | None, dict[str, object]] = {
    None: {"kind": "post_naming"},
    0: {"kind": "expired_token", "path": rf"users/{LARGE}\?", "times": 1},
    3: {"kind": "unavailable", "path": "search", "times": 1},
}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(Path(tmp_path_factory.mktemp("x")), PLATFORMS, nights=4) as played:
        for ago, fault in FAULTS.items():
            night = None if ago is None else played.world.calendar.ago(ago).isoformat()
            told = {"platform": "x", "night": night, **fault}
            requests.post(f"{played.url}/__sim/inject", json=told, timeout=10).raise_for_status()
        played.nights(played.world.nights)
        yield played


@pytest.mark.parametrize("table", ["kpi.account_daily", "kpi.post", "kpi.post_daily", "kpi.coverage_daily"])
def test_every_published_cell_equals_the_truth(nights: Replay, table: str) -> None:
    judge = Judge(nights.world, settings=demo_terms(nights.world, PLATFORMS))
    ours = [row for row in published(nights, table, parquet=False) if row["platform"] == "x"]
    wanted = judge.table(table)
    place = wanted.columns.index("platform")
    kept = replace(wanted, rows=[row for row in wanted.rows if row[place] == "x"])
    assert kept.rows
    assert differences(kept, ours)[:10] == []


def test_people_are_told_what_the_nights_cost_and_that_the_words_changed(nights: Replay) -> None:
    con = duckdb.connect(str(nights.project.settings.paths.publication / "vigie.duckdb"), read_only=True)
    notes = con.execute("select kind, account, night, message from quality.note where platform = 'x'").fetchall()
    bought = [message for kind, _, _, message in notes if kind == "reads_bought"]
    assert len(bought) == 8
    assert all(" USD, of at most 10000 and 10 USD a night" in message for message in bought)
    changed = [(account, night) for kind, account, night, _ in notes if kind == "dialect"]
    assert sorted(changed) == [(account, night) for account in (LARGE, SMALL) for night in nights.world.nights]


def test_the_rotated_tokens_are_kept_for_their_owner_alone(nights: Replay) -> None:
    folder = nights.project.settings.paths.state / "tokens"
    kept = next(file for file in folder.glob("x-*.json") if b"refresh-token" in file.read_bytes())
    assert kept.stat().st_mode & 0o777 == 0o600
    assert b"sim-x-refresh-token-1-not-a-secret" in kept.read_bytes()
