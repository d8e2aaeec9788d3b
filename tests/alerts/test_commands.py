"""What a person types about incidents, and what the doctor says of the settings."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline import steps
from pipeline.cli import app
from pipeline.doctor.alerts import alerts
from pipeline.errors import NightBroken
from tests.alerts import brands
from tests.alerts.receivers import Inbox, free_port

NIGHT = date(2026, 11, 2)
MORNING = datetime(2026, 11, 3, 5, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a brand one of whose accounts is missing; nobody listens to its channel."""
    address = f"json://127.0.0.1:{free_port()}"
    monkeypatch.setenv("CHAT", address)
    project = brands.brand(tmp_path, address)
    brands.land(project, "bluesky/atelier.example", NIGHT)
    brands.fail(project, "mastodon/1", NIGHT)
    with pytest.raises(NightBroken):
        steps.tell(project, NIGHT, readers=False, now=lambda: MORNING)
    return tmp_path / "vigie.toml"


def vigie(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["-c", str(settings), *words])


def test_incidents_are_listed_shown_taken_in_hand_and_put_off(settings: Path) -> None:
    listed = json.loads(vigie(settings, "alert", "list", "--json").stdout)
    one = next(one["id"] for one in listed if one["key"] == "missing mastodon/1")
    shown = vigie(settings, "alert", "show", str(one))
    for part in ("mastodon/1 is missing", "HTTP 503: ‹b›away‹/b›", "vigie fetch --night 2026-11-02", "no connection"):
        assert part in shown.stdout
    assert "in the hands of" in vigie(settings, "alert", "ack", str(one)).stdout
    assert "put off until" in vigie(settings, "alert", "snooze", str(one), "--for", "3d").stdout
    assert "in the hands of" in vigie(settings, "alert", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ack", "99"), "there is no open incident 99: vigie alert list shows them"),
        (("show", "99"), "there is no incident 99"),
        (("snooze", "1"), "say either --until YYYY-MM-DD or --for TIME"),
        (("snooze", "1", "--for", "soon"), "--for soon: write a number and m, h, d or w, like 3d"),
        (("snooze", "1", "--until", "2020-01-01"), "that is over already"),
        (("test", "mail"), "mail is no channel: there are chat"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(settings: Path, words: tuple[str, ...], told: str) -> None:
    done = vigie(settings, "alert", *words)
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())


def test_a_test_of_a_channel_that_is_down_says_so(settings: Path) -> None:
    done = vigie(settings, "alert", "test")
    assert done.exit_code == 1
    assert "no connection, or not accepted" in done.stdout


def test_the_messages_of_a_day_are_counted_once_however_many_channels_they_go_to(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        second = '[[alerts.channels]]\nname = "second"\nurl = "env:CHAT"\n'
        project = brands.brand(tmp_path, url, more=second)
        brands.land(project, "bluesky/atelier.example", NIGHT)
        brands.fail(project, "mastodon/1", NIGHT)
        with pytest.raises(NightBroken):
            steps.tell(project, NIGHT, readers=False, now=lambda: MORNING)
    assert len(inbox.requests) == 2
    assert steps.told_by_night(project, NIGHT, date(2026, 11, 3)) == {NIGHT: 0, date(2026, 11, 3): 1}


def test_the_doctor_tells_what_nobody_would_hear(settings: Path, tmp_path: Path) -> None:
    project = brands.brand(settings.parent, "json://127.0.0.1:9")
    found = {(one.state, one.subject): one.message for one in alerts(project.settings)}
    assert found["warn", "chat"] == "1 messages wait for it: no connection, or not accepted"
    silent = tmp_path / "other"
    silent.mkdir()
    lonely = steps.open_project(brands.write(silent, 'severities = ["info"]\n'), {}, require_secrets=False)
    found = {(one.state, one.subject): one.message for one in alerts(lonely.settings)}
    assert found["fail", "chat"] == "its secret is not there: nothing can be sent"
    assert found["warn", "rules"].startswith("no channel takes expectation_critical, step_failed, night_not_started")
    text = brands.SETTINGS.format(language="en").partition("[[alerts")[0]
    (silent / "vigie.toml").write_text(text)
    (only,) = alerts(steps.open_project(silent / "vigie.toml", {}, require_secrets=False).settings)
    assert (only.state, only.message) == ("warn", "nobody is told when a night breaks")
