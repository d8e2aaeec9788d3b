"""As a night knew it: whatever came afterwards, its tables can be built again, equal to what readers were given then.

What comes afterwards here: a night that is read late, a post that is deleted, a restated day, an export that
somebody imports, other settings, a second run of a night, and days before the first night. One page of one night
was set aside at first, and passed when it was read again.

Equal means: the same bytes. What is built is written as Parquet in the way of a publication, and compared are its
files with the very files that were published.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import requests
from typer.testing import CliRunner

from pipeline import publish, simulator, steps
from pipeline.cli import app
from pipeline.errors import ConfigError, LandingError, WarehouseBusy
from pipeline.sources.files import Choices
from pipeline.steps import publishing
from pipeline.warehouse import lock
from tests.nights.replaying import Replay, replay

EXPORT = "Date,Impressions,New follows,Unfollows\n{0},120,5,1\n{1},90,0,0\n"
SPOILT = "104002"
Hashes = dict[str, str]


def digests(folder: Path) -> Hashes:
    """Each file of Parquet of a mart, by table and part → digest of its bytes.

    The tables of quality have no order, so they are compared by their rows alone.
    """
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.parquet")}
    return {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if not name.startswith("quality.")
    }


def rewritten(file: Path, folder: Path, language: str) -> Hashes:
    """The digests of what a database holds, written as a publication writes it."""
    with duckdb.connect(str(file), read_only=True) as con:
        found = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        tables = {name: table for name, table in publishing.tables().items() if (name,) in found}
        content = {name: publish.measure(con, name, table, {}) for name, table in tables.items()}
        publish.write_parquet(con, folder, publishing.described(con, tables, language), content, None)
    return digests(folder)


@dataclass
class Story:
    """A brand's history, and what readers were given of each night when it was first published."""

    played: Replay
    given: dict[date, Hashes] = field(default_factory=dict)
    later: dict[str, Hashes] = field(default_factory=dict)

    def ago(self, nights: int) -> date:
        return self.played.world.calendar.ago(nights)

    def publish(self, of: steps.Published | None) -> None:
        assert of is not None
        publication = of.publication
        hashes = digests(publication.parquet)
        if publication.night in self.given:
            assert hashes != self.given[publication.night]
            self.later[publication.generation] = hashes
        else:
            self.given[publication.night] = hashes

    def build(self, night: date, name: str, *, generation: str | None = None) -> tuple[steps.AsOf, Hashes]:
        file = self.played.folder / f"{name}.duckdb"
        known = steps.as_of(self.played.project, night, file, generation=generation)
        return known, rewritten(file, self.played.folder / f"{name}-parquet", self.played.project.settings.language)


def change(story: Story, **told: object) -> None:
    requests.post(f"{story.played.url}/__sim/mutate", json=told, timeout=10).raise_for_status()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with replay(Path(tmp_path_factory.mktemp("story")), nights=40) as played:
        story = Story(played)
        for ago in (10, 9, 7):
            story.publish(played.night(story.ago(ago)).published)
        # Three nights late, after the one that follows it.
        now = played.clock(story.ago(7))
        story.publish(steps.run(played.project, story.ago(8), now=lambda: now).published)
        lose_a_post_and_restate_a_day(story)
        spoil_a_page(story)
        now = played.clock(story.ago(6))
        story.publish(steps.run(played.project, story.ago(6), now=lambda: now).published)
        story.publish(import_an_export(story))
        settings = played.project.settings.file
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace("organic_cost_per_day = ", 'organic_cost_per_day = "99" # '), encoding="utf-8")
        project = steps.open_project(settings, {**os.environ, **simulator.environment()})
        changed = story.played = replace(played, project=project)
        story.publish(changed.night(story.ago(5)).published)
        now = changed.clock(story.ago(5))
        story.publish(steps.run(project, story.ago(6), now=lambda: now).published)
        story.publish(read_the_days_before(story))
        story.publish(changed.night(story.ago(4)).published)
        yield story


def lose_a_post_and_restate_a_day(story: Story) -> None:
    file = story.played.project.settings.paths.publication / "vigie.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        [(post,)] = con.execute(
            "select max(post_id) from kpi.post where platform = 'facebook' and account = '104001'"
            " and deleted_at is null and published_day >= ?",
            [story.ago(20)],
        ).fetchall()
    here = {"platform": "facebook", "account": "104001", "night": story.ago(6).isoformat()}
    change(story, kind="delete_post", target=post, **here)
    change(story, kind="restate_day", target=story.ago(12).isoformat(), factor=0.7, **here)


