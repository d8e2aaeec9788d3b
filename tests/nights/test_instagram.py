"""What makes Instagram hard is in the year: stories, reels, posts from before, a small account, a retired metric."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.world.networks.instagram import MAIN, SMALL
from tests.nights.replaying import replay
from tests.nights.test_truth import differences, published
from tests.nights.year import Year


def test_the_year_held_what_makes_instagram_hard(year: Year) -> None:
    posts = "kpi.post where platform = 'instagram'"
    assert year.count(f"{posts} and type = 'story' and deleted_at is not null and impressions > 0") > 0
    assert year.count(f"{posts} and type = 'reel' and video_views = impressions") > 0
    # From before the account was a business: counted in public, and nothing else.
    assert year.count(f"{posts} and impressions is null and reactions > 0") > 0
    assert year.count(f"kpi.account_daily where account = '{SMALL}' and followers_gained is not null") == 0
    assert year.count(f"kpi.account_daily where account = '{MAIN}' and followers_gained is not null") > 30
    assert year.count("quality.note where kind = 'metric_retired' and message like '%profile_links_taps%'") > 0
    assert year.count(f"kpi.coverage_daily where account = '{MAIN}' and not delivered") > 0


def test_whom_of_the_target_each_evening_had_reached_is_the_truth_over_the_turn_of_a_month(tmp_path: Path) -> None:
    with replay(tmp_path, platforms=("instagram",), nights=40) as played:
        last = played.world.nights[-1]
        turn = next(n for n, night in enumerate(played.world.nights) if night.day == 1 and (last - night).days > 4)
        nights = played.world.nights[turn - 2 : turn + 3]
        played.nights(nights)
        truth = Judge(played.world, nights=nights, settings=demo_terms(played.world, ("instagram",)))
        wanted, found = truth.table("kpi.target_reach"), published(played, "kpi.target_reach", parquet=False)
        assert differences(wanted, found) == []
        told = [row for row in found if row["account"] == MAIN]
        assert {row["target_reach_rate"] is None for row in told} == {True, False}
        assert {str(row["window_since"])[-2:] for row in told} == {"01", "ne"}
        with duckdb.connect(str(played.project.settings.paths.publication / "vigie.duckdb"), read_only=True) as con:
            explained = "(target_reach_rate is null) = (reason is not null and reason_fr is not null)"
            assert con.sql(f"from kpi.target_reach where not ({explained})").fetchall() == []
        assert {row["target_reach_rate"] for row in found if row["account"] == SMALL} == {None}
