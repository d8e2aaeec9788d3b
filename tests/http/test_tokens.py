"""Access tokens are renewed in time and once when they expire; nothing is lost, doubled or shown."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ConfigError, SourceChanged, SourceUnavailable, TokenExpired
from pipeline.http import Expiry, Grant, Session, Token, judge_status, known_expiry, redact
from pipeline.settings import Secret
from pipeline.sources._answers import guarded
from pipeline.streams import Page
from tests.http.granting import ALL, CONFIGURED, LIFE, Granting, account, judge, read, session
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


def pages_asked(platform: Granting) -> list[int]:
    return [int(asked.query["page"]) for asked in platform.server.asked if asked.path == "/pages"]


def test_a_refresh_token_alone_gets_an_access_token_at_the_first_use(platform: Granting, tmp_path: Path) -> None:
    with session(platform.server.base, tmp_path) as http:
        assert read(http) == ALL
    assert platform.renewals == 1
    assert [asked.path for asked in platform.server.asked[:2]] == ["/token", "/pages"]


def test_the_next_session_goes_on_with_what_was_granted(platform: Granting, tmp_path: Path) -> None:
    for _ in range(3):
        with session(platform.server.base, tmp_path) as http:
            assert read(http) == ALL
    assert platform.renewals == 1


@pytest.mark.parametrize(("share", "renewals"), [(0.5, 1), (0.69, 1), (0.71, 2), (0.99, 2)])
def test_a_token_is_renewed_when_70_percent_of_its_life_has_passed(
    platform: Granting, tmp_path: Path, share: float, renewals: int
) -> None:
    with session(platform.server.base, tmp_path) as http:
        read(http)
        platform.pass_time(share * LIFE)
        # The first request tells the time, the second one knows it.
        http.get("pages", judge=judge)
        http.get("pages", judge=judge)
    assert platform.renewals == renewals


@pytest.mark.parametrize(
    "expired",
    [Reply({"error": "expired"}, 401), Reply({"error": "ExpiredToken", "message": "Token has expired"}, 400)],
    ids=["401", "400 of Bluesky"],
)
def test_a_token_that_ends_between_page_7_and_8_is_renewed_and_page_8_comes_once(
    platform: Granting, tmp_path: Path, expired: Reply
) -> None:
    platform.expired = expired
    with session(platform.server.base, tmp_path) as http:
        found = read(http, between=lambda page: platform.pass_time(LIFE) if page == 8 else None)
    assert found == ALL
    assert pages_asked(platform) == [1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12]
    assert platform.renewals == 2


def test_a_token_that_ends_inside_the_retries_of_a_page_does_not_use_them_up(
    platform: Granting, tmp_path: Path
) -> None:
    answer, away = platform.server.answers, [Reply({}, 503)] * 3
    with session(platform.server.base, tmp_path) as http:
        http.get("pages", judge=judge)
        platform.server.answers = lambda asked: away.pop() if away and asked.path == "/pages" else answer(asked)
        platform.ends = 0
        assert read(http) == ALL
    assert platform.renewals == 2


def test_a_token_that_is_refused_although_it_is_new_says_what_to_renew(platform: Granting, tmp_path: Path) -> None:
    with session(platform.server.base, tmp_path) as http:
        http.get("pages", judge=judge)
        platform.server.answers = lambda asked: (
            platform._renewed(asked) if asked.path == "/token" else Reply({"error": "revoked"}, 401)
        )
        with pytest.raises(TokenExpired) as error:
            http.get("pages", judge=judge)
    assert platform.renewals == 2
    assert str(error.value).startswith("x 104001 (127.0.0.1): connect the account again: sign in to the platform")
    assert "put the new token into env:X_REFRESH_TOKEN" in str(error.value)


def test_a_refresh_token_that_is_refused_says_what_to_renew(platform: Granting, tmp_path: Path) -> None:
    platform.refresh = "another"
    with session(platform.server.base, tmp_path) as http, pytest.raises(TokenExpired) as error:
        read(http)
    text = str(error.value)
    assert text.startswith("x 104001 (127.0.0.1): connect the account again")
    assert text.endswith('HTTP 400: {"error": "invalid_grant", "error_description": "the refresh token is not valid"}')
    assert text.count("127.0.0.1") == 1


def test_a_token_without_renewal_says_what_to_renew(platform: Granting) -> None:
    told = account(platform.server.base, None)
    token = Token(told, access=Secret("env:X_TOKEN", "access-token-that-was"))
    with (
        Session(platform="x", account="104001", night=None, base=platform.server.base, token=token) as http,
        pytest.raises(TokenExpired, match="put the new token into env:X_TOKEN"),
    ):
        http.get("pages", judge=judge_status)
    assert len(platform.server.asked) == 1


def test_a_renewal_that_fails_while_the_token_lives_is_left_to_the_next_session(
    platform: Granting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = platform.server.answers
    with session(platform.server.base, tmp_path) as http:
        read(http)
        platform.pass_time(0.8 * LIFE)
        platform.server.answers = lambda asked: Reply({}, 503) if asked.path == "/token" else answer(asked)
        assert read(http) == ALL
    assert "the token ends 2026-11-03 05:00 UTC" in caplog.text
    assert sum(asked.path == "/token" for asked in platform.server.asked) == 1 + 4
    platform.server.answers = answer
    with session(platform.server.base, tmp_path) as http:
        http.get("pages", judge=judge)
        http.get("pages", judge=judge)
    assert platform.renewals == 2


def test_a_platform_that_is_away_while_no_token_lives_is_away(platform: Granting, tmp_path: Path) -> None:
    platform.server.answers = lambda _: Reply({}, 503)
    with session(platform.server.base, tmp_path) as http, pytest.raises(SourceUnavailable, match="HTTP 503"):
        read(http)


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
        shown = f"{http.token} {Grant('access-token-0001', refresh='refresh-token-0001')} {caplog.text}"
    assert isinstance(first, Page)
    assert isinstance(second, Page)
    assert b"".join(first.records) == b'{"next": "https://x/?t=***"}{"id": "access-token-0002"}'
    assert b"".join(second.records) == b'{"next": "https://x/?t=***"}{"id": "***"}'
    assert "-token-000" not in shown
    assert redact("it was access-token-0002 after refresh-token-0002") == "it was [redacted] after [redacted]"


def test_a_token_may_stand_bare_in_a_header_of_its_own(platform: Granting) -> None:
    token = Token(
        account(platform.server.base, None), access=Secret("env:T", "act.12345678"), header="Access-Token", scheme=""
    )
    platform.server.answers = lambda _: Reply({})
    with Session(platform="tiktok", account="1", night=None, base=platform.server.base, token=token) as http:
        http.get("pages", judge=judge_status)
    assert platform.server.asked[0].headers["access-token"] == "act.12345678"
    assert "authorization" not in platform.server.asked[0].headers


@pytest.mark.parametrize("access", ["", " a", "a\r\nX-Evil: 1", "é", "a\x00"])
def test_a_new_token_that_no_header_can_carry_is_a_change_of_the_platform(access: str, platform: Granting) -> None:
    told = account(platform.server.base, None)
    token = Token(told, refresh=told.secrets["refresh_token"], renew=lambda *_: Grant(access))
    with (
        Session(platform="x", account="1", night=None, base=platform.server.base, token=token) as http,
        pytest.raises(SourceChanged, match="cannot be sent in a header"),
    ):
        http.get("pages", judge=judge_status)


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