def spoil_a_page(story: Story) -> None:
    """The night says less than nothing of one page: gate 1 sets it aside. Whoever asks another night is told well."""
    told = {"platform": "facebook", "kind": "negative_counts", "path": SPOILT, "night": story.ago(6).isoformat()}
    requests.post(f"{story.played.url}/__sim/inject", json=told, timeout=10).raise_for_status()


def import_an_export(story: Story) -> steps.Published:
    """Days of a network that nobody asks, exported before the first night that was read."""
    played = story.played
    now = played.clock(story.ago(6))
    file = played.folder / "export.csv"
    file.write_text(EXPORT.format(f"{story.ago(13):%Y-%m-%d}", f"{story.ago(14):%Y-%m-%d}"), encoding="utf-8")
    choices = Choices(today=now.date(), account="atelier", platform="x")
    export = steps.understand_export(played.project, file, "generic", choices)
    return steps.serve(played.project, steps.import_export(played.project, export, now=lambda: now), now=lambda: now)


def read_the_days_before(story: Story) -> steps.Published:
    played, first = story.played, story.ago(10)
    now = played.clock(story.ago(5))
    stretches = steps.plan_backfill(
        played.project, first - timedelta(days=60), first, today=now.date(), platform="facebook"
    )
    done = steps.backfill(played.project, stretches, now=lambda: now)
    assert sum(one.stored for one in done) > 0
    return steps.serve_backfill(played.project, story.ago(5), now=lambda: now)


@pytest.mark.parametrize("ago", [10, 9, 7, 6, 5, 4])
def test_a_night_is_built_again_as_readers_were_given_it_first(story: Story, ago: int) -> None:
    known, found = story.build(story.ago(ago), f"first-{ago}")
    given = story.given[story.ago(ago)]
    assert {name for name in found.keys() | given.keys() if found.get(name) != given.get(name)} == set()
    assert (known.is_exact, known.different) == (True, ())
    assert set(known.equal) == set(publishing.tables())


def test_a_page_that_was_set_aside_is_missing_in_what_was_known_first_and_there_once_it_passed(story: Story) -> None:
    night = story.ago(6)
    first, _ = story.build(night, "set-aside")
    [later] = [name for name in story.later if name.startswith(f"{story.ago(5):%Y%m%d}")][:1]
    again, _ = story.build(story.ago(5), "passed", generation=later)
    page = f"platform = 'facebook' and account = '{SPOILT}' and night = date '{night}'"
    for known, nights, reasons in ((first, 0, 1), (again, 1, 0)):
        with duckdb.connect(known.file, read_only=True) as con:
            assert con.execute(f"select count(*) from core.night where {page}").fetchall() == [(nights,)]
            set_aside = con.execute(f"select count(*) from quality.quarantine where {page} and stream is null")
            assert set_aside.fetchall() == [(reasons,)]


def test_what_came_afterwards_moved_every_one_of_these_nights(story: Story) -> None:
    last = story.given.pop(story.ago(4))
    assert all(hashes != last for hashes in story.given.values())
    story.given[story.ago(4)] = last
    assert len(story.later) == 4


def test_each_later_publication_of_a_night_can_be_built_too(story: Story) -> None:
    for generation, given in story.later.items():
        night = date.fromisoformat(f"{generation[:4]}-{generation[4:6]}-{generation[6:8]}")
        known, found = story.build(night, f"later-{generation}", generation=generation)
        assert (known.generation, known.different) == (generation, ())
        assert {name for name in found if found[name] != given[name]} == set()


def test_a_night_that_was_read_late_knew_what_the_night_before_it_knew(story: Story) -> None:
    known, found = story.build(story.ago(8), "skipped")
    assert found == story.given[story.ago(9)]
    # What quality said is known of publications alone.
    with duckdb.connect(known.file, read_only=True) as con:
        assert con.execute("select count(*) from duckdb_tables() where schema_name = 'quality'").fetchall() == [(0,)]
    assert any("nothing was built of the night" in note for note in known.notes)


