"""A refresh token's end is in the calendar, a month before with a warning, and says what to do when it has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeline.doctor import Finding
from pipeline.doctor.calendar import calendar
from pipeline.doctor.credentials import check
from pipeline.settings import Account, Settings, read
from pipeline.streams import Source
from tests.http.granting import CONFIGURED, LIFE, START, Granting, account, session
from tests.http.granting import read as read_pages


@pytest.fixture
def platform() -> Iterator[Granting]:
    platform = Granting()
    with platform.server:
        yield platform


def told_of(told: Account) -> Any:
    """Settings with that account alone."""
    return SimpleNamespace(accounts=(told,), zone=UTC)


def examined(platform: Granting, state: Path, days: int = 0) -> tuple[Finding, Finding]:
    """What the doctor says of one account of a source that has nothing but its pages: asked, and its calendar."""
    source = SimpleNamespace(
        CREDENTIALS=(),
        open_session=lambda told, *_: session(told.base, state),
        check=lambda _, http: f"{len(read_pages(http))} records",
    )
    settings, known = told_of(account(platform.server.base, state)), {"x": cast("Source", source)}
    (asked,) = check(settings, known)
    (dated,) = calendar(settings, known, datetime.fromtimestamp(START + days * 86400, UTC).date())
    return asked, dated


@pytest.mark.parametrize(
    ("days", "state", "left"), [(0, "ok", "in 365 days"), (334, "ok", "in 31 days"), (335, "warn", "in 30 days"),
                                (364, "warn", "tomorrow")]
)  # fmt: skip
def test_a_refresh_token_is_told_of_a_month_before_it_ends(
    platform: Granting, tmp_path: Path, days: int, state: str, left: str
) -> None:
    with session(platform.server.base, tmp_path) as http:
        read_pages(http)
    platform.pass_time(days * 86400)
    platform.ends = platform.now + LIFE
    asked, dated = examined(platform, tmp_path, days)
    assert (asked.state, asked.message) == ("ok", "120 records")
    assert (dated.state, dated.subject, dated.message) == (state, "x/104001", f"the refresh token ends {left}")
    assert str(dated.day) == "2027-11-03"
    assert dated.advice == "connect the account again, as its owner, before that day"


def test_a_refresh_token_that_has_ended_says_what_to_renew(platform: Granting, tmp_path: Path) -> None:
    platform.refresh = "another one"
    asked, dated = examined(platform, tmp_path)
    assert asked.state == "fail"
    assert "put the new token into env:X_REFRESH_TOKEN" in asked.message
    assert asked.advice == "renew the credential or its permission"
    assert CONFIGURED not in asked.message
    assert (dated.state, dated.day) == ("ok", None)


def test_a_token_that_was_replaced_in_the_settings_takes_its_end_with_it(platform: Granting, tmp_path: Path) -> None:
    with session(platform.server.base, tmp_path) as http:
        read_pages(http)
    day = datetime.fromtimestamp(START, UTC).date()
    source = {"x": cast("Source", SimpleNamespace())}
    (old,) = calendar(told_of(account(platform.server.base, tmp_path)), source, day)
    (new,) = calendar(told_of(account(platform.server.base, tmp_path, "a token of today")), source, day)
    assert (old.day is not None, new.day) == (True, None)


def test_nothing_of_a_token_is_in_the_calendar(platform: Granting, tmp_path: Path) -> None:
    with session(platform.server.base, tmp_path) as http:
        read_pages(http)
    shown = str(examined(platform, tmp_path))
    assert not [token for token in (CONFIGURED, platform.refresh, platform.access) if token in shown]


def brand(folder: Path, **lines: str) -> tuple[Settings, dict[str, Source]]:
    """Settings with one account of each platform that is named, with its own lines."""
    from pipeline import sources

    known = {name: sources.module(name) for name in sources.names()}
    text = 'brand = "A"\nreporting_currency = "EUR"\ntime_zone = "Europe/Paris"\nlanguage = "en"\n'
    text += '[paths]\nlanding = "l"\nwarehouse = "w.duckdb"\npublication = "p"\n'
    for platform, own in lines.items():
        text += f'[[sources.{platform}]]\nid = "1"\ntoken = "env:TOKEN"\n{own}\n'
    file = folder / "vigie.toml"
    file.write_text(text, encoding="utf-8")
    return read(file, {"TOKEN": "canary"}, known), known


def found(folder: Path, day: str, **lines: str) -> list[tuple[str, str, str]]:
    today = datetime.fromisoformat(day).date()
    return [(one.state, one.subject, one.message) for one in calendar(*brand(folder, **lines), today)]


def test_versions_end_as_their_platforms_announced(tmp_path: Path) -> None:
    old = 'base = "https://graph.facebook.com/v22.0"'
    assert found(tmp_path, "2027-04-20", facebook=old, linkedin='version = "202608"') == [
        ("warn", "facebook/1", "version v22.0 of the API ends in 30 days"),
        ("ok", "linkedin/1", "version 202608 of the API ends in 117 days"),
    ]
    assert found(tmp_path, "2027-05-21", instagram='base = "https://graph.facebook.com/v22.0"') == [
        ("fail", "instagram/1", "version v22.0 of the API ended 1 day ago")
    ]


def test_a_version_without_an_announced_end_and_one_that_is_none_are_in_no_calendar(tmp_path: Path) -> None:
    silent = [("ok", "", "nothing is known to end; token_expires tells of a token that ends unseen")]
    assert found(tmp_path, "2026-11-03", facebook="", linkedin='version = "soon"') == silent


def test_a_person_can_say_when_a_token_ends(tmp_path: Path) -> None:
    lines = "token_expires = 2026-11-03"
    assert found(tmp_path, "2026-11-03", facebook=lines) == [("warn", "facebook/1", "the token ends today")]
    assert found(tmp_path, "2026-11-05", facebook=lines) == [("fail", "facebook/1", "the token ended 2 days ago")]
