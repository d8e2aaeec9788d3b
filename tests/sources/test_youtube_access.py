"""YouTube: who may ask, what is spent, and what each refusal means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import (
    ConfigError,
    QuotaExhausted,
    SourceChanged,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import QUICK, fetch, unit
from tests.sources.tube import ACCESS, ME, Tube, error, owner, read, stranger, thread, video

# --- who asks ---


def test_a_key_shows_what_is_public_and_says_why_there_is_no_more(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos, tube.threads = [video(1)], [thread(1)]
    found = fetch(stranger(server))
    assert {"channel", "posts", "comment_threads"} == found.delivered()
    assert set(found.absent) == {"channel_days", "video_totals"}
    assert "an API key shows only what is public" in found.absent["channel_days"]
    assert {asked.headers.get("x-goog-api-key") for asked in server.asked} == {"api-key-dddd-eeee"}
    assert not [asked for asked in server.asked if "key" in asked.query]


def test_without_any_credential_it_is_told_what_is_needed(server: Loopback) -> None:
    with pytest.raises(ConfigError, match="refresh_token with client_id and client_secret is needed, or key"):
        fetch(replace(stranger(server), secrets={}))
    with pytest.raises(ConfigError, match="refresh_token needs client_id and client_secret"):
        fetch(owner(server, client_id=""))


def test_the_owner_signs_in_with_the_refresh_token_and_both_faces_get_the_access(server: Loopback) -> None:
    tube = Tube(server)
    read(server)
    (grant,) = tube.asked("/oauth/token")
    told = {name: grant.form[name] for name in ("grant_type", "client_id", "client_secret", "refresh_token")}
    assert set(told.values()) == {"refresh_token", "104.apps.example", "client-secret-bbbb", "refresh-token-aaaa"}
    others = [asked for asked in server.asked if asked.path != "/oauth/token"]
    assert {asked.headers["authorization"] for asked in others} == {f"Bearer {ACCESS}"}
    assert not [asked for asked in server.asked if "token" in "".join(asked.query)]


def test_an_access_token_that_ends_in_the_middle_is_renewed_once(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(1)]

    def answers(asked: Asked) -> Reply:
        if asked.path == "/videos" and tube.accepted == ACCESS:
            tube.accepted = "access-token-newer"
        if asked.path == "/oauth/token":
            return Reply({"access_token": tube.accepted, "expires_in": 3599, "token_type": "Bearer"})
        return tube.answer(asked)

    server.answers = answers
    assert len(read(server).records("posts")) == 1
    assert len(tube.asked("/oauth/token")) == 2


def test_a_refresh_token_that_died_says_that_testing_kills_it_and_what_to_do(server: Loopback) -> None:
    said = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    Tube(server).instead["/oauth/token"] = Reply(said, 400)
    with pytest.raises(TokenExpired) as caught:
        read(server)
    for word in ("Testing", "seven days", "publish the app", "expired or revoked", "refresh_token"):
        assert word in str(caught.value)
    assert "refresh-token-aaaa" not in str(caught.value)


def test_a_wrong_app_is_told_apart_from_a_dead_token(server: Loopback) -> None:
    Tube(server).instead["/oauth/token"] = Reply({"error": "invalid_client"}, 401)
    with pytest.raises(SourceRefused, match="check client_id and client_secret"):
        read(server)


# --- what each refusal means ---


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error("rateLimitExceeded", 403), SourceUnavailable, "rateLimitExceeded"),
        (error("userRateLimitExceeded", 403), SourceUnavailable, "userRateLimitExceeded"),
        (error("rateLimitExceeded", 429), SourceUnavailable, "rateLimitExceeded"),
        (error("backendError", 503), SourceUnavailable, "backendError"),
        (error("internalError", 500), SourceUnavailable, "internalError"),
        (Reply(b"<html>Sorry</html>", 200), SourceUnavailable, "maintenance page"),
        (error("quotaExceeded", 403), QuotaExhausted, "midnight, Pacific"),
        (error("dailyLimitExceeded", 403), QuotaExhausted, "midnight, Pacific"),
        (error("keyInvalid", 400), SourceRefused, "check the API key"),
        (error("keyExpired", 400), SourceRefused, "renew the API key"),
        (error("accessNotConfigured", 403), SourceRefused, "enable the YouTube Data API v3"),
        (error("insufficientPermissions", 403), SourceRefused, "grant the scopes"),
        (error("channelSuspended", 403), SourceRefused, "suspended"),
        (error("forbidden", 403), SourceRefused, "sign in as the owner"),
        (error("authError", 401), TokenExpired, "renew|connect"),
        (error("badRequest", 400), SourceChanged, "badRequest"),
        (error("invalidPageToken", 400), SourceChanged, "invalidPageToken"),
    ],
)
def test_every_error_has_one_meaning(server: Loopback, reply: Reply, kind: type[Exception], words: str) -> None:
    Tube(server).instead["/playlistItems"] = reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"youtube {ME}, night 2026-11-02")
    assert ACCESS not in str(caught.value)


def test_the_quota_comes_back_at_the_next_midnight_on_the_pacific_coast(server: Loopback) -> None:
    Tube(server).instead["/playlistItems"] = error("quotaExceeded", 403)
    # 20:00 on 31 October there; that night the clocks go back.
    server.date = "Sun, 01 Nov 2026 03:00:00 GMT"
    with pytest.raises(QuotaExhausted) as caught:
        read(server)
    assert caught.value.resets_at == datetime(2026, 11, 1, 7, tzinfo=UTC)
    server.date = "Sun, 01 Nov 2026 18:00:00 GMT"
    with pytest.raises(QuotaExhausted) as caught:
        read(server)
    assert caught.value.resets_at == datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_units_are_counted_because_no_header_tells_them(server: Loopback, tmp_path: Path) -> None:
    tube = Tube(server)
    there = replace(owner(server), state=tmp_path)
    (tmp_path / "budgets").mkdir()
    fetch(there)
    (books,) = (tmp_path / "budgets").glob("youtube-*.json")
    spent = 10_000 - len([a for a in server.asked if a.path in ("/channels", "/playlistItems", "/commentThreads")])
    assert f'"remaining":{spent}' in books.read_text(encoding="utf-8").replace(".0,", ",")
    # 9,800 of 10,000 are spent: what is left is kept, and nothing is asked any more.
    books.write_text(books.read_text(encoding="utf-8").replace(f'"remaining":{spent}', '"remaining":200'), "utf-8")
    before = len(tube.asked("/channels"))
    with pytest.raises(QuotaExhausted) as caught:
        fetch(there, unit(there), replace(QUICK, patience=0))
    assert caught.value.resets_at == datetime(2026, 11, 3, 8, tzinfo=UTC)
    # The first answer may have to tell the time.
    assert len(tube.asked("/channels")) <= before + 1
