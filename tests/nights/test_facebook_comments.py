"""Ten nights of comments below the posts of both pages: who answered whom and when, as the world knows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.truth.observations import Log, naive
from pipeline.simulator.world import FacebookComment
from pipeline.simulator.world.calendar import PACIFIC
from tests.nights.replaying import Replay, replay

PAGES = ("104001", "104002")
KEPT = "account, response_id, post_id, parent_id, day, written_at, is_own, is_live, observed_at"


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Facebook alone: the first night brings four weeks more."""
    with replay(tmp_path_factory.mktemp("weeks"), ("facebook",), nights=10) as played:
        played.nights(played.world.nights)
        yield played


@pytest.fixture(scope="module")
def kept(weeks: Replay) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        yield con


def pacific(moment: datetime) -> date:
    return moment.astimezone(PACIFIC).date()


def told(replayed: Replay) -> dict[str, Log[str, tuple[FacebookComment, date]]]:
    """What the nights told of each page: every comment with the day of its post."""
    logs: dict[str, Log[str, tuple[FacebookComment, date]]] = {}
    judge = Judge(replayed.world, settings=demo_terms(replayed.world, ("facebook",)))
    for page in PAGES:
        log = logs.setdefault(page, Log())
        for unit in judge.facts.landed(("facebook", page)):
            found = {
                comment.id: (comment, pacific(post.created_time))
                for post in replayed.world.facebook.posts(page, unit.night, unit.since, unit.night)
                for comment in post.said
                if pacific(comment.created) <= unit.night
            }
            days = (unit.since, unit.night)
            log.observe(unit, found, inside=lambda _, each, days=days: days[0] <= each[1] <= days[1])  # type: ignore[misc]
    return logs


def expected(replayed: Replay) -> set[tuple[Any, ...]]:
    rows = set()
    for page, log in told(replayed).items():
        for seen in (entries[-1] for entries in log.entries.values()):
            said = seen.value[0]
            place = (page, said.id, said.post, said.parent, pacific(said.created), naive(said.created))
            rows.add((*place, said.is_own, not seen.gone, seen.at))
    return rows


def test_every_comment_is_kept_as_the_world_knows_it(weeks: Replay, kept: duckdb.DuckDBPyConnection) -> None:
    found = kept.execute(f"select {KEPT} from core.response where platform = 'facebook'").fetchall()
    wanted = expected(weeks)
    assert len(found) == len(set(found)) > 150
    assert set(found) == wanted
    # Taken away, answered by the page, answered by others: nothing of it is missing.
    assert {row[-2] for row in wanted} == {row[-3] for row in wanted} == {True, False}


def test_each_hash_is_one_person(weeks: Replay, kept: duckdb.DuckDBPyConnection) -> None:
    rows = kept.execute("select response_id, person from core.response where platform = 'facebook'").fetchall()
    wrote = {id_: entries[-1].value[0].person for log in told(weeks).values() for id_, entries in log.entries.items()}
    pairs = {(wrote[id_], person) for id_, person in rows}
    assert len(pairs) == len({native for native, _ in pairs}) == len({person for _, person in pairs}) > 50


def test_an_answer_of_the_page_comes_after_what_it_answers(kept: duckdb.DuckDBPyConnection) -> None:
    """Times of responses can be worked out: every answer of the brand knows its comment and both know their moments."""
    (answered, least) = kept.execute(
        "select count(*), min(own.written_at - said.written_at) from core.response as own"
        " inner join core.response as said on own.parent_id = said.response_id and own.platform = said.platform"
        " where own.platform = 'facebook' and own.is_own and not said.is_own"
    ).fetchall()[0]
    assert answered > 20
    assert least.total_seconds() > 0
