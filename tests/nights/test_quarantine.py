"""What the first gate set aside: seen, let in again through the gate, given up, and every act in the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests

from pipeline import steps, warehouse
from pipeline.errors import ConfigError
from tests.nights.replaying import Replay, replay

PAGE = "104002"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Two nights of Facebook; in the second one page says less than nothing."""
    with replay(Path(tmp_path_factory.mktemp("quarantine")), platforms=("facebook",), nights=10) as played:
        first, second = played.world.nights[-3], played.world.nights[-2]
        played.night(first)
        told = {"platform": "facebook", "kind": "negative_counts", "path": PAGE, "night": second.isoformat()}
        requests.post(f"{played.url}/__sim/inject", json=told, timeout=10).raise_for_status()
        now = played.clock(second)
        steps.run(played.project, second, now=lambda: now)
        yield played


@pytest.fixture(scope="module")
def night(played: Replay) -> date:
    return played.world.nights[-2]


def states(played: Replay, night: date) -> dict[str, str]:
    with warehouse.open_reader(played.project.settings.paths.warehouse) as con:
        return dict(con.execute("select account, state from ops.ledger where night = ?", [night]).fetchall())


def test_the_whole_night_of_the_page_is_listed_with_its_reason(played: Replay, night: date) -> None:
    [entry] = steps.quarantine(played.project)
    assert (entry.unit, entry.stream) == (("facebook", PAGE, night), None)
    assert entry.rows > 0
    assert "counters_in_range" in entry.reason
    shown, log, record = steps.quarantined(played.project, entry.id[:4])
    assert (shown, log, record) == (entry, [], None)


def test_what_still_breaks_the_rule_is_not_let_in_and_the_try_is_in_the_log(played: Replay, night: date) -> None:
    [entry] = steps.quarantine(played.project)
    done = steps.release_quarantined(played.project, entry.id, "a try", "ada", now=lambda: played.clock(night))
    assert (done.outcome, done.passed) == ("set aside", False)
    assert any("counters_in_range" in why for why in done.why)
    assert states(played, night)[PAGE] == "quarantined"
    [again] = steps.quarantine(played.project)
    _, log, _ = steps.quarantined(played.project, again.id)
    assert [(line.act, line.person, line.reason, line.outcome) for line in log] == [
        ("released", "ada", "a try", "set aside")
    ]


def test_what_is_dropped_is_listed_no_more_but_kept(played: Replay, night: date) -> None:
    [entry] = steps.quarantine(played.project)
    steps.drop_quarantined(played.project, entry.id, "not needed", "ada", now=lambda: played.clock(night))
    assert steps.quarantine(played.project) == []
    [kept] = steps.quarantine(played.project, dropped=True)
    assert (kept.id, kept.dropped_at is not None) == (entry.id, True)
    assert states(played, night)[PAGE] == "quarantined"


def test_what_was_mended_passes_the_gate_and_is_in_the_tables(played: Replay, night: date) -> None:
    [entry] = steps.quarantine(played.project, dropped=True)
    later = played.clock(played.world.nights[-1])
    steps.fetch_all(played.project, steps.plan(played.project, night), now=lambda: later)
    done = steps.release_quarantined(played.project, entry.id, "the page was read again", "ada", now=lambda: later)
    assert (done.outcome, done.why) == ("passed", ())
    assert set(states(played, night).values()) == {"passed"}
    assert steps.quarantine(played.project, dropped=True) == []
    steps.transform(played.project, night, now=lambda: later)
    with warehouse.open_reader(played.project.settings.paths.warehouse) as con:
        found = con.execute("select count(*) from core.night where account = ? and night = ?", [PAGE, night]).fetchall()
        acts = [line.act for line in warehouse.acts(con)]
    assert found == [(1,)]
    assert acts == ["released", "dropped", "released"]


@pytest.mark.parametrize("identity", ["ffffffffff", "ab", ""])
def test_an_id_that_nothing_has_is_an_error(played: Replay, identity: str) -> None:
    with pytest.raises(ConfigError, match="nothing in quarantine has this id"):
        steps.quarantined(played.project, identity)
