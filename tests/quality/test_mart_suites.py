"""Gate 2 over marts that the project's own SQL built: clean ones pass, as a whole and their last days alone."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from pipeline.quality import Gate, GateReport
from tests.quality.clean_brand import marts

ACCOUNT = "kpi.account_daily"
ADVICE = "conversion.budget_advice"
ATTRIBUTION = "conversion.attribution"
CAMPAIGN = "conversion.margin_campaign"
CONTENT_TYPE = "kpi.content_type"
EVENT = "conversion.event"
FORECAST = "kpi.forecast"
FORECAST_GAP = "kpi.forecast_gap"
GOAL = "kpi.goal"
HASHTAG = "kpi.hashtag"
MARGIN = "conversion.margin_daily"
METRIC = "kpi.metric_definition"
NATIVE = "kpi.metric_native"
PERIOD = "kpi.account_period"
POST = "kpi.post"
POST_MARGIN = "conversion.margin_post"
POSTING_TIME = "kpi.posting_time"
RESULT = "conversion.experiment_result"
SITE = "kpi.site_daily"
NIGHT = date(2026, 11, 2)


def put(table: str, changes: str, where: str) -> str:
    return f"update {table} set {changes} where {where}"


def check(gate: Gate, con: duckdb.DuckDBPyConnection, *relations: str) -> GateReport:
    gate.rebind(con)
    return gate.check(2, dict.fromkeys(relations or marts()), night=NIGHT, run_id="r1")


def test_clean_marts_pass_and_a_night_without_visits_is_only_told(
    project_gate: Gate, built: duckdb.DuckDBPyConnection
) -> None:
    report = check(project_gate, built)
    assert report.critical == []
    assert [warning.partition(" failed")[0] for warning in report.warnings] == [f"{SITE}: site_fell_silent"]
    assert {row.table for row in report.results} == set(marts())


def test_an_order_from_a_network_of_which_no_visit_was_counted_that_day_is_no_disagreement(
    project_gate: Gate, built: duckdb.DuckDBPyConnection
) -> None:
    """A visitor who refuses to be counted buys all the same: no visit in the margins is a 0 of the account's day."""
    sold = built.execute(
        f"select m.platform, m.day from {MARGIN} m join {ACCOUNT} a using (platform, day) where a.visits > 0"
    ).fetchone()
    assert sold is not None
    there = "platform = '{}' and day = date '{}'".format(*sold)
    built.execute(put(MARGIN, "visits = null", there))
    built.execute(put(ACCOUNT, "visits = 0", f"{there} and visits is not null"))
    failed = [row.expectation for row in check(project_gate, built, ACCOUNT).results if not row.success]
    assert "site_results_agree" not in failed


def test_rebuilt_days_alone_are_judged(project_gate: Gate, built: duckdb.DuckDBPyConnection) -> None:
    built.execute(put(SITE, "bounces = -1", "day = date '2026-10-20'"))
    project_gate.rebind(built)
    recent = project_gate.check(2, {SITE: "day >= date '2026-10-25'"}, night=NIGHT, run_id="r1")
    assert recent.critical == []
    assert not check(project_gate, built, SITE).passed


@pytest.mark.parametrize("relation", marts())
def test_a_batch_of_the_last_days_passes_like_the_whole(
    project_gate: Gate, built: duckdb.DuckDBPyConnection, relation: str
) -> None:
    days: dict[str, str | None] = {PERIOD: "period_start", POST: "published_day", EVENT: "occurred_day", RESULT: "look"}
    days |= {HASHTAG: "period_end", CONTENT_TYPE: "period_end"}
    # a month is rebuilt as a whole; tables without days as a whole, too
    days |= dict.fromkeys((METRIC, NATIVE, CAMPAIGN, ADVICE, POST_MARGIN, ATTRIBUTION, FORECAST, FORECAST_GAP, GOAL))
    days |= {POSTING_TIME: None}
    column = days.get(relation, "day")
    # periods are rebuilt from 92 days before, so that a quarter is never cut
    condition = column and f"{column} >= date '{'2026-07-26' if relation == PERIOD else '2026-10-26'}'"
    project_gate.rebind(built)
    assert project_gate.check(2, {relation: condition}, night=NIGHT, run_id="r1").critical == []


def test_an_earlier_night_that_is_run_again_is_not_shocked_by_later_days(
    project_gate: Gate, built: duckdb.DuckDBPyConnection
) -> None:
    project_gate.rebind(built)
    report = project_gate.check(2, dict.fromkeys(marts()), night=date(2026, 10, 20), run_id="r1")
    assert report.critical == []