def test_the_file_holds_core_and_marts_and_reads_in_older_drivers(story: Story) -> None:
    known, _ = story.build(story.ago(7), "whole")
    with duckdb.connect(known.file, read_only=True) as con:
        schemas = con.execute("select distinct schema_name from duckdb_tables() order by all").fetchall()
        [(version,)] = con.execute(
            "select tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchall()
        told = con.execute("select night, generation, is_exact from _as_of").fetchall()
        views = con.execute("select count(*) from duckdb_views() where not internal").fetchall()
    assert schemas == [("conversion",), ("core",), ("kpi",), ("main",), ("quality",)]
    assert version.startswith("v1.0.0")
    assert told == [(story.ago(7), known.generation, True)]
    assert views == [(0,)]
    assert [file.name for file in Path(known.file).parent.glob("*.again*")] == []


def test_the_warehouse_and_the_publication_stay_as_they_are(story: Story) -> None:
    paths = story.played.project.settings.paths
    before = (paths.warehouse.read_bytes(), (paths.publication / "current").readlink())
    story.build(story.ago(7), "untouched")
    assert (paths.warehouse.read_bytes(), (paths.publication / "current").readlink()) == before


def test_other_definitions_are_told(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.fingerprint", lambda _: "of tomorrow")
    known, _ = story.build(story.ago(7), "redefined")
    assert any("by today's definitions" in note for note in known.notes)


def test_a_night_before_anything_was_written_down_says_so(story: Story) -> None:
    """A warehouse of a version that kept no past: every row stands since nobody knows when."""
    paths = story.played.project.settings.paths
    kept = paths.warehouse.read_bytes()
    try:
        with duckdb.connect(str(paths.warehouse)) as con:
            con.execute("drop schema past cascade; update ops.ledger set known_since = null")
        known, found = story.build(story.ago(7), "unkept")
    finally:
        paths.warehouse.write_bytes(kept)
    assert not known.is_exact
    assert any("was not written down" in note for note in known.notes)
    assert any("settings of that night were not kept" in note for note in known.notes)
    # What can be told apart still is: nothing observed later is in it.
    with duckdb.connect(known.file, read_only=True) as con:
        assert con.execute("select max(night) from core.night").fetchall() == [(story.ago(7),)]
        assert con.execute("select min(night) from core.night where platform = 'facebook'").fetchall() == [
            (story.ago(10),)
        ]
    # The late night had been observed by then, though it was published a little later.
    [soon] = [given for name, given in story.later.items() if name.startswith(f"{story.ago(7):%Y%m%d}")]
    days = {name for name in soon if name.startswith("kpi.post_daily/")}
    assert {name: found[name] for name in days} == {name: soon[name] for name in days} != {}


def test_a_run_that_the_landing_lost_is_named(story: Story) -> None:
    landing = Path(story.played.project.settings.paths.landing)
    night = story.ago(7).isoformat()
    runs = list(landing.glob(f"facebook/*/{night}"))
    assert runs
    for path in runs:
        path.rename(path.with_name(f"{night}-lost"))
    try:
        with pytest.raises(LandingError, match="the landing no longer has the run that was loaded then"):
            story.build(story.ago(7), "lost")
    finally:
        for path in runs:
            path.with_name(f"{night}-lost").rename(path)
    assert not (story.played.folder / "lost.duckdb").exists()


def test_nights_that_are_not_known_files_that_are_there_and_a_busy_warehouse_are_refused(story: Story) -> None:
    project, folder = story.played.project, story.played.folder
    first = story.ago(10)
    with pytest.raises(ConfigError, match="begins with that of"):
        story.build(first - timedelta(days=900), "early")
    with pytest.raises(ConfigError, match="ends with that of"):
        story.build(story.ago(0), "late")
    with pytest.raises(ConfigError, match="was not published as generation"):
        story.build(first, "never", generation="20200101-000001")
    there = folder / "there.duckdb"
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="is there already"):
        steps.as_of(project, first, there)
    assert there.read_text(encoding="utf-8") == "mine"
    for ours in (project.settings.paths.warehouse, project.settings.paths.publication / "new.duckdb"):
        with pytest.raises(ConfigError):
            steps.as_of(project, first, ours, replace=True)
    with lock.hold(project.settings.paths.warehouse, command="run", night=None), pytest.raises(WarehouseBusy):
        story.build(first, "busy")
    assert steps.as_of(project, first, there, replace=True).rows > 0


def test_the_command_says_what_it_built(story: Story) -> None:
    file = story.played.folder / "command.duckdb"
    words = ["as-of", story.ago(5).isoformat(), "--to", str(file), "-c", str(story.played.project.settings.file)]
    done = CliRunner().invoke(app, [*words, "--json"], env=simulator.environment())
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["night"], told["different"]) == (story.ago(5).isoformat(), [])
    assert any("was published 3 times" in note for note in told["notes"])
    again = CliRunner().invoke(app, words, env=simulator.environment())
    assert again.exit_code == 2
    assert "--force" in again.output
    forced = CliRunner().invoke(app, [*words, "--force"], env=simulator.environment())
    assert "are equal to what they were given" in forced.output
