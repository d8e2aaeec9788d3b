"""What ends soon is told on the nights of its warnings, once each, in real nights; the report shows it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import steps, warehouse
from pipeline.registry import Native
from pipeline.settings import Storage
from pipeline.steps.expiries import Expiry, countdown, metric_ends, record_expiries
from tests.nights.replaying import Replay, replay

ENDS = date(2027, 1, 15)
TOKEN = Expiry("token", "facebook", "104001", ENDS)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.open_warehouse(
        tmp_path / "w.duckdb", Storage(), sealed=True, command="test", night=date(2027, 1, 1)
    ) as con:
        warehouse.ensure_tables(con, {})
        yield con


def noted(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Night and what it told, in order."""
    found = con.execute("select night, message from quality.note where kind = 'expires_soon' order by all").fetchall()
    return [(f"{night:%m-%d}", message.partition(", ")[2].partition(":")[0]) for night, message in found]


def test_each_warning_is_told_once_on_its_first_night(con: duckdb.DuckDBPyConnection) -> None:
    for before in range(45, -5, -1):
        record_expiries(con, [TOKEN], ENDS - timedelta(days=before))
    assert noted(con) == [("12-15", "in 30 days"), ("01-07", "in 7 days"), ("01-13", "tomorrow")]


def test_a_night_that_is_rerun_tells_the_same(con: duckdb.DuckDBPyConnection) -> None:
    nights = [ENDS - timedelta(days=before) for before in (32, 31, 31, 30, 31, 32, 8, 8)]
    for night in nights:
        record_expiries(con, [TOKEN], night)
    assert noted(con) == [("12-15", "in 30 days"), ("01-07", "in 7 days")]


def test_nights_that_were_missed_cost_no_warning(con: duckdb.DuckDBPyConnection) -> None:
    for before in (20, 19, 4, 1):
        record_expiries(con, [TOKEN], ENDS - timedelta(days=before))
    assert noted(con) == [("12-26", "in 19 days"), ("01-11", "in 3 days"), ("01-14", "today")]


def test_what_was_renewed_is_told_no_more_and_warned_of_anew(con: duckdb.DuckDBPyConnection) -> None:
    night = ENDS - timedelta(days=31)
    record_expiries(con, [TOKEN], night)
    later = replace(TOKEN, when=ENDS + timedelta(days=60))
    record_expiries(con, [later], night)
    assert noted(con) == []
    record_expiries(con, [later], later.when - timedelta(days=31))
    assert noted(con) == [("02-13", "in 30 days")]


def test_two_accounts_and_two_things_are_told_each(con: duckdb.DuckDBPyConnection) -> None:
    other, version = replace(TOKEN, account="104002"), replace(TOKEN, kind="version", name="v22.0")
    record_expiries(con, [TOKEN], ENDS - timedelta(days=31))
    record_expiries(con, [TOKEN, other, version], ENDS - timedelta(days=30))
    assert noted(con) == [("12-15", "in 30 days"), ("12-16", "in 29 days"), ("12-16", "in 29 days")]


def test_a_metric_that_will_end_names_what_comes_after_it() -> None:
    page = "https://example.org"
    group = (
        Native("facebook", "page_old", page, valid_to=ENDS),
        Native("facebook", "page_gone", page, valid_to=date(2025, 1, 1)),
        Native("facebook", "page_new", page, valid_from=ENDS + timedelta(days=1)),
        Native("instagram", "views", page),
    )
    (one,) = metric_ends([group], {"facebook", "instagram"}, ENDS)
    assert (one.whose, one.what(), one.advice()) == ("facebook", "the metric page_old", "replaced by page_new")
    assert one.what("fr") == "la métrique page_old"
    assert one.advice("fr") == "remplacée par page_new"
    (alone,) = metric_ends([group[:2]], {"facebook"}, ENDS)
    assert alone.advice() == "no successor is announced"
    assert metric_ends([group], {"instagram"}, ENDS) == []
    assert metric_ends([group], {"facebook"}, ENDS + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("left", "english", "french"),
    [(30, "in 30 days", "dans 30 jours"), (1, "tomorrow", "demain"), (0, "today", "aujourd’hui"),
     (-1, "1 day ago", "il y a 1 jour"), (-2, "2 days ago", "il y a 2 jours")],
)  # fmt: skip
def test_days_are_counted_in_words(left: int, english: str, french: str) -> None:
    assert (countdown(left), countdown(left, "fr")) == (english, french)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Three nights of a Page whose token ends a week after the last one, and whose platform ages."""
    folder = tmp_path_factory.mktemp("expiries")
    with replay(folder, platforms=("facebook", "matomo"), nights=3) as played:
        ends = played.world.nights[-1] + timedelta(days=8)
        file = folder / "vigie.toml"
        text = file.read_text("utf-8").replace(
            "[[sources.facebook]]\n", f"[[sources.facebook]]\ntoken_expires = {ends}\n", 1
        )
        file.write_text(text, encoding="utf-8")
        again = replace(played, project=_opened(file))
        again.nights(played.world.nights)
        yield again


def _opened(file: Path) -> steps.Project:
    from pipeline import simulator

    return steps.open_project(file, simulator.environment())


def test_real_nights_keep_the_note_and_readers_see_it(played: Replay) -> None:
    with duckdb.connect(str(played.project.settings.paths.publication / "vigie.duckdb"), read_only=True) as con:
        found = con.execute("select night, platform, account, message from quality.note where kind = 'expires_soon'")
        first, last = found.fetchall()
    ends = played.world.nights[-1] + timedelta(days=8)
    account = played.project.settings.accounts[0].id
    assert first[:3] == (played.world.nights[0], "facebook", account)
    assert last[:3] == (played.world.nights[-1], "facebook", account)
    assert last[3].startswith(f"the token ends on {ends}, in 7 days: make a new token")


@pytest.mark.parametrize(
    ("language", "heading", "left"), [("en", "Expires soon", "in 7 days"), ("fr", "Expire bientôt", "dans 7 jours")]
)
def test_the_report_shows_what_ends_in_both_languages(
    played: Replay, language: str, heading: str, left: str, tmp_path: Path
) -> None:
    project = replace(played.project, settings=replace(played.project.settings, language=language))
    page = steps.write_report(project, out=tmp_path / "report.html")
    assert page is not None
    section = page.read_text("utf-8").partition(f'<h2 id="ending-title">{heading}</h2>')[2].partition("</section>")[0]
    assert left in section
    assert f"facebook/{played.project.settings.accounts[0].id}" in section
    shown = _seen(page)
    assert heading in shown
    assert left in shown


def _seen(page: Path) -> str:
    """The page after a real browser has built it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no browser is installed")
    words = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / 'browser'}"]
    done = subprocess.run([*words, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def test_a_report_without_anything_that_ends_has_no_such_section(played: Replay, tmp_path: Path) -> None:
    settings = played.project.settings
    accounts = tuple(replace(account, token_expires=None) for account in settings.accounts)
    page = steps.write_report(
        replace(played.project, settings=replace(settings, accounts=accounts)), out=tmp_path / "report.html"
    )
    assert page is not None
    assert "bientôt" not in page.read_text("utf-8")
    assert "Expires soon" not in page.read_text("utf-8")
