"""What the gates found over the weeks: when a failure began, when it was mended, and how it is drawn and listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from pipeline.report.charts.weeks import Week
from pipeline.report.judged import by_week, episodes, first_monday
from tests.report.pages import LANGUAGES, large

UNTIL = date(2026, 11, 1)  # a Sunday
MONDAY = date(2026, 10, 26)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            'create schema quality; create table quality.result (night date, "table" varchar, expectation varchar,'
            " severity varchar, success boolean, unexpected_count bigint)"
        )
        yield connection


def judge(con: duckdb.DuckDBPyConnection, table: str, outcomes: str, severity: str = "critical") -> None:
    """Outcomes of the last nights up to UNTIL: ``x`` failed, ``.`` held, a space: not judged."""
    for ago, outcome in enumerate(reversed(outcomes)):
        if outcome != " ":
            con.execute(
                "insert into quality.result values (?, ?, 'rule', ?, ?, ?)",
                [UNTIL - timedelta(days=ago), table, severity, outcome == ".", 4 if outcome == "x" else 0],
            )


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        (".......", []),
        ("..x....", [(2, 1, 1)]),
        ("..xx...", [(2, 2, 2)]),
        ("..x x..", [(2, 2, 3)]),
        ("..x  ..", [(2, 1, 3)]),
        ("x.x...x", [(6, 1, None), (2, 1, 1), (0, 1, 1)]),
        ("......x", [(6, 1, None)]),
        ("xxxxxxx", [(0, 7, None)]),
        ("x      ", [(0, 1, None)]),
    ],
)
def test_a_failure_lasts_until_the_night_in_which_it_was_judged_and_held(
    con: duckdb.DuckDBPyConnection, outcomes: str, told: list[tuple[int, int, int | None]]
) -> None:
    """Told: days after the Monday, failed nights, days until mended; what is not mended first."""
    judge(con, "kpi.post", outcomes)
    found = episodes(con, UNTIL)
    assert [((e.since - MONDAY).days, len(e.nights), e.days) for e in found] == told
    assert all(e.mended is None or e.mended == e.since + timedelta(days=e.days or 0) for e in found)


def test_notes_other_tables_and_weeks_before_are_left_out(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, "kpi.post", "x" + "." * 20)
    judge(con, "kpi.site_daily", "x")
    judge(con, "kpi.post_daily", "x", severity="info")
    assert [e.table for e in episodes(con, UNTIL, weeks=3)] == ["kpi.site_daily", "kpi.post"]
    assert [e.table for e in episodes(con, UNTIL, weeks=2)] == ["kpi.site_daily"]
    assert [e.table for e in episodes(con, UNTIL, weeks=3, table="kpi.post")] == ["kpi.post"]


def test_a_failure_that_began_before_the_weeks_keeps_its_first_night(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, "kpi.post", "x" * 20)
    [found] = episodes(con, UNTIL, weeks=1)
    assert (found.since, len(found.nights)) == (UNTIL - timedelta(days=19), 7)
    assert by_week([found]) == [Week("kpi.post", MONDAY, critical=1, warnings=0, nights=7)]


def test_a_week_counts_rules_and_nights_once(con: duckdb.DuckDBPyConnection) -> None:
    judge(con, "kpi.post", "x.x.x.x", severity="warning")
    assert by_week(episodes(con, UNTIL)) == [Week("kpi.post", MONDAY, critical=0, warnings=1, nights=4)]
    assert first_monday(UNTIL, 1) == MONDAY
    assert first_monday(MONDAY, 2) == MONDAY - timedelta(days=7)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_draws_the_weeks_and_lists_what_is_not_mended_first(language: str) -> None:
    page = large().page(language)
    title, still = {"en": ("What the gates found in half a year", "not yet"),
                    "fr": ("Ce que les contrôles ont trouvé en six mois", "pas encore")}[language]  # fmt: skip
    shown = page[page.index(title) :]
    assert shown.index("<svg") < shown.index("<table")
    assert shown.index(still) < shown.index("site_results_agree".replace("_", " "))
    assert json.dumps(shown[: shown.index("</figure>")]).count("<title>") > 10
