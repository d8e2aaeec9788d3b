"""An incident is told once, every day while it lasts, and once when it is over: by every channel that takes it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.alerts import Finding, acknowledge, open_store, snooze
from tests.alerts.receivers import Inbox, Postbox
from tests.alerts.telling import Brand, channel, missing


def kinds(inbox: Inbox) -> list[str]:
    """What each message is, by its title."""
    starts = {"Atelier: still open": "digest", "Atelier: over": "over"}
    return [
        next((kind for start, kind in starts.items() if title.startswith(start)), "begin") for title in inbox.titles
    ]


def test_the_same_failure_for_ten_nights_is_one_alert_daily_digests_and_one_note_that_it_is_over(
    tmp_path: Path,
) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        for number in range(10):
            brand.night(number, missing())
            brand.night(number, missing(), hours=2)  # the same night, run again
        brand.night(10)
        brand.night(11)
    assert kinds(inbox) == ["begin", *["digest"] * 9, "over"]
    last = inbox.requests[-2].content["message"]
    assert "since: the night of 2026-11-02, 9 days ago" in last
    assert "it began on the night of 2026-11-02" in inbox.requests[-1].content["message"]


def test_a_message_says_what_since_when_what_it_touches_why_and_where_to_look(tmp_path: Path) -> None:
    inbox = Inbox()
    told = missing(touches="in the 28 days to 2026-11-01 it had 888 of 1,888 visits (47 %)", cause="it was away")
    with inbox.open() as url:
        assert [one.error for one in Brand(tmp_path, (channel("chat", url),)).night(0, told)] == [None]
    (request,) = inbox.requests
    assert request.content["title"] == "Atelier: matomo/1 is missing"
    assert request.content["message"].splitlines() == [
        "- #1 warning: matomo/1 is missing",
        "  SourceUnavailable: HTTP 503",
        "  since: the night of 2026-11-02",
        "  touches: in the 28 days to 2026-11-01 it had 888 of 1,888 visits (47 %)",
        "  likely cause: it was away",
        "  look further: vigie fetch --source matomo",
        "vigie alert ack 1 says that somebody has it in hand.",
        "Report: /r/report.html",
    ]


def test_a_broken_night_is_mailed_through_a_real_server_in_french(tmp_path: Path) -> None:
    box = Postbox()
    with box.open() as port:
        url = f"mailto://127.0.0.1:{port}?from=vigie@example.org&to=a@example.org,b@example.org"
        done = Brand(tmp_path, (channel("mail", url),), language="fr").night(0, missing())
    assert [one.error for one in done] == [None]
    assert {str(mail["To"]) for mail in box.messages} == {"a@example.org", "b@example.org"}
    for mail in box.messages:
        assert mail["Subject"] == "Atelier : matomo/1 is missing"
        assert mail.get_content_type() == "text/plain"
        assert "depuis : la nuit du 2026-11-02" in mail.get_content()
        assert "Rapport : /r/report.html" in mail.get_content()


def test_several_incidents_of_a_night_are_one_message_the_worst_first(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        brand.night(0, missing("x/1"), missing("y/2", severity="critical"), *(missing(f"z/{n}") for n in range(9)))
    (request,) = inbox.requests
    assert request.content["title"] == "Atelier: 11 new incidents"
    assert request.content["type"] == "failure"
    lines = request.content["message"].splitlines()
    assert lines[0].startswith("- #2 critical: y/2")
    assert "and 3 more: vigie alert list" in lines


def test_a_night_without_trouble_says_nothing(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        assert Brand(tmp_path, (channel("chat", url),)).night(0) == ()
    assert inbox.requests == []


def test_what_could_not_be_looked_at_is_not_over(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        brand.night(0, missing())
        brand.night(1, checked=("disk_low",))
        brand.night(2)
    assert kinds(inbox) == ["begin", "digest", "over"]


def test_an_earlier_night_that_is_run_again_says_nothing_of_today(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        brand.night(3, missing())
        brand.night(1, hours=48)
        brand.night(2, missing("x/1"), hours=24)
    assert kinds(inbox) == ["begin"]
    assert [one.ended_at for one in brand.incidents()] == [None]


def test_whoever_has_it_in_hand_hears_no_digest_until_it_is_worse_or_over(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        brand.night(0, missing())
        with open_store(tmp_path) as store:
            assert acknowledge(store, 1, "ada", datetime(2026, 11, 3, 8, tzinfo=UTC)) is not None
            assert acknowledge(store, 7, "ada", datetime(2026, 11, 3, 8, tzinfo=UTC)) is None
        brand.night(1, missing())
        brand.night(2, missing())
        assert kinds(inbox) == ["begin"]
        brand.night(3, missing(severity="critical"))
        assert kinds(inbox) == ["begin", "begin"]
        brand.night(4, missing(severity="critical"))
        brand.night(5)
    assert kinds(inbox) == ["begin", "begin", "digest", "over"]


def test_what_was_put_off_is_told_again_from_that_day_on(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        brand.night(0, missing())
        with open_store(tmp_path) as store:
            snooze(store, 1, datetime(2026, 11, 6, tzinfo=UTC))
        for number in (1, 2, 3):
            brand.night(number, missing())
    assert [request.content["message"].splitlines()[2] for request in inbox.requests] == [
        "  since: the night of 2026-11-02",
        "  since: the night of 2026-11-02, 3 days ago",
    ]


def test_what_only_warns_comes_with_the_digest_and_again_after_a_week(tmp_path: Path) -> None:
    inbox = Inbox()
    warning = Finding("warns a", "expectation_warning", "a failed b, which only warns", "vigie validate")
    with inbox.open() as url:
        brand = Brand(tmp_path, (channel("chat", url),))
        for number in range(9):
            brand.night(number, warning)
        brand.night(9)
    assert kinds(inbox) == ["begin", "digest", "over"]


def test_a_rule_that_is_off_or_of_other_channels_is_not_heard(tmp_path: Path) -> None:
    chat, ops = Inbox(), Inbox()
    with chat.open() as first, ops.open() as second:
        both = (channel("chat", first), channel("ops", second, severities=("critical",), owners=("operations",)))
        Brand(tmp_path / "a", both, rules={"source_failed": {"on": False}}).night(0, missing())
        assert chat.requests == ops.requests == []
        routed = {"source_failed": {"severity": "critical", "channels": ("ops",)}}
        Brand(tmp_path / "b", both, rules=routed).night(0, missing())
        assert chat.requests == ops.requests == []  # nobody: ops takes only what operations owns
        routed["source_failed"]["owner"] = "operations"
        Brand(tmp_path / "c", both, rules=routed).night(0, missing())
        assert (len(chat.requests), len(ops.requests)) == (0, 1)
        Brand(tmp_path / "d", (channel("chat", first, brands=("Another",)),)).night(0, missing())
        assert chat.requests == []


def test_quiet_hours_hold_everything_back_but_what_is_critical(tmp_path: Path) -> None:
    inbox = Inbox()
    with inbox.open() as url:
        # 05:00 UTC is six in the morning of Paris, and two in the afternoon of Tokyo.
        brand = Brand(tmp_path / "a", (channel("chat", url, quiet_hours=((22 * 60, 7 * 60),)),))
        brand.night(0, missing())
        assert inbox.requests == []
        brand.night(0, missing(), hours=0.5)
        assert inbox.requests == []
        brand.night(0, missing(), missing("x/1", severity="critical"), hours=0.75)
        assert [request.content["title"] for request in inbox.requests] == ["Atelier: x/1 is missing"]
        brand.night(0, missing(), missing("x/1", severity="critical"), hours=2)
        assert len(inbox.requests) == 2
        awake = channel("chat", url, quiet_hours=((22 * 60, 7 * 60),), time_zone="Asia/Tokyo")
        Brand(tmp_path / "b", (awake,)).night(0, missing())
    assert len(inbox.requests) == 3
