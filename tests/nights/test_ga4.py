"""Nights of the second site: what is published equals the world, with pounds, restated days and origins of one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import duckdb
import pytest

from pipeline.simulator.brand import OFFERS_SITE
from pipeline.simulator.truth import Judge, demo_terms, tables
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("ecb", "ga4")


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(tmp_path_factory.mktemp("weeks"), PLATFORMS, nights=6) as played:
        played.nights(played.world.nights)
        yield played


def test_every_table_equals_the_truth_cell_by_cell(weeks: Replay) -> None:
    judge = Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))
    said = {name: differences(judge.table(name), published(weeks, name, parquet=False))[:5] for name in tables()}
    assert {name: told for name, told in said.items() if told} == {}
    assert {"kpi.site_daily", "conversion.event"} <= {name for name in tables() if judge.table(name).rows}


def test_the_visits_by_origin_are_the_visits_of_the_day(weeks: Replay) -> None:
    """The rarest origins come as one row, (other): left out, the networks' shares would be too large."""
    by_day: Counter[object] = Counter()
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        rows = con.execute("select day, referrer_type, label, visits from core.visit_day").fetchall()
    for day, _, _, visits in rows:
        by_day[day] += visits
    assert by_day == {row["day"]: row["visits"] for row in published(weeks, "kpi.site_daily", parquet=False)}
    kinds = {(kind, label) for _, kind, label, _ in rows}
    assert {("other", "(other)"), ("other", "Unassigned"), ("social", "facebook")} <= kinds
    assert {("campaign", "autumn-2026"), ("campaign", "letter-of-the-month")} <= kinds


def test_key_events_and_purchases_are_conversions_of_the_second_site(weeks: Replay) -> None:
    rows = published(weeks, "conversion.event", parquet=False)
    assert {(row["site"], row["source"]) for row in rows} == {(OFFERS_SITE, "ga4")}
    assert {row["action"] for row in rows} == {"sale", "quote_request", "newsletter_signup", "ad_click"}
    sales = [row for row in rows if row["action"] == "sale"]
    assert {row["currency"] for row in sales} == {"GBP"}
    # A pound is worth more than a euro; the first days have no rate that anybody read.
    known = [row for row in sales if row["value_reporting"] is not None]
    assert len(known) > len(sales) / 2
    assert all(row["value_reporting"] > row["value"] > 0 for row in known)
    assert any(row["count"] > 1 for row in sales)


def test_what_a_person_should_know_is_noted(weeks: Replay) -> None:
    with duckdb.connect(str(weeks.project.settings.paths.publication / "vigie.duckdb"), read_only=True) as con:
        kinds = {kind for (kind,) in con.execute("select kind from quality.note").fetchall()}
    assert {"other_row", "unmapped_goal", "unknown_campaign"} <= kinds
