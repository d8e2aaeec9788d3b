"""Somebody who knows Airflow but not Vigie follows the manual: a source, a KPI, an expectation, an alert rule.

They follow it in a copy of the tree, and a forum of their own answers on loopback.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import warehouse
from tests.manual.recipes import Command, Written, steps
from tests.sources.loopback import Loopback, Reply

ROOT = Path(__file__).resolve().parent.parent.parent
MANUAL = (ROOT / "README.md").read_text(encoding="utf-8")
NIGHT = "2026-11-02"
# What the server's clock says while the night of 2026-11-02, and then that of 2026-11-03, is read.
MORNINGS = {NIGHT: "Tue, 03 Nov 2026 03:00:00 GMT", "2026-11-03": "Wed, 04 Nov 2026 03:00:00 GMT"}
SETTINGS = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "en"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
"""


@dataclass
class Newcomer:
    """A copy of the tree, a folder with settings in it, and a forum whose members can be set."""

    tree: Path
    folder: Path
    forum: Loopback
    members: int = 1204

    def follows(self, title: str) -> list[str]:
        """Do what stands under that heading; what the commands printed."""
        return [self._does(step) for step in steps(MANUAL, title)]

    def _does(self, step: Written | Command) -> str:
        if isinstance(step, Written):
            text = step.text.replace("https://forum.example.org", self.forum.base)
            replace(step, text=text).into(self.folder if step.path == "vigie.toml" else self.tree)
            return ""
        done = self.vigie(*step.words)
        assert done.returncode == 0, f"{step.words}: {done.stdout}{done.stderr}"
        told = [" ".join(line.split()) for line in done.stdout.splitlines()]
        assert [line for line in step.lines if line not in told] == [], done.stdout
        return done.stdout

    def vigie(self, *words: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE")}
        return subprocess.run(
            [sys.executable, "-c", "from pipeline.cli import main; main()", *words],
            cwd=self.folder,
            env=kept
            | {"PYTHONPATH": str(self.tree), "COLUMNS": "200", "VIGIE_ALERT_COMMUNITY": f"{self.forum.base}/chat"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def night(self, night: str) -> subprocess.CompletedProcess[str]:
        self.forum.date = MORNINGS[night]
        return self.vigie("run", "--night", night)

    def published(self, sql: str) -> list[tuple[Any, ...]]:
        with warehouse.open_reader(self.folder / "published" / "vigie.duckdb") as con:
            return con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    tree, folder = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("brand")
    for part in ("pipeline", "sql", "expectations"):
        shutil.copytree(ROOT / part, tree / part)
    (folder / "vigie.toml").write_text(SETTINGS, encoding="utf-8")
    with Loopback(lambda _: Reply({})) as forum:
        someone = Newcomer(tree, folder, forum)
        forum.answers = lambda _: Reply({"users_count": someone.members, "topics_count": 310})
        yield someone


@pytest.fixture(scope="module")
def with_source(newcomer: Newcomer) -> Newcomer:
    newcomer.follows("Add a source")
    return newcomer


@pytest.fixture(scope="module")
def with_kpi(with_source: Newcomer) -> Newcomer:
    with_source.follows("Add a KPI")
    return with_source


@pytest.fixture(scope="module")
def with_rules(with_kpi: Newcomer) -> Newcomer:
    """An expectation and an alert rule, and then a night with fewer members than were promised."""
    with_kpi.follows("Add an expectation")
    with_kpi.follows("Add an alert rule")
    with_kpi.members = 990
    done = with_kpi.night("2026-11-03")
    assert done.returncode == 0, done.stderr
    return with_kpi


def test_a_source_is_read_checked_and_published(with_source: Newcomer) -> None:
    assert [asked.path for asked in with_source.forum.asked] == ["/site/statistics.json"]
    rows = with_source.published("select platform, account, day, followers from kpi.account_daily")
    assert [(*row[:2], str(row[2]), row[3]) for row in rows] == [("discourse", "forum", NIGHT, 1204)]
    names = with_source.published("select name, native_name from kpi.metric_native where platform = 'discourse'")
    assert names == [("followers", "users_count")]


def test_a_kpi_is_built_defined_and_published(with_kpi: Newcomer) -> None:
    rows = with_kpi.published("select milestone, reached_on from kpi.follower_milestone order by milestone")
    assert [(milestone, str(day)) for milestone, day in rows] == [(100, NIGHT), (500, NIGHT), (1000, NIGHT)]
    defined = with_kpi.published("select label_fr, description from kpi.metric_definition where name = 'milestone'")
    assert defined == [("Palier", "A round number of followers.")]


def test_an_expectation_tells_what_must_not_be(with_rules: Newcomer) -> None:
    judged = with_rules.vigie("validate", "--night", "2026-11-03")
    assert judged.returncode == 0
    assert "forum_keeps_its_people failed, 1 unexpected" in judged.stdout
    assert "The forum was promised a thousand members." in judged.stdout
    levels = with_rules.published("select followers from kpi.account_daily order by day")
    assert levels == [(1204,), (990,)], "a warning keeps nothing from being published"


def test_an_alert_rule_tells_its_owners(with_rules: Newcomer) -> None:
    told = [asked.body.decode() for asked in with_rules.forum.asked if asked.path == "/chat"]
    assert len(told) == 2, "the one that was tried, and the one of the night"
    assert "forum_keeps_its_people" in told[1]
    assert "promised a thousand members" in told[1]


@pytest.mark.parametrize("title", ["Add a source", "Add a KPI", "Add an expectation", "Add an alert rule"])
def test_every_recipe_writes_files_and_runs_commands(title: str) -> None:
    kinds: list[Callable[..., object]] = [type(step) for step in steps(MANUAL, title)]
    assert Written in kinds
    assert kinds[-1] is Command


def test_a_block_without_a_place_is_told() -> None:
    with pytest.raises(AssertionError, match="where does the block go"):
        list(steps("# A\n\nDo it.\n\n```sql\nselect 1\n```\n", "A"))
