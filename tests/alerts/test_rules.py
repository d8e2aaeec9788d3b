"""Each rule on small tables: what it finds, what it leaves alone, and the sentence that a person reads."""

from __future__ import annotations

import string
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline import publish
from pipeline.alerts.words import _WORDS, number, percent, say
from pipeline.steps import Project
from pipeline.steps.noticed import figures, quality, sources
from pipeline.steps.noticed.touched import Touched
from tests.alerts import brands

NIGHT = date(2026, 11, 2)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema kpi; create schema conversion; create schema quality")
    return con


@pytest.fixture(params=["en", "fr"])
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    return brands.brand(tmp_path, "json://127.0.0.1:9", language=request.param)


def test_both_languages_say_the_same_of_the_same() -> None:
    for word, texts in _WORDS.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts]
        assert fields[0] == fields[1], word


def test_numbers_are_written_as_people_of_the_language_write_them() -> None:
    assert (number(4613, "en"), number(4613, "fr")) == ("4,613", "4\u202f613")
    assert (number(12.5, "en"), number(12.5, "fr")) == ("12.50", "12,50")
    assert (percent(0.47, "en"), percent(0.47, "fr"), percent(0.004, "en")) == ("47 %", "47\u00a0%", "under 1 %")


def test_a_day_out_of_the_ordinary_is_told_when_it_is_far_enough_out_and_not_long_ago(
    con: duckdb.DuckDBPyConnection, project: Project
) -> None:
    con.execute(
        "create table kpi.anomaly as select * from (values"
        " ('facebook', '1', null, 'engagements', date '2026-11-01', 900, 40.0, 160.0, 9.0, true, 'up'),"
        " ('facebook', '1', null, 'engagements', date '2026-10-31', 200, 40.0, 160.0, 4.0, true, 'up'),"
        " ('facebook', '1', null, 'engagements', date '2026-08-01', 900, 40.0, 160.0, 9.0, true, 'up'),"
        " ('facebook', '1', null, 'engagements', date '2026-11-02', 900, 40.0, 160.0, 9.0, null, 'up'),"
        " (null, null, 'www.example.org', 'visits', date '2026-11-01', 5, null, null, null, true, 'down'))"
        " t(platform, account, site, metric, day, value, low, high, score, is_anomaly, direction)"
    )
    told = {one.key: one.what for one in figures.anomalies(project, con, NIGHT)}
    english = {
        "odd www.example.org visits 2026-11-01":
            "Visits of www.example.org on 2026-11-01: 5, where – to – was to be expected",
        "odd facebook/1 engagements 2026-11-01":
            "Interactions of facebook/1 on 2026-11-01: 900, where 40 to 160 was to be expected",
    }  # fmt: skip
    assert set(told) == set(english)
    if project.settings.language == "en":
        assert told == english
    else:
        assert "alors que 40 à 160 était attendu" in told["odd facebook/1 engagements 2026-11-01"]


def test_a_goal_is_told_when_it_will_hardly_be_reached_not_on_its_first_days(
    con: duckdb.DuckDBPyConnection, project: Project
) -> None:
    con.execute(
        "create table kpi.goal as select goal, 'visits' as metric, 348.0 as current_value, 5300.0 as target,"
        " 1700.0 as expected_today, probability, date '2026-11-02' as known_until, date '2026-11-01' as period_start,"
        " state, is_final, days_known, 30 as days_in_period from (values"
        " ('hardly', 0.05, 'off_pace', false, 10), ('perhaps', 0.4, 'off_pace', false, 10),"
        " ('first days', null, 'off_pace', false, 2), ('by pace', null, 'off_pace', false, 10),"
        " ('missed', 0.0, 'missed', true, 30), ('well', 0.9, 'on_pace', false, 10))"
        " t(goal, probability, state, is_final, days_known)"
    )
    found = list(figures.goals(project, con))
    assert [one.key for one in found] == ["goal by pace 2026-11-01", "goal hardly 2026-11-01"]
    if project.settings.language == "en":
        assert found[1].what == (
            "the goal hardly is off pace: 348 of 5,300 on 2026-11-02, where 1,700 had to have come by then,"
            " reached with a probability of 5 %"
        )


