"""An archive of Google+ becomes history in the tables of the living networks, and disturbs none of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline import landing, publish, steps
from pipeline.errors import ConfigError, QualityError
from pipeline.settings import Secret
from pipeline.steps import Imported, Project
from tests.nights.replaying import replay
from tests.sources.takeout import FRENCH, archive, document, takeout

BRAND = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "en"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
[privacy]
person_key = "env:PERSON_KEY"
[[sources.facebook]]
id = "104001"
token = "env:TOKEN"
"""
ENVIRONMENT = {"TOKEN": "canary", "PERSON_KEY": "canary of sixteen letters"}
MADE = date(2019, 3, 10)
PROFILE = "104000000000000000001"


def now() -> datetime:
    return datetime(2026, 11, 3, 4, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A brand of which nothing was ever fetched."""
    (tmp_path / "vigie.toml").write_text(BRAND)
    return steps.open_project(tmp_path / "vigie.toml", ENVIRONMENT)


def bring(project: Project, *files: Path, **told: Any) -> Imported:
    return steps.import_archive(project, "google_plus", files, now=now, **told)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def raw(project: Project, sql: str) -> list[tuple[Any, ...]]:
    return rows(project.settings.paths.warehouse, sql)


def published(project: Project, sql: str) -> list[tuple[Any, ...]]:
    seen = publish.current(project.settings.paths.publication)
    assert seen is not None
    return rows(seen.path, sql)


def everything(project: Project, besides: str = "") -> Mapping[str, list[str]]:
    """All published numbers, without those of a platform."""
    names = published(project, "select table_schema || '.' || table_name from information_schema.tables"
                      " where table_schema in ('kpi', 'conversion')")  # fmt: skip
    found = {}
    for (name,) in names:
        columns = {column for (column, *_) in published(project, f"describe {name}")}
        where = f"where platform is distinct from '{besides}'" if "platform" in columns else ""
        found[name] = sorted(map(repr, published(project, f"select * from {name} {where}")))
    return found


def files_in(folder: str | Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()}


def test_its_history_stands_beside_the_living_networks_and_changes_none_of_their_numbers(tmp_path: Path) -> None:
    with replay(tmp_path, platforms=("facebook", "matomo"), nights=3) as brand:
        project, nights = brand.project, brand.world.nights
        brand.nights(nights[:-1])
        before = everything(project, besides="google_plus")
        files = (takeout(tmp_path / "a.zip"), takeout(tmp_path / "b.zip", FRENCH))
        imported = bring(project, *files)
        assert imported.records == {"posts": 5, "comments": 4}
        steps.serve(project, imported, now=now)
        assert everything(project, besides="google_plus") == before
        _the_history_is_told(project)
        done = brand.night(nights[-1])
        assert done.transformed is not None
        assert not done.transformed.full
        _the_history_is_told(project)
        after = everything(project)
        steps.transform(project, nights[-1], now=now, full=True)
        steps.publish_night(project, nights[-1], now=now)
        assert everything(project) == after


def _the_history_is_told(project: Project) -> None:
    ours = "where platform = 'google_plus'"
    posts = (
        "select post_id, published_day, type, reactions, comments, shares, campaign, hashtags, deleted_at from kpi.post"
    )
    assert published(project, f"{posts} {ours} order by published_day") == [
        ("aaBrise0001", date(2013, 11, 5), "link", 3, 2, 1, "autumn-2013", ["brise"], None),
        ("bbQuiet0002", date(2014, 2, 1), "photo", 0, 0, 0, None, [], None),
        ("ccShare0003", date(2015, 6, 30), "reshare", 1, 0, 0, None, None, None),
        ("eeVeste0005", date(2016, 3, 4), "link", 1014, 2, 1, "printemps", ["brise"], None),
        ("ffBoat0006", date(2017, 8, 9), "reshare", 0, 0, 0, None, [], None),
    ]
    # One observation: a baseline of the day of the archive, from which nobody knows a daily gain.
    daily = "count(*), min(day), max(day), sum(reactions_total), count(reactions), bool_and(is_baseline and is_final)"
    assert published(project, f"select {daily} from kpi.post_daily {ours}") == [(5, MADE, MADE, 1018, 0, True)]
    days = (
        "select count(*), min(day), max(day), sum(posts_published), sum(comments), count(reactions), count(followers)"
    )
    whole = ((MADE - date(2013, 11, 5)).days + 1, date(2013, 11, 5), MADE, 5, 4, 0, 0)
    assert published(project, f"{days} from kpi.account_daily {ours}") == [whole]
    assert published(project, f"select day, comments from kpi.account_daily {ours} and comments > 0 order by day") == [
        (date(2013, 11, 6), 2), (date(2016, 3, 5), 2),
    ]  # fmt: skip
    assert published(project, f"select bool_and(is_final) from kpi.account_daily {ours}") == [(True,)]
    # No night is expected after it, and the one it has is whole.
    covered = f"select stream, day, expected, delivered, late from kpi.coverage_daily {ours} order by stream"
    assert published(project, covered) == [("comments", MADE, True, True, None), ("posts", MADE, True, True, None)]
    assert published(project, f"select kind from quality.note {ours} order by kind") == [
        ("left_out",),
        ("lower_bound",),
    ]


def test_the_same_file_twice_changes_nothing(project: Project, tmp_path: Path) -> None:
    file = takeout(tmp_path / "a.zip")
    assert bring(project, file).state == "loaded"
    stored = "select * from raw.google_plus_posts union all by name select * from raw.google_plus_comments"
    before, landed = raw(project, stored), files_in(project.settings.paths.landing)
    again = bring(project, takeout(tmp_path / "renamed.zip"))
    assert (again.state, again.stored) == ("already", 0)
    assert sorted(map(repr, raw(project, stored))) == sorted(map(repr, before))
    assert files_in(project.settings.paths.landing) == landed
    assert raw(project, "select count(*) from ops.ledger") == [(1,)]


def test_a_newer_archive_takes_the_place_of_the_one_before_and_an_older_one_is_refused(
    project: Project, tmp_path: Path
) -> None:
    older = takeout(tmp_path / "a.zip")
    bring(project, older)
    post = json.loads(document("post.json"))
    post["plusOnes"].append({})
    newer = archive(tmp_path / "b.zip", {"1.json": json.dumps(post).encode()}, (2019, 4, 1, 0, 0, 0))
    assert bring(project, newer).replaced == ("2019-03-10",)
    told = "select id, plus_ones, _night, _absent from raw.google_plus_posts"
    assert raw(project, told) == [("aaBrise0001", 4, date(2019, 4, 1), False)]
    assert raw(project, "select night from ops.ledger") == [(date(2019, 4, 1),)]
    assert raw(project, "select distinct night from quality.note") == []
    landed = files_in(project.settings.paths.landing)
    with pytest.raises(ConfigError, match=r"a file of 2019-04-01 is imported already and this one is of 2019-03-10"):
        bring(project, older)
    assert (raw(project, told)[0][1], files_in(project.settings.paths.landing)) == (4, landed)


def test_the_same_file_may_be_given_another_day(project: Project, tmp_path: Path) -> None:
    file = takeout(tmp_path / "a.zip")
    bring(project, file)
    assert bring(project, file, day=date(2018, 1, 1)).replaced == ("2019-03-10",)
    assert raw(project, "select distinct _night from raw.google_plus_posts") == [(date(2018, 1, 1),)]


def test_another_profile_and_a_name_of_its_own_are_accounts_of_their_own(project: Project, tmp_path: Path) -> None:
    bring(project, takeout(tmp_path / "a.zip"))
    assert bring(project, takeout(tmp_path / "b.zip", FRENCH), account="atelier").account == "atelier"
    assert raw(project, "select account from ops.ledger order by 1") == [(PROFILE,), ("atelier",)]


def test_a_dry_run_tells_and_writes_nothing(project: Project, tmp_path: Path) -> None:
    told = bring(project, takeout(tmp_path / "a.zip"), dry_run=True)
    assert (told.state, told.since, told.night, told.records["posts"]) == ("understood", "2013-11-05", "2019-03-10", 3)
    assert any("posts of other authors (1)" in note for note in told.notes)
    assert files_in(tmp_path) == {"a.zip", "vigie.toml"}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"day": date(2012, 1, 1)}, "holds posts from 2013-11-05 on"),
        ({"day": date(2031, 1, 1)}, "cannot be of a day to come"),
    ],
)
def test_a_day_that_cannot_be_is_refused(project: Project, tmp_path: Path, told: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        bring(project, takeout(tmp_path / "a.zip"), **told)


def test_a_key_that_has_no_value_here_stops_the_import_before_anybody_is_mixed_up(tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_text(BRAND)
    project = steps.open_project(tmp_path / "vigie.toml", {}, require_secrets=False)
    with pytest.raises(ConfigError, match="person_key has no value here"):
        bring(project, takeout(tmp_path / "a.zip"))


def test_people_are_hashed_with_the_key_of_the_settings(project: Project, tmp_path: Path) -> None:
    bring(project, takeout(tmp_path / "a.zip"))
    people = raw(project, "select count(person), count(distinct person) from raw.google_plus_comments")
    assert people == [(2, 2)]
    other = replace(project.settings, privacy=replace(project.settings.privacy, person_key=Secret("x", "y" * 20)))
    bring(replace(project, settings=other), takeout(tmp_path / "a.zip"), account="other")
    assert raw(project, "select count(distinct person) from raw.google_plus_comments") == [(4,)]


def test_what_gate_1_refuses_leaves_the_tables_as_they_were(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(project, takeout(tmp_path / "a.zip"))
    before = raw(project, "select * from raw.google_plus_posts order by id")
    whole = "pipeline.sources.google_plus.post_record"
    monkeypatch.setattr(whole, _with("plus_ones", "-7"))
    with pytest.raises(QualityError, match="counters_in_range"):
        bring(project, takeout(tmp_path / "b.zip", FRENCH), account=PROFILE, day=date(2020, 1, 1))
    assert raw(project, "select * from raw.google_plus_posts order by id") == before


def _with(field: str, value: str) -> Callable[..., bytes]:
    from pipeline.sources.google_plus.post import post_record

    def changed(*told: Any) -> bytes:
        record = json.loads(post_record(*told))
        return json.dumps({**record, field: json.loads(value)}).encode()

    return changed


def test_a_database_that_is_built_again_finds_the_newest_archive_in_the_landing(
    project: Project, tmp_path: Path
) -> None:
    bring(project, takeout(tmp_path / "a.zip"))
    bring(project, takeout(tmp_path / "b.zip", made=(2019, 4, 1, 0, 0, 0)))
    assert len(landing.manifests(project.settings.paths.landing)) == 2
    for file in tmp_path.glob("warehouse.duckdb*"):
        file.unlink()
    steps.load(project, date(2026, 11, 2), now=now)
    assert raw(project, "select night, state from ops.ledger") == [(date(2019, 4, 1), "passed")]
    again = steps.load(project, date(2026, 11, 2), now=now)
    assert (again.records, again.failed) == (0, ())
