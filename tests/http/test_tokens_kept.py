"""Where renewed tokens are kept, what wins when a person changes them, and that nobody ever sees one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.http import Expiry, Grant, Session, judge_status, known_expiry, redact
from pipeline.settings import Secret
from pipeline.sources._answers import guarded
from pipeline.streams import Page
from tests.http.granting import ALL, CONFIGURED, LIFE, Granting, account, read, session
from tests.sources.loopback import Asked, Reply


@pytest.fixture
def platform() -> Iterator[Granting]:
    platform = Granting()
    with platform.server:
        yield platform


def stored(state: Path) -> dict[str, object]:
    (file,) = (state / "tokens").glob("*.json")
    found: dict[str, object] = json.loads(file.read_text("utf-8"))
    return found


def test_a_credential_that_a_person_changed_wins_over_what_was_granted(platform: Granting, tmp_path: Path) -> None:
    with session(platform.server.base, tmp_path) as http:
        read(http)
    platform.refresh = "refresh-token-of-today"
    with session(platform.server.base, tmp_path, "refresh-token-of-today") as http:
        assert read(http) == ALL
    assert platform.renewals == 2
    assert stored(tmp_path)["refresh"] == "refresh-token-0002"


@pytest.mark.parametrize("damage", [b"", b"{", b'{"access": 7}', b"\xff" * 99])
def test_a_damaged_file_is_told_and_the_settings_are_used(
    platform: Granting, tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with session(platform.server.base, tmp_path) as http:
        read(http)
    (file,) = (tmp_path / "tokens").glob("*.json")
    file.write_bytes(damage)
    platform.refresh = CONFIGURED
    with session(platform.server.base, tmp_path) as http:
        assert read(http) == ALL
    assert "cannot be read: the credential of the settings is used" in caplog.text


def test_a_folder_that_cannot_be_written_is_told_before_the_platform_rotates(
    platform: Granting, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text("a file where the folder should be")
    with session(platform.server.base, tmp_path) as http, pytest.raises(ConfigError, match="cannot be written"):
        read(http)
    assert platform.renewals == 0


def test_without_a_folder_tokens_live_in_memory(platform: Granting) -> None:
    with session(platform.server.base, None) as http:
        assert read(http) == ALL
        platform.pass_time(LIFE)
        assert read(http) == ALL
    assert platform.renewals == 2


def test_what_is_stored_is_for_its_owner_alone_and_named_by_no_account(platform: Granting, tmp_path: Path) -> None:
    with session(platform.server.base, tmp_path) as http:
        read(http)
    folder = tmp_path / "tokens"
    (file,) = folder.glob("*.json")
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert "104001" not in file.name
    assert CONFIGURED not in file.read_text("utf-8")
    assert not list(folder.glob("*.new"))


def test_the_calendar_tells_when_tokens_end_and_no_token(platform: Granting, tmp_path: Path) -> None:
    assert known_expiry(account(platform.server.base, tmp_path)) == ()
    with session(platform.server.base, tmp_path) as http:
        read(http)
    access, refresh = known_expiry(account(platform.server.base, tmp_path))
    assert (access.name, access.at.replace(microsecond=0)) == (
        "access token",
        datetime(2026, 11, 3, 5, tzinfo=UTC),
    )
    assert isinstance(refresh, Expiry)
    assert (refresh.name, refresh.at.date().isoformat()) == ("refresh token", "2027-11-03")


def test_no_token_is_shown_by_errors_logs_prints_or_records(
    platform: Granting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = account(platform.server.base, tmp_path)
    with session(platform.server.base, tmp_path) as http:
        page = Page("posts", [b'{"next": "https://x/?t=access-token-0001"}', b'{"id": "access-token-0002"}'])
        kept = guarded(told, http, iter([page, page]))
        read(http)
        first = next(kept)
        platform.pass_time(LIFE)
        read(http)
        second = next(kept)
        grant = Grant("access-token-0001", refresh="refresh-token-0001")
        shown = f"{http.token} {http.token and http.token._kept} {grant} {caplog.text}"
    assert isinstance(first, Page)
    assert isinstance(second, Page)
    assert b"".join(first.records) == b'{"next": "https://x/?t=***"}{"id": "access-token-0002"}'
    assert b"".join(second.records) == b'{"next": "https://x/?t=***"}{"id": "***"}'
    assert "-token-000" not in shown
    assert redact("it was access-token-0002 after refresh-token-0002") == "it was [redacted] after [redacted]"


def test_a_json_body_reveals_its_secrets_to_the_platform_alone(platform: Granting) -> None:
    bodies: list[str] = []

    def answers(asked: Asked) -> Reply:
        bodies.extend(asked.form)
        return Reply({})

    platform.server.answers = answers
    with Session(platform="tiktok", account="1", night=None, base=platform.server.base) as http:
        body = {"client": Secret("env:C", "secret-of-the-app"), "more": [{"n": 1, "t": Secret("env:D", "deep-secret")}]}
        http.post("token", json=body, judge=judge_status)
    assert platform.server.asked[0].headers["content-type"] == "application/json"
    assert json.loads(bodies[0]) == {"client": "secret-of-the-app", "more": [{"n": 1, "t": "deep-secret"}]}
    assert redact("secret-of-the-app, deep-secret") == "[redacted], [redacted]"
