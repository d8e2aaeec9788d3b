"""Exports that people downloaded stand in the published tables, and may be imported twice or corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import publish, steps
from pipeline.errors import ConfigError, FileRefused
from pipeline.sources.files import Choices
from pipeline.steps import Imported, Project

BRAND = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "en"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
[[sources.facebook]]
id = "104001"
token = "env:TOKEN"
"""
DAYS = 'Date,Impressions,New follows,Unfollows\n"Fri, Oct 30, 2026",120,5,1\n"Thu, Oct 29, 2026",90,0,0\n'
POSTS = 'Post id,Date,Post text,Impressions,Likes\n1911,"Thu, Oct 29, 2026",Une brise #mer,50,4\n'
CHOICES = Choices(today=date(2026, 11, 3), account="atelier")


def now() -> datetime:
    return datetime(2026, 11, 3, 4, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "vigie.toml").write_text(BRAND)
    return steps.open_project(tmp_path / "vigie.toml", {"TOKEN": "canary"})


def bring(project: Project, text: str, mapping: str, *, set_aside: bool = False, **told: Any) -> Imported:
    path = project.settings.file.parent / "export.csv"
    path.write_text(text, encoding="utf-8")
    export = steps.understand_export(project, path, mapping, replace(CHOICES, **told))
    return steps.import_export(project, export, set_aside=set_aside, now=now)


def published(project: Project, sql: str) -> list[tuple[Any, ...]]:
    seen = publish.current(project.settings.paths.publication)
    assert seen is not None
    with duckdb.connect(str(seen.path), read_only=True) as con:
        return con.execute(sql).fetchall()


def raw(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(project.settings.paths.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


SHOWN = "select day, impressions, followers_gained, is_final from kpi.account_daily where platform = 'x' order by day"


def test_days_and_posts_of_an_account_that_nobody_asks_are_published(project: Project) -> None:
    days = bring(project, DAYS, "x")
    posts = bring(project, POSTS, "x_posts", exported=date(2026, 10, 31))
    assert (days.state, days.stored, posts.stored) == ("loaded", 3, 2)
    steps.serve(project, posts, now=now)
    assert published(project, SHOWN) == [(date(2026, 10, 29), 90, 0, False), (date(2026, 10, 30), 120, 5, False)]
    assert published(project, "select platform, account, post_id, impressions, reactions, hashtags from kpi.post") == [
        ("x", "atelier", "1911", 50, 4, ["mer"])
    ]
    assert published(project, "select distinct platform from kpi.account_daily") == [("x",)]
    before = {table: published(project, f"from {table} order by all") for table in ("kpi.account_daily", "kpi.post")}
    steps.transform(project, date(2026, 10, 30), now=now, full=True)
    for table, rows in before.items():
        assert raw(project, f"from {table} order by all") == rows


def test_twice_changes_nothing_and_a_corrected_file_replaces(project: Project) -> None:
    bring(project, DAYS, "x")
    assert bring(project, DAYS, "x").state == "already"
    corrected = bring(project, DAYS.replace(",120,", ",121,"), "x")
    steps.serve(project, corrected, now=now)
    assert [row[1] for row in published(project, SHOWN)] == [90, 121]
    assert raw(project, "select count(*) from raw.files_account_days") == [(2,)]


def test_a_row_that_cannot_be_read_refuses_the_file_or_goes_to_the_quarantine(project: Project) -> None:
    bad = DAYS + '"Wed, Oct 28, 2026",many,0,0\n'
    with pytest.raises(FileRefused, match=r"on line 4: Impressions “many” is not a number; nothing was imported"):
        bring(project, bad, "x")
    assert not project.settings.paths.warehouse.exists()
    done = bring(project, bad, "x", set_aside=True)
    assert (done.stored, done.quarantined) == (3, 1)
    assert raw(project, "select count(*) from quality.quarantine where platform = 'files'") == [(1,)]
    assert any("line 4" in note for note in done.notes)


def test_a_misspelt_network_is_no_new_one(project: Project) -> None:
    with pytest.raises(ConfigError, match="there is no such network"):
        bring(project, "Date,Impressions\n2026-10-30,1\n", "generic", platform="linkdin")
