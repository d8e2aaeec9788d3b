"""The truth of whole worlds: what the set events of the calendar must have done to the tables."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.simulator.truth import Judge, export, tables, truth
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.platforms.matomo import _Reports, _visit_rows
from pipeline.simulator.world import Change, Goal, Referrer, World


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(World(seed=7, nights=90))


def one(judge: Judge, table: str, **wanted: object) -> dict[str, Any]:
    rows = judge.table(table).where(**wanted)
    assert len(rows) == 1, wanted
    return rows[0]


def test_every_table_of_ninety_nights_is_told(judge: Judge) -> None:
    # The demonstration watches nobody's accounts.
    assert {name for name in tables() if not judge.table(name).rows} == {"kpi.share_of_voice"}


def test_every_value_has_the_type_that_its_column_declares(judge: Judge) -> None:
    kinds: dict[str, type] = {
        "VARCHAR": str,
        "VARCHAR[]": tuple,
        "BIGINT": int,
        "DOUBLE": float,
        "BOOLEAN": bool,
        "DATE": date,
        "TIMESTAMP": datetime,
        "DECIMAL(18,4)": Decimal,
    }
    for name in tables():
        table = judge.table(name)
        for place, (column, kind) in enumerate(zip(table.columns, table.types, strict=True)):
            found = {type(row[place]) for row in table.rows} - {type(None)}
            assert found <= {kinds[kind]}, (name, column, found)


def test_a_purge_of_followers_is_a_shift_and_no_loss(judge: Judge) -> None:
    purge = date(2026, 9, 28)
    row = one(judge, "kpi.account_daily", account="104001", day=purge)
    assert (row["follower_residual"], row["is_level_shift"]) == (-140, True)
    assert row["followers_net"] == row["followers_gained"] - row["followers_lost"]
    assert row["follower_growth_rate_1d"] > -0.01
    shifts = [r["day"] for r in judge.table("kpi.account_daily").where(is_level_shift=True)]
    assert shifts == [purge]


def test_the_small_page_has_posts_but_no_insights(judge: Judge) -> None:
    rows = judge.table("kpi.account_daily").where(account="104002")
    for name in ("followers", "impressions", "reach_1d", "reach_28d", "visits"):
        assert {row[name] for row in rows} == {None}
    assert {row["posts_published"] for row in rows} >= {0, 1}
    coverage = one(judge, "kpi.coverage_daily", account="104002", stream="page_insights", day=date(2026, 9, 1))
    assert (coverage["delivered"], coverage["rows"], coverage["newest_day"]) == (False, 0, None)
    assert coverage["reason"] == "fewer than 100 likes: the platform gives no insights"


def test_two_missed_nights_leave_a_gap_that_one_delta_covers(judge: Judge) -> None:
    missed = {date(2026, 9, 23), date(2026, 9, 24)}
    rows = judge.table("kpi.coverage_daily").where(account="104001", delivered=False)
    assert {row["day"] for row in rows} == missed | {date(2026, 10, 24)}
    assert {row["reason"] for row in rows} == {"SourceUnavailable"}
    deltas = judge.table("kpi.post_daily").where(account="104001")
    assert not [row for row in deltas if row["day"] in missed]
    after = {row["days_covered"] for row in deltas if row["day"] == date(2026, 9, 25)}
    assert after == {3}
    day_after = one(judge, "kpi.account_daily", account="104001", day=date(2026, 9, 25))
    assert (day_after["reactions"], day_after["engagements"]) == (None, None)
    assert one(judge, "kpi.account_daily", account="104001", day=date(2026, 9, 23))["followers"] is not None


def test_a_retired_metric_is_no_longer_delivered_and_takes_nothing_else_with_it(judge: Judge) -> None:
    rows = {
        row["day"]: row["rows"]
        for row in judge.table("kpi.coverage_daily").where(account="104001", stream="page_insights")
    }
    # 28 measured days (the night's own is not over) × 10 series, later × 9; the first night is the same.
    assert (rows[date(2026, 8, 5)], rows[date(2026, 10, 17)], rows[date(2026, 10, 18)]) == (280, 280, 252)


def test_a_late_day_of_insights_is_late(judge: Judge) -> None:
    late = judge.table("kpi.coverage_daily").where(late=True)
    assert [(row["stream"], row["day"], row["newest_day"]) for row in late if row["account"] == "104001"] == [
        ("page_insights", date(2026, 10, 28), date(2026, 10, 26))
    ]


def test_a_deleted_post_keeps_its_values_and_says_when_it_was_missed(judge: Judge) -> None:
    # Published on 19 October, deleted on the 22nd at noon: the fetch of the 22nd's night misses it.
    gone = [row for row in judge.table("kpi.post").where(account="104001") if row["deleted_at"]]
    row = next(row for row in gone if row["published_day"] in {date(2026, 10, 18), date(2026, 10, 19)})
    assert row["deleted_at"] == datetime(2026, 10, 23, 2)
    assert row["impressions"] > 0
    nights = [r["day"] for r in judge.table("kpi.post_daily").where(post_id=row["post_id"])]
    assert max(nights) == date(2026, 10, 21)


def test_winter_time_moves_the_fetch_and_not_the_days(judge: Judge) -> None:
    moments = {
        row["day"]: row["observed_at"]
        for row in judge.table("kpi.coverage_daily").where(platform="wordpress", stream="posts")
    }
    assert moments[date(2026, 10, 23)] == datetime(2026, 10, 24, 2)
    assert moments[date(2026, 10, 24)] == datetime(2026, 10, 25, 3)


def test_an_untracked_day_has_a_row_without_numbers(judge: Judge) -> None:
    row = one(judge, "kpi.site_daily", day=date(2026, 10, 16))
    for name in ("visits", "visitors", "visits_from_networks", "network_share"):
        assert row[name] is None
    assert not judge.table("kpi.site_network_daily").where(day=date(2026, 10, 16))
    assert one(judge, "kpi.account_daily", account="104001", day=date(2026, 10, 16))["visits"] is None


def test_the_visits_of_all_origins_are_those_of_the_site(judge: Judge) -> None:
    sent: Counter[date] = Counter()
    for row in judge.table("kpi.site_network_daily").dicts():
        sent[row["day"]] += row["visits"]
    whole = {row["day"]: row["visits"] for row in judge.table("kpi.site_daily").dicts() if row["visits"]}
    assert dict(sent) == whole


def test_the_margin_of_the_article_is_the_revenue_minus_the_cost(judge: Judge) -> None:
    rows = [row for row in judge.table("conversion.margin_daily").dicts() if row["visits"] and row["conversions"]]
    assert len(rows) > 100
    for row in rows:
        if row["gross_margin"] is not None:
            article = row["visits"] * row["conversion_rate"] * row["average_basket"]
            assert article - float(row["acquisition_cost"]) == pytest.approx(float(row["gross_margin"]))


def test_a_campaign_written_in_two_ways_is_one_campaign(judge: Judge) -> None:
    campaigns = {row["campaign"] for row in judge.table("conversion.daily").dicts()}
    assert campaigns == {"", "autumn-2026", "journal-stories", "partner-mag"}
    unknown = judge.table("conversion.daily").where(campaign="partner-mag")
    assert {row["platform"] for row in unknown} == {"unattributed"}


def test_the_truth_of_fewer_nights_is_what_was_known_then(judge: Judge) -> None:
    until = date(2026, 9, 30)
    earlier = Judge(judge.world, nights=[night for night in judge.nights if night <= until])
    day = until - timedelta(days=2)
    then = one(earlier, "kpi.account_daily", account="104001", day=day)
    now = one(judge, "kpi.account_daily", account="104001", day=day)
    assert then["followers"] == now["followers"]
    assert then["impressions"] != now["impressions"]
    assert (then["is_final"], now["is_final"]) == (False, True)
    assert max(row["day"] for row in earlier.table("kpi.account_daily").dicts()) == until


def test_nights_may_be_given_in_any_order() -> None:
    world = World(seed=3, nights=12)
    backwards = truth(world, "kpi.post", nights=world.nights[::-1])
    assert backwards.rows == truth(world, "kpi.post").rows


def test_a_restated_day_changes_that_day_and_nothing_else() -> None:
    world = World(seed=3, nights=12)
    night, day = world.nights[10], world.nights[5]
    change = Change("restate_day", "facebook", "104001", day.isoformat(), night, "page_media_view", 0.5)
    before = truth(world, "kpi.account_daily").dicts()
    after = truth(world.changed(change), "kpi.account_daily").dicts()
    moved = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [(row["account"], row["day"], row["observed_at"]) for row in moved] == [
        ("104001", day, world.observed_at(night).replace(tzinfo=None))
    ]


def test_only_the_outages_that_are_named_leave_a_gap() -> None:
    world = World(seed=3, nights=12)
    night = world.nights[4]
    rows = truth(world, "kpi.coverage_daily", missed={("matomo", "1", night)}).where(delivered=False)
    assert {(row["platform"], row["day"]) for row in rows if row["account"] != "104002"} == {("matomo", night)}
    assert len([row for row in rows if row["platform"] == "matomo"]) == 7


def test_visits_that_no_label_names_are_a_row_of_their_own() -> None:
    def referrer(kind: str, label: str, visits: int, goals: int) -> Referrer:
        return Referrer(kind, label, visits, visits, visits, 1, 0, 0, goals, {1: Goal(goals, goals)})

    day = date(2026, 9, 1)
    unit = Unit("matomo", "1", day, day, datetime(2026, 9, 2, 2))
    reports, terms = _Reports(), Judge(World(seed=3, nights=1)).terms
    kept = [referrer("social", "Social Networks", 10, 3), referrer("search", "Search Engines", 4, 0)]
    reports.types.observe(unit, {(day, row.label): row for row in kept})
    reports.socials.observe(unit, {(day, "Facebook"): referrer("social", "Facebook", 7, 1)})
    rows = [(r.platform, r.kind, r.label, r.visits, r.goals) for r in _visit_rows("s", day, reports, terms)]
    assert sorted(rows, key=lambda row: row[2]) == [
        ("unattributed", "social", "(not named)", 3, {"1": 2}),
        ("facebook", "social", "Facebook", 7, {"1": 1}),
        ("unattributed", "search", "Search Engines", 4, {"1": 0}),
    ]


def test_an_unknown_table_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"kpi\.posts.*kpi\.post_daily"):
        truth(World(seed=3, nights=1), "kpi.posts")


def test_the_truth_is_written_for_others(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    world = World(seed=3, nights=12)
    table = truth(world, "conversion.event")
    read = pq.read_table(export(world, "conversion.event", "parquet", tmp_path / "event.parquet"))
    assert tuple(read.column_names) == table.columns
    assert [tuple(row.values()) for row in read.to_pylist()] == table.rows
    with export(world, "kpi.post", "csv", tmp_path / "post.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["post_id"] for row in rows] == [row["post_id"] for row in truth(world, "kpi.post").dicts()]
    assert {row["saves"] for row in rows} == {""}