def test_an_experiment_is_told_once_it_has_a_verdict(con: duckdb.DuckDBPyConnection, project: Project) -> None:
    con.execute(
        "create table conversion.experiment_result as select * from (values"
        " ('autumn', 'sale', 'a', date '2026-11-01', 'running', 'not yet', 'pas encore'),"
        " ('autumn', 'sale', 'a', date '2026-11-02', 'winner', 'b is better', 'b est meilleur'),"
        " ('autumn', 'sale', 'b', date '2026-11-02', 'winner', 'b is better', 'b est meilleur'),"
        " ('spring', 'sale', 'a', date '2026-11-02', 'running', 'not yet', 'pas encore'))"
        " t(experiment, action, arm, look, verdict, reason, reason_fr)"
    )
    (found,) = figures.experiments(project, con)
    assert found.key == "decided autumn sale winner"
    assert found.what.endswith("b est meilleur" if project.settings.language == "fr" else "b is better")


def test_an_account_that_answers_without_a_newer_day_is_late_after_three_nights(
    con: duckdb.DuckDBPyConnection, project: Project
) -> None:
    con.execute(
        "create table kpi.coverage_daily as select platform, account, stream, date '2026-11-02' - n::integer as day,"
        " date '2026-10-30' as newest_day, n < nights as late from (values"
        " ('mastodon', '1', 'days', 3), ('bluesky', 'atelier.example', 'days', 2),"
        " ('bluesky', 'atelier.example', 'posts', null)) t(platform, account, stream, nights), range(5) r(n)"
    )
    (found,) = sources.late(project, con, NIGHT, Touched(project))
    assert found.key == "late mastodon/1"
    assert "2026-10-30" in found.what


def test_warnings_name_what_is_made_of_the_table_and_whoever_owns_the_expectation(
    con: duckdb.DuckDBPyConnection, project: Project
) -> None:
    con.execute(
        "create table quality.result as select date '2026-11-02' as night, * from (values"
        " (1, 'staging.mastodon_post', 'no_such_rule', 'post_id', 'warning', false),"
        " (2, 'kpi.coverage_daily', 'delivered', 'delivered', 'warning', false),"
        " (2, 'kpi.post', 'well', null, 'warning', true), (2, 'kpi.post', 'noted', null, 'info', false))"
        ' t(gate, "table", expectation, "column", severity, success)'
    )
    (found,) = quality.warned(project, con, NIGHT, Touched(project))
    assert found.key == "warns staging.mastodon_post no_such_rule"
    assert found.touches is not None
    assert "conversion.attribution" in found.touches
    assert found.owner is None


def test_what_an_account_had_of_the_last_28_days_is_told_exactly(
    con: duckdb.DuckDBPyConnection, project: Project
) -> None:
    con.execute(
        "create table kpi.account_daily as select * from (values"
        " ('mastodon', '1', date '2026-11-02', 30, 10), ('mastodon', '1', date '2026-10-06', 20, null),"
        " ('mastodon', '1', date '2026-10-05', 9999, 9999), ('bluesky', 'b', date '2026-11-01', 150, 5))"
        " t(platform, account, day, engagements, visits);"
        "create table kpi.site_daily as select 'www' as site, date '2026-11-01' as day, 40 as visits"
    )
    account = project.settings.account("mastodon", "1")
    parts = list(Touched(project)._parts(con, account, NIGHT))
    if project.settings.language == "en":
        assert parts == ["50 of 200 interactions (25 %)", "10 of 40 visits (25 %)"]
    else:
        assert parts == ["50 interactions sur 200 (25\u00a0%)", "10 visites sur 40 (25\u00a0%)"]
    con.execute("update kpi.account_daily set engagements = null, visits = null where platform = 'mastodon'")
    assert list(Touched(project)._parts(con, account, NIGHT)) == []


def test_however_many_accounts_are_missing_the_publication_is_opened_once(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "published.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("create schema kpi; create table kpi.site_daily(site varchar, day date, visits bigint)")
        con.execute(
            "create table kpi.account_daily as select 'mastodon' as platform, '1' as account,"
            " date '2026-11-02' as day, 30 as engagements, null::bigint as visits"
        )
    seen = publish.Publication(file, tmp_path, "20261102-000001", NIGHT, "0.1.0", "", {})
    touched = Touched(project, NIGHT, seen)
    with closing(touched):
        first = touched.shares("mastodon", "1")
        assert first is not None
        assert "30" in first
        file.unlink()
        assert touched.shares("mastodon", "1") == first
    assert touched.shares("mastodon", "1") is None, "closed, it would be opened again"


def test_without_a_publication_nothing_is_said_of_shares(project: Project) -> None:
    touched = Touched.of(project)
    assert touched.shares("mastodon", "1") is None
    assert touched.all_tables() == say(project.settings.language, "no_tables")
    assert touched.tables("nothing.known") is None
