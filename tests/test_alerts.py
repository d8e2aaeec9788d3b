"""A broken night is told once, by every channel, and its end is told once."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from pipeline.alerts import Finding, Told, tell
from pipeline.alerts.message import compose
from pipeline.settings import Alerts, Secret

NIGHT = date(2026, 11, 2)
LOST = Finding("missing matomo/1", "matomo/1 is missing: SourceUnavailable: HTTP 503", "vigie fetch --source matomo")


class Inbox:
    """A real webhook receiver on loopback: what it was posted, and the status it answers."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.posts = status, list[dict[str, Any]]()

    @contextmanager
    def open(self) -> Iterator[str]:
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                inbox.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(inbox.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook/s3cret-path"
        finally:
            server.shutdown()
            server.server_close()


class Postbox:
    """What the SMTP server on loopback was given."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 – aiosmtpd's name
        self.mails.append(envelope.content)
        return "250 accepted"


def told(alerts: Alerts, state: Path, *findings: Finding, night: date = NIGHT, language: str = "en") -> Told:
    return tell(alerts, findings, brand="Atelier", night=night, language=language, state=state, report="/r/report.html")


def hook(url: str) -> Alerts:
    return Alerts(webhook=Secret("env:HOOK", url))


def test_a_broken_night_is_posted_with_what_since_when_and_where_to_look(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        outcome = told(hook(url), tmp_path / "alerts.json", LOST)
    assert [d.error for d in outcome.deliveries] == [None]
    (post,) = inbox.posts
    assert post["state"] == "broken"
    assert post["subject"] == "Atelier: the night of 2026-11-02 is broken"
    for part in (
        "matomo/1 is missing",
        "since the night of 2026-11-02",
        "vigie fetch --source matomo",
        "/r/report.html",
    ):
        assert part in post["text"]


def test_the_same_trouble_is_told_once_though_the_night_is_run_again_and_lasts(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        for day in (2, 2, 2, 3, 4):
            told(hook(url), tmp_path / "alerts.json", LOST, night=date(2026, 11, day))
    assert len(inbox.posts) == 1


def test_the_end_is_told_once_with_the_night_it_began(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        told(hook(url), tmp_path / "alerts.json", LOST)
        told(hook(url), tmp_path / "alerts.json", night=date(2026, 11, 3))
        told(hook(url), tmp_path / "alerts.json", night=date(2026, 11, 4))
    assert [post["state"] for post in inbox.posts] == ["broken", "over"]
    assert "since the night of 2026-11-02" in inbox.posts[1]["text"]


def test_a_night_without_trouble_says_nothing(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        assert told(hook(url), tmp_path / "alerts.json").message is None
    assert inbox.posts == []


def test_a_channel_that_fails_is_tried_again_and_its_address_is_never_shown(tmp_path: Path) -> None:
    inbox = Inbox(status=500)
    with inbox.open() as url:
        first = told(hook(url), tmp_path / "alerts.json", LOST)
        inbox.status = 200
        told(hook(url), tmp_path / "alerts.json", LOST)
        told(hook(url), tmp_path / "alerts.json", LOST)
    assert len(inbox.posts) == 2
    assert first.deliveries[0].error == "127.0.0.1: HTTP 500"
    closed = told(hook(url), tmp_path / "other.json", LOST)
    assert "s3cret" not in str(closed)
    assert closed.deliveries[0].error == "127.0.0.1: ConnectionError"


def test_a_webhook_in_clear_to_another_host_is_refused(tmp_path: Path) -> None:
    outcome = told(hook("http://example.org/hook"), tmp_path / "alerts.json", LOST)
    assert outcome.deliveries[0].error == "the webhook's address is not https"


def test_a_broken_night_is_mailed_through_a_real_server_in_french(tmp_path: Path) -> None:
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        alerts = Alerts(
            smtp_host="127.0.0.1", smtp_port=port, smtp_starttls=False, mail_from="vigie@example.org",
            mail_to=("a@example.org", "b@example.org"),
        )  # fmt: skip
        outcome = told(alerts, tmp_path / "alerts.json", LOST, language="fr")
    finally:
        controller.stop()
    assert [d.error for d in outcome.deliveries] == [None]
    mail = message_from_bytes(box.mails[0], policy=policy.default)
    assert mail["Subject"] == "Atelier : la nuit du 2026-11-02 a échoué"
    assert mail["To"] == "a@example.org, b@example.org"
    assert mail.get_content_type() == "text/plain"
    assert "matomo/1 is missing" in mail.get_content()


def test_one_channel_down_does_not_silence_the_other(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        alerts = Alerts(webhook=Secret("env:HOOK", url), smtp_host="127.0.0.1", smtp_port=9, mail_to=("a@example.org",))
        outcome = told(alerts, tmp_path / "alerts.json", LOST)
    assert {d.channel: d.error is None for d in outcome.deliveries} == {"webhook": True, "email": False}
    assert len(inbox.posts) == 1


@pytest.mark.parametrize(
    "hostile",
    ["line\nbreak\r\nBcc: x@example.org", "\x1b[31mred", "\u202eright to left", "zero\u200bwidth", "x" * 10_000],
)
def test_a_hostile_sentence_stays_one_short_line(hostile: str) -> None:
    finding = [(hostile, "vigie status", "2026-11-02")]
    message = compose(finding, [], brand=hostile, night=NIGHT, language="en", report="r")
    assert "\n" not in message.subject
    assert "\r" not in message.text
    assert len(message.text.splitlines()) == 4
    assert not any(ord(c) < 32 and c != "\n" for c in message.text)
    assert "\u202e" not in message.text + message.subject
    assert max(map(len, message.text.splitlines())) < 500
