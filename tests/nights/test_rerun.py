"""A night that is run again changes nothing; nights loaded in another order change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb
import pytest

from pipeline import steps
from tests.nights.replaying import Replay, replay


def same(instant: datetime) -> datetime:
    return instant


def marts(played: Replay) -> dict[str, str]:
    """Table → hash of its ordered rows, as published."""
    con = duckdb.connect(str(played.project.settings.paths.publication / "vigie.duckdb"), read_only=True)
    names = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('kpi', 'conversion') order by all"
    ).fetchall()
    hashes = {}
    for (name,) in names:
        row = con.execute(f"select md5(string_agg(r, chr(10))) from (select t::varchar r from {name} t order by all)")
        hashes[name] = str(row.fetchall()[0][0])
    con.close()
    return hashes


def raw_rows(played: Replay) -> dict[str, int]:
    con = duckdb.connect(str(played.project.settings.paths.warehouse), read_only=True)
    names = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('raw', 'ops', 'quality') and table_type = 'BASE TABLE' order by all"
    ).fetchall()
    counts = {name: con.execute(f"select count(*) from {name}").fetchall()[0][0] for (name,) in names}
    con.close()
    return counts


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(Path(tmp_path_factory.mktemp("five"))) as played:
        played.nights(played.world.nights[:5])
        yield played


def test_s1_the_same_night_three_times_gives_the_same_bytes_and_no_second_row(five: Replay) -> None:
    before, rows = marts(five), raw_rows(five)
    last = five.world.nights[4]
    for _ in range(3):
        outcome = five.night(last)
        assert outcome.published is not None
        assert not outcome.published.publication.new
        assert marts(five) == before
        assert raw_rows(five) == rows


def test_s1_clearing_a_task_after_success_changes_nothing(five: Replay) -> None:
    """Each step again by itself, as a scheduler does when somebody clears its task."""
    before = marts(five)
    night = five.world.nights[4]
    now = five.clock(night)
    assert steps.load(five.project, night, now=lambda: now).stored == 0
    steps.transform(five.project, night, now=lambda: now)
    steps.publish_night(five.project, night, now=lambda: now)
    assert marts(five) == before


def test_a_full_rebuild_equals_what_the_nights_built(five: Replay) -> None:
    before = marts(five)
    night = five.world.nights[4]
    now = five.clock(night)
    assert steps.transform(five.project, night, now=lambda: now, full=True).full
    steps.publish_night(five.project, night, now=lambda: now)
    assert marts(five) == before


def test_nights_loaded_in_another_order_give_the_same_tables(five: Replay, tmp_path: Path) -> None:
    """The landing of five nights, loaded last night first into an empty warehouse."""
    with replay(tmp_path) as other:
        for night in five.world.nights[:5]:
            now = other.clock(night)
            steps.fetch_all(other.project, steps.plan(other.project, night), now=partial(same, now))
        for night in reversed(five.world.nights[:5]):
            now = other.clock(night)
            steps.load(other.project, night, now=partial(same, now))
        night = five.world.nights[4]
        now = other.clock(night)
        steps.transform(other.project, night, now=lambda: now)
        steps.publish_night(other.project, night, now=lambda: now)
        assert marts(other) == marts(five)


def test_old_days_that_somebody_changed_by_hand_are_published_as_they_are(tmp_path: Path) -> None:
    with replay(tmp_path) as played:
        played.nights(played.world.nights[:2])
        paths = played.project.settings.paths
        with duckdb.connect(str(paths.warehouse)) as con:
            changed = con.execute(
                "update kpi.site_daily set visits = 777 where day = (select min(day) from kpi.site_daily)"
            ).fetchall()
        assert changed[0][0] > 0
        outcome = played.night(played.world.nights[2])
        assert outcome.published is not None
        assert outcome.published.publication.new
        with duckdb.connect(str(paths.publication / "vigie.duckdb"), read_only=True) as con:
            seen = con.execute("select count(*) from kpi.site_daily where visits = 777").fetchall()
        assert seen == changed
