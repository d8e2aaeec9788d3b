"""A channel that fails neither breaks nor holds up a night: its messages are kept, and another one stands in."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.alerts import open_store
from pipeline.alerts.outbox import LOCK
from pipeline.alerts.sending import Message, send
from tests.alerts.receivers import Inbox, Postbox, free_port
from tests.alerts.telling import Brand, channel, missing

SECRET = "s3cret-path"


def test_a_channel_that_fails_is_told_later_what_it_missed_and_the_one_that_stands_in_at_once(tmp_path: Path) -> None:
    chat, mail = Inbox(status=500), Postbox()
    with chat.open() as url, mail.open() as port:
        brand = Brand(
            tmp_path,
            (
                channel("chat", url, fallback="mail"),
                channel("mail", f"mailto://127.0.0.1:{port}?from=v@example.org&to=a@example.org", severities=()),
            ),
        )
        first = brand.night(0, missing())
        assert [(one.channel, one.error) for one in first] == [("chat", "HTTP 500"), ("mail", None)]
        assert len(mail.messages) == 1
        # Before it is due again nobody asks; then, once.
        assert brand.night(0, missing(), hours=0.05) == ()
        chat.status = 200
        brand.night(0, missing(), hours=1)
        brand.night(0, missing(), hours=2)
    assert [request.content["title"] for request in chat.requests] == ["Atelier: matomo/1 is missing"] * 2
    # Tried twice with one mark: a receiver that looks at it shows it once.
    assert len({request.headers["Idempotency-Key"] for request in chat.requests}) == 1
    assert len(mail.messages) == 1
    assert {(one.channel, one.state, one.attempts) for one in brand.messages()} == {
        ("chat", "delivered", 2), ("mail", "delivered", 1),
    }  # fmt: skip


@pytest.mark.parametrize("fault", ["nobody listens", "it hangs", "no such host"])
def test_a_channel_that_is_away_or_hangs_costs_a_night_little_and_silences_no_other(tmp_path: Path, fault: str) -> None:
    chat, slow = Inbox(), Inbox(seconds=30.0)
    with chat.open() as good, slow.open() as hanging:
        bad = {
            "nobody listens": f"json://127.0.0.1:{free_port()}/{SECRET}",
            "it hangs": hanging,
            "no such host": f"jsons://nowhere.invalid/{SECRET}",
        }[fault]
        brand = Brand(tmp_path, (channel("bad", bad), channel("chat", good)), timeout=2)
        began = time.monotonic()
        done = brand.night(0, missing(), missing("x/1"))
        assert time.monotonic() - began < 2 * (2 + 20)
    assert {one.channel: one.error for one in done} == {
        "bad": "no answer in time" if fault == "it hangs" else "no connection, or not accepted",
        "chat": None,
    }
    assert len(chat.requests) == 1
    waiting = [one for one in brand.messages() if one.state == "due"]
    assert [one.channel for one in waiting] == ["bad"]
    # Whoever did not answer may have it all the same.
    assert ("It may have come before" in waiting[0].body) == (fault == "it hangs")


def test_a_digest_that_never_arrived_makes_room_for_the_next(tmp_path: Path) -> None:
    chat = Inbox()
    with chat.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        brand.night(0, missing())
        chat.status = 503
        for number in (1, 2, 3):
            brand.night(number, missing())
        chat.status = 200
        chat.requests.clear()
        brand.night(4, missing())
    assert [request.content["message"].splitlines()[2] for request in chat.requests] == [
        "  since: the night of 2026-11-02, 4 days ago"
    ]
    assert [one.state for one in brand.messages()] == ["delivered", *["superseded"] * 3, "delivered"]


def test_after_a_week_a_message_is_given_up(tmp_path: Path) -> None:
    brand = Brand(tmp_path, (channel("chat", f"json://127.0.0.1:{free_port()}"),))
    brand.night(0, missing())
    brand.night(8)
    assert [(one.kind, one.state) for one in brand.messages()] == [("begin", "given_up"), ("over", "due")]


def test_a_channel_that_left_the_settings_is_forgotten(tmp_path: Path) -> None:
    Brand(tmp_path, (channel("chat", f"json://127.0.0.1:{free_port()}"),)).night(0, missing())
    brand = Brand(tmp_path, ())
    assert brand.night(0, missing(), hours=1) == ()
    assert [(one.state, one.error) for one in brand.messages()] == [
        ("given_up", "no channel of the settings has this name")
    ]


def test_while_another_process_sends_nothing_is_sent_twice(tmp_path: Path) -> None:
    import fcntl

    chat = Inbox()
    with chat.open() as url, (tmp_path / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        brand = Brand(tmp_path, (channel("chat", url),))
        assert brand.night(0, missing()) == ()
        assert chat.requests == []
        assert [one.state for one in brand.messages()] == ["due"]


def test_a_redirect_is_not_followed_wherever_it_leads(tmp_path: Path) -> None:
    elsewhere = Inbox()
    with elsewhere.open() as target:
        here = Inbox(status=307, location=target)
        with here.open() as url:
            for address in (url, f"{url.replace('http', 'json', 1)}?redirect=yes"):
                assert hand_over(address) == "HTTP 307"
    assert len(here.requests) == 2
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://example.org/s3cret-path", "the address is not encrypted"),
        ("json://example.org/s3cret-path", "the address is not encrypted"),
        ("mmost://example.org/s3cretpath0000000000000000", "the address is not encrypted"),
        ("ntfy://example.org/s3cret-path", "the address is not encrypted"),
        ("mailto://me:s3cret-path@example.org:2525?to=a@example.org", "would travel in clear"),
        ("nothing://s3cret-path", "none that Apprise knows"),
        ("slack://s3cret-path", "none that Apprise knows"),
    ],
)
def test_nothing_goes_out_in_clear_beyond_this_machine(
    url: str, told: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        error = hand_over(url)
    assert error is not None
    assert told in error
    assert SECRET not in error + caplog.text + "".join(capfd.readouterr())


def test_neither_store_nor_log_nor_error_ever_hold_an_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(1):
        done = Brand(tmp_path, (channel("chat", f"json://u:{SECRET}@127.0.0.1:{free_port()}/{SECRET}"),)).night(
            0, missing()
        )
    assert done[0].error == "no connection, or not accepted"
    assert SECRET not in caplog.text + "".join(capfd.readouterr())
    assert all(SECRET.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_channel_without_its_secret_is_kept_waiting(tmp_path: Path) -> None:
    brand = Brand(tmp_path, (channel("chat", None),))
    assert [one.error for one in brand.night(0, missing())] == ["its secret is not there"]
    with open_store(tmp_path) as store:
        assert store.value("select next_at from message") > datetime(2026, 11, 3, 5, tzinfo=UTC).strftime("%FT%TZ")


def hand_over(url: str) -> str | None:
    return send(channel("chat", url), Message("mark", "begin", "critical", "title", "body"), timeout=5)
