"""TikTok in a year: both APIs, tokens of a day, and what a whole year's history costs."""

from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path

from pipeline import sources
from pipeline.simulator.world import LAST_NIGHT
from pipeline.simulator.world.networks.tiktok import BACKSTAGE, Tiktok
from pipeline.streams import Unit, Window
from tests.nights.replaying import replay
from tests.nights.year import Year


def test_the_nights_are_not_too_kind(year: Year) -> None:
    tiktok = "platform = 'tiktok'"
    assert year.count(f"kpi.coverage_daily where {tiktok} and reason like 'fewer than 100 followers%'") > 0
    assert year.count(f"kpi.coverage_daily where {tiktok} and reason = 'the Display API gives no days'") > 0
    assert year.count(f"kpi.coverage_daily where {tiktok} and reason like 'SourceUnavailable%'") > 0
    assert year.count(f"kpi.coverage_daily where {tiktok} and late") > 0
    assert year.count(f"kpi.account_daily where {tiktok} and reach_1d is null and followers is not null") > 0
    assert year.count(f"kpi.post where {tiktok} and deleted_at is not null") > 0
    assert year.count(f"kpi.post_daily where {tiktok} and has_negative") > 0


def test_a_years_history_costs_hardly_more_than_the_least_that_the_platform_allows(tmp_path: Path) -> None:
    """60 days, 20 videos and 30 comments are the most that one request can bring."""
    source, night = sources.module("tiktok"), LAST_NIGHT
    window = Window(night - timedelta(days=365), night)
    with replay(tmp_path, platforms=("tiktok",), nights=400) as played:
        for account in played.project.settings.accounts:
            with source.open_session(account, night) as http:
                for _ in source.fetch(account, Unit("tiktok", account.id, night, window), http):
                    pass
                assert http.requests <= 1.05 * _least(played.world.network("tiktok", Tiktok), account.id, window) + 1


def _least(network: Tiktok, account: str, window: Window) -> int:
    videos = [video for video in network.videos(account, window.until) if video.created.date() >= window.since]
    # The first one that is too old shows that the others are.
    lists = math.ceil((len(videos) + 1) / 20)
    if account == BACKSTAGE:
        return 1 + lists
    comments = [len(network.live_responses(video, window.until)) for video in videos]
    return math.ceil(366 / 60) + lists + sum(math.ceil(count / 30) for count in comments)


def test_every_account_got_a_new_refresh_token_every_night_and_kept_it(year: Year) -> None:
    kept = year.tokens("tiktok")
    assert len(kept) == 3
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}
    # One renewal a night, the first one included: no token of the settings would be accepted any more.
    generations = {file.read_text(encoding="utf-8").partition("rft.simulated!")[2].split('"')[0] for file in kept}
    renewed = {int(generation.rpartition("!")[2]) for generation in generations}
    assert renewed == {len(year.nights) - 1, len(year.nights)}
