"""The watch sees from outside what a scheduler that is down cannot tell; who sees a late night first tells of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import steps
from pipeline.errors import NightBroken
from pipeline.steps import Project, Watched
from pipeline.steps.noticed import standing
from tests.alerts import brands
from tests.alerts.receivers import Inbox

ROOT = Path(__file__).resolve().parents[2]
NIGHT = date(2026, 11, 2)
# 04:00 in Paris, on the morning after the night.
DUE = datetime(2026, 11, 3, 3, tzinfo=UTC)


def at(minutes: float) -> Callable[[], datetime]:
    """A clock that stands still, so many minutes after the night was due."""
    return lambda: DUE + timedelta(minutes=minutes)


def late(watched: Watched) -> list[str]:
    return [one.what for one in watched.incidents if one.key == "night"]


def test_a_night_that_does_not_start_is_told_after_its_deadline_and_no_earlier(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        project = brands.brand(tmp_path, url)
        _done(project, NIGHT - timedelta(days=1))
        assert late(steps.watch(project, now=at(89))) == []
        found = steps.watch(project, now=at(91))
        again = steps.watch(project, now=at(100))
    assert late(found) == late(again) == [
        "the night of 2026-11-02 has not started: it was due at 2026-11-03 04:00"
    ]  # fmt: skip
    assert not found.is_well
    assert (found.before, again.before) == ("2026-11-03T04:29:00Z", "2026-11-03T04:31:00Z")
    (request,) = [one for one in inbox.requests if "night" in one.content["title"]]
    assert request.content["type"] == "failure"
    assert "likely cause: the scheduler is down, or the machine was off" in request.content["message"]
    assert "look further: vigie status" in request.content["message"]


def test_a_night_that_stalls_is_told_after_its_deadline_and_is_over_once_it_has_ended(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        project = brands.brand(tmp_path, url)
        _done(project, NIGHT - timedelta(days=1))
        brands.land(project, "mastodon/1", NIGHT)
        assert late(steps.watch(project, now=at(359))) == []
        assert late(steps.watch(project, now=at(361))) == [
            "the night of 2026-11-02 has not ended: it was due at 2026-11-03 04:00; 1 of 2 accounts have landed"
        ]
        # The scheduler comes back, and so does its own deadline: one incident.
        steps.tell_late(project, NIGHT, what="night_not_finished", now=at(365))
        brands.fail(project, "bluesky/atelier.example", NIGHT)
        with pytest.raises(NightBroken, match=r"bluesky/atelier\.example is missing: SourceUnavailable"):
            steps.tell(project, NIGHT, now=at(400))
        assert late(steps.watch(project, now=at(410))) == []
    titles = [title for title in inbox.titles if "night" in title]
    assert [title.partition(": ")[2] for title in titles] == [
        "the night of 2026-11-02 has not ended: it was due at 2026-11-03 04:00; 1 of 2 accounts have landed",
        "over: the night of 2026-11-02 has not ended: it was due at 2026-11-03 04:00; 1 of 2 accounts have landed",
    ]


def test_a_deadline_that_the_scheduler_sees_first_is_told_once(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        project = brands.brand(tmp_path, url)
        steps.tell_late(project, NIGHT, what="night_not_finished", now=at(361))
        steps.tell_late(project, NIGHT, what="night_not_finished", now=at(362))
        steps.watch(project, now=at(370))
        _done(project, NIGHT, minutes=380)
        # Too late to be told so: it has ended.
        steps.tell_late(project, NIGHT, what="night_not_finished", now=at(381))
    assert [title.partition(": ")[0] for title in inbox.titles if "night" in title] == ["Atelier Marin"] * 2


@pytest.mark.parametrize("zone_day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_deadline_is_of_the_brands_clock_also_when_it_is_put_forward_or_back(
    tmp_path: Path, zone_day: date
) -> None:
    project = brands.brand(tmp_path, "json://127.0.0.1:9", more="[alerts.rules.disk_low]\non = false\n")
    offset = 2 if zone_day.month == 3 else 1
    due = datetime(zone_day.year, zone_day.month, zone_day.day, 4 - offset, tzinfo=UTC)
    _done(project, zone_day - timedelta(days=2))
    assert late(steps.watch(project, now=lambda: due + timedelta(minutes=89))) == []
    told = late(steps.watch(project, now=lambda: due + timedelta(minutes=91)))
    assert told == [
        f"the night of {zone_day - timedelta(days=1)} has not started: it was due at {zone_day} 04:00"
    ]  # fmt: skip


def test_a_schedule_that_begins_later_is_not_late(tmp_path: Path) -> None:
    project = brands.brand(tmp_path, "json://127.0.0.1:9", more="[schedule]\nstart = 2026-11-03\n")
    assert late(steps.watch(project, now=at(600))) == []


def test_while_another_process_holds_the_warehouse_the_watch_says_who(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        project = brands.brand(tmp_path, url)
        brands.land(project, "mastodon/1", NIGHT)
        held = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(project.settings.paths.warehouse)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        (what,) = late(steps.watch(project, now=at(361)))
        held.communicate()
    assert f"; the warehouse is held by pid {held.pid} (load) since" in what


def test_a_disk_that_fills_and_a_token_that_ends_are_told_and_are_over_when_they_are_mended(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        full = "[alerts.rules.disk_low]\ngigabytes = 1000000\n"
        project = brands.brand(tmp_path, url, more=full)
        _done(project, NIGHT)
        found = steps.watch(project, now=at(500))
        project = brands.brand(tmp_path, url, more="")
        steps.watch(project, now=at(510))
        soon = datetime(2026, 11, 14, 8, tzinfo=UTC)
        _done(project, date(2026, 11, 13))
        steps.watch(project, now=lambda: soon)
        _done(project, date(2026, 11, 18))
        steps.watch(project, now=lambda: soon + timedelta(days=5))
    assert {one.rule: one.severity for one in found.incidents} == {"disk_low": "critical", "expiring": "info"}
    told = [(one.content["type"], one.content["title"].removeprefix("Atelier Marin: ")[:25]) for one in inbox.requests]
    assert told == [
        ("failure", "2 new incidents"),
        ("success", "over: little room is left"),
        ("warning", "the token of bluesky/atel"),
        ("failure", "the token of bluesky/atel"),
    ]


def test_reads_that_are_spent_until_tomorrow_are_told(tmp_path: Path) -> None:
    project = brands.brand(tmp_path, "json://127.0.0.1:9")
    books = project.settings.paths.state / "budgets"
    books.mkdir(parents=True)
    spent = {"limit": 10_000.0, "remaining": 0.0, "resets_at": (DUE + timedelta(hours=5)).timestamp()}
    soon = {"limit": 300.0, "remaining": 0.0, "resets_at": (DUE + timedelta(minutes=5)).timestamp()}
    left = {"limit": 10_000.0, "remaining": 1.0, "resets_at": (DUE + timedelta(hours=5)).timestamp()}
    (books / "youtube-ab12.json").write_text(json.dumps({"buckets": {"day": spent, "minutes": soon, "other": left}}))
    (books / "x-ab12.json").write_text("{no book")
    assert [one.what for one in standing.budgets(project, DUE)] == [
        "the reads of youtube are spent (day): more from 2026-11-03 09:00 on"
    ]
    assert list(standing.budgets(project, DUE + timedelta(hours=5))) == []


def test_the_command_watches_where_there_is_no_airflow_and_ends_with_a_code_for_cron(tmp_path: Path) -> None:
    """A process in which importing Airflow fails."""
    (tmp_path / "stub").mkdir()
    (tmp_path / "stub" / "airflow.py").write_text("raise ImportError('not here')\n")
    settings, inbox = brands.write(tmp_path), Inbox(status=500)
    with inbox.open() as url:
        environment = {**os.environ, "PYTHONPATH": f"{tmp_path / 'stub'}:{ROOT}", "CHAT": url}

        def look(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-c", "from pipeline.cli import main; main()", "-c", str(settings), *words],
                capture_output=True, text=True, check=False, env=environment, timeout=120,
            )  # fmt: skip

        first = look("watch", "--once", "--json")
        assert first.returncode == NightBroken.exit_code, first.stderr
        seen = json.loads(first.stdout)
        assert seen["waiting"] == 1
        assert seen["sent"] == [{"channel": "chat", "kind": "begin", "error": "HTTP 500"}]
        inbox.status = 200
        tried = look("alert", "test")
    assert tried.returncode == 0, tried.stderr
    assert "accepted" in tried.stdout
    assert "a test of the channel chat" in inbox.titles[-1]


_HOLD = """
import sys
from pathlib import Path
from pipeline.warehouse import lock
with lock.hold(Path(sys.argv[1]), command="load", night=None):
    print("held", flush=True)
    sys.stdin.read()
"""


def _done(project: Project, night: date, minutes: float = 0) -> None:
    """The night ended well, and people were told what there was to tell."""
    for account in ("mastodon/1", "bluesky/atelier.example"):
        brands.land(project, account, night)
    moment = datetime(night.year, night.month, night.day, 3, tzinfo=UTC) + timedelta(days=1, minutes=minutes)
    steps.tell(project, night, readers=False, now=lambda: moment)
