"""Access tokens are renewed in time and once when they expire; nothing is lost, doubled or shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import SourceChanged, SourceUnavailable, TokenExpired
from pipeline.http import Grant, Session, Token, judge_status
from pipeline.settings import Secret
from tests.http.granting import ALL, LIFE, Granting, account, judge, read, session
from tests.sources.loopback import Reply


@pytest.fixture
def platform() -> Iterator[Granting]:
    platform = Granting()
    with platform.server:
        yield platform


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
