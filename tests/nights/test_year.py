"""With every platform on, over a year that spares nothing, every published cell equals the truth.

The nights that are read, and why these: ``tests/nights/year.py``.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from pipeline.simulator import truth
from pipeline.simulator.world.calendar import PACIFIC, PARIS, midnight
from pipeline.simulator.world.networks import NETWORKS
from pipeline.simulator.world.networks.youtube import EVERY_START, MAIN, WATCHED, Youtube
from tests.nights.test_truth import differences, published
from tests.nights.year import Year

SOCIAL = (*sorted(NETWORKS), "facebook", "wordpress")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("parquet", [False, True], ids=["file", "parquet"])
@pytest.mark.parametrize("table", truth.tables())
def test_every_published_cell_equals_the_truth(year: Year, table: str, *, parquet: bool) -> None:
    wanted = year.judge.table(table)
    assert len(wanted.rows) > 0
    assert differences(wanted, published(year.brand, table, parquet=parquet))[:20] == []


@pytest.mark.parametrize("platform", SOCIAL)
def test_each_network_has_every_day_of_the_year_and_lost_posts(year: Year, platform: str) -> None:
    here = f"platform = '{platform}'"
    days = f"(select distinct day from kpi.account_daily where {here})"
    assert year.count(f"{days} where day between date '{year.nights[0]}' and date '{year.nights[-1]}'") == 366
    assert year.count(f"kpi.post where {here} and deleted_at is not null") > 0


def test_every_platform_that_can_be_away_was_away_for_a_night(year: Year) -> None:
    lost = {(platform, account, night) for platform, account, night in year.brand.world.outages if night in year.nights}
    assert {platform for platform, _, _ in lost} >= {*NETWORKS, "facebook", "matomo"}
    for platform, account, night in lost:
        here = f"platform = '{platform}' and account = '{account}' and day = date '{night}'"
        assert year.count(f"kpi.coverage_daily where {here} and reason like 'SourceUnavailable%'") > 0
        assert year.count(f"kpi.coverage_daily where {here} and delivered") == 0


def test_the_year_holds_both_changes_of_the_clock_on_both_continents(year: Year) -> None:
    for zone, ago, hours in ((PACIFIC, 239, 23), (PARIS, 218, 23), (PARIS, 8, 25), (PACIFIC, 1, 25)):
        day = year.ago(ago)
        assert midnight(day + timedelta(days=1), zone) - midnight(day, zone) == hours * HOUR
        assert {day, day - timedelta(days=1)} <= set(year.nights)
        assert year.count(f"kpi.account_daily where day = date '{day}' and followers is not null") >= len(SOCIAL)


def test_youtubes_views_leap_on_their_day(year: Year) -> None:
    network = year.brand.world.network("youtube", Youtube)

    def engaged(days: range) -> float:
        told = [network.reported(MAIN, EVERY_START + timedelta(days=n), year.nights[-1]) for n in days]
        return sum(day.engaged for day in told if day) / sum(day.views for day in told if day)

    before, after = engaged(range(-60, 0)), engaged(range(60))
    assert before > 1.1 * after
    assert after == pytest.approx(WATCHED, rel=0.01)
    counted = f"kpi.account_daily where platform = 'youtube' and account = '{MAIN}' and impressions is not null"
    for sign in ("<", ">="):
        assert year.count(f"{counted} and day {sign} date '{EVERY_START}'") > 50


def test_every_fault_struck_and_some_tokens_ended_in_the_middle_of_a_night(year: Year) -> None:
    faults = year.state()["faults"]
    assert [f"{fault['platform']} {fault['kind']}" for fault in faults if not fault["struck"]] == []
    assert {fault["platform"] for fault in faults if fault["kind"] == "expired_token"} == {"linkedin", "x", "youtube"}
    assert year.count("quality.note where kind = 'metric_retired' and platform = 'facebook'") > 0


def test_late_days_a_restated_month_and_a_purge_are_in_the_tables(year: Year) -> None:
    page, world = "104001", year.brand.world
    assert year.count("kpi.coverage_daily where late") > 0
    before, after = (
        [
            world.facebook.page_insight(page, "page_media_view", "day", year.ago(n), year.ago(night))
            for n in range(30, 56)
        ]
        for night in (29, 28)
    )
    assert all(old != new for old, new in zip(before, after, strict=True))
    purged = {
        platform
        for platform in SOCIAL
        if year.count(
            f"kpi.account_daily where platform = '{platform}' "
            f"and is_level_shift and day between date '{year.ago(36)}' and date '{year.ago(34)}'"
        )
    }
    assert {"facebook", "youtube", "tiktok"} <= purged


def test_gaps_of_weeks_are_closed_and_every_event_has_a_night_before_it(year: Year) -> None:
    assert max(later - earlier for earlier, later in pairwise(year.nights)) > timedelta(days=42)
    calendar = year.brand.world.calendar
    for event in (calendar.metric_retired, calendar.month_restated, calendar.purge_day, EVERY_START):
        assert {event, event - timedelta(days=1)} <= set(year.nights)
    assert len(year.nights) < 36
