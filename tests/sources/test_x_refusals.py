"""X: two dialects, refusals with one meaning each, answers that are not whole, tokens that rotate, settings."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import (
    ConfigError,
    QuotaExhausted,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.settings import Account
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import QUICK, check, fetch, unit
from tests.sources.x_service import ACCOUNT, PROBLEMS, Service, notes, post, posts, problem, read, response, there

# --- dialects ---


@pytest.mark.parametrize(("spoken", "set_to"), [("post", "tweet"), ("tweet", "post")])
def test_the_other_dialect_is_tried_once_and_remembered(server: Loopback, spoken: str, set_to: str) -> None:
    service = Service(server, posts(105))
    service.dialect = spoken
    found = read(server, dialect=set_to)
    assert len(found.records("posts")) == 105
    refused = [a for a in server.asked if f"{set_to}.fields" in a.query]
    assert len(refused) == 1
    assert f'set dialect = "{spoken}"' in notes(found, "dialect")[0]


def test_a_dialect_that_is_taken_is_not_changed(server: Loopback) -> None:
    Service(server, [post(1)]).dialect = "post"
    assert notes(read(server, dialect="post"), "dialect") == []


def test_a_request_that_neither_dialect_takes_is_an_error_of_the_first(server: Loopback) -> None:
    def refuse(asked: Asked) -> Reply | None:
        spoken = "tweet" if "tweet.fields" in asked.query else "post"
        return problem(400, "invalid-request", f"no {spoken}") if asked.path.endswith("/tweets") else None

    Service(server).before = refuse
    with pytest.raises(SourceChanged, match="no tweet"):
        read(server)


def test_in_the_words_of_posts_authors_come_by_expansion_and_are_paid_for(server: Loopback) -> None:
    service = Service(server, mentions=[response(1)])
    service.dialect = "post"

    def expand(asked: Asked) -> Reply | None:
        if not asked.path.endswith("/mentions") or "tweet.fields" in asked.query:
            return None
        assert asked.query["expansions"] == "author_id,referenced_posts"
        users = {"users": [{"id": "77001", "name": "Somebody", "username": "somebody"}]}
        return Reply({"data": [response(1)], "includes": users, "meta": {"result_count": 1}})

    service.before = expand
    found = read(server, dialect="post")
    assert "2 profiles" in notes(found, "reads_bought")[0]
    assert "somebody" not in json.dumps(found.records("mentions")).lower()


# --- what the platform refuses ---

TITLED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(TITLED, 401), TokenExpired, "put the new token into env:token"),
        (problem(403, "client-forbidden"), SourceRefused, "attach the app to a project"),
        (problem(403, "unsupported-authentication"), SourceRefused, 'set context = "app"'),
        (problem(403, "oauth1-permissions"), SourceRefused, "permission to read"),
        (problem(403, ""), SourceRefused, "give the token the permission"),
        (problem(400, "not-authorized-for-resource"), SourceRefused, "does not let this token read it"),
        (problem(429, "usage-capped"), QuotaExhausted, "the cap of reads"),
        (problem(402, "credits"), QuotaExhausted, "credits"),
        (problem(404, ""), SourceChanged, "HTTP 404"),
        (problem(500, "internal-error"), SourceUnavailable, "internal-error"),
        (problem(503, ""), SourceUnavailable, "HTTP 503"),
        (Reply(b"<html>Log in</html>"), SourceUnavailable, "login"),
        (Reply({"data": [1]}), SourceChanged, "the account"),
        (Reply({"errors": [{"type": f"{PROBLEMS}resource-not-found", "value": "1"}]}), SourceRefused, "check the id"),
    ],
)
def test_every_refusal_has_one_meaning(server: Loopback, reply: Reply, error: type[SourceError], words: str) -> None:
    server.answers = lambda _: reply
    with pytest.raises(error, match=words) as raised:
        read(server)
    assert "x-user-token-aaaa" not in str(raised.value)
    assert str(raised.value).startswith(f"x {ACCOUNT}, night 2026-11-02")


@pytest.mark.parametrize("kind", ["field-hydration-failure", "internal-error", "something-new", ""])
def test_an_answer_that_says_it_is_not_whole_is_never_accepted(server: Loopback, kind: str) -> None:
    fault = {"type": PROBLEMS + kind if kind else "", "title": "Oops", "detail": "half of it"}
    body = {"data": [post(1)], "errors": [fault], "meta": {"result_count": 1}}
    service = Service(server)
    service.before = lambda a: Reply(body) if a.path.endswith("/tweets") else None
    with pytest.raises(SourceUnavailable, match="not whole"):
        read(server)
    assert len(service.of("/tweets")) == QUICK.attempts


@pytest.mark.parametrize("part", ["/tweets", "/mentions"])
def test_a_list_that_is_empty_because_the_account_is_closed_is_no_empty_list(server: Loopback, part: str) -> None:
    fault = {"type": f"{PROBLEMS}not-authorized-for-resource", "parameter": "id", "detail": "protected"}
    Service(server).before = lambda a: Reply({"errors": [fault]}) if a.path.endswith(part) else None
    with pytest.raises(SourceRefused, match="protected"):
        read(server)


def test_a_limit_that_resets_soon_is_waited_for(server: Loopback) -> None:
    service = Service(server, [post(1)])
    reset = int(datetime(2026, 11, 3, 3, 0, 1, tzinfo=UTC).timestamp())
    headers = {"x-rate-limit-limit": "900", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}

    def once(asked: Asked) -> Reply | None:
        return Reply({"title": "Too Many Requests"}, 429, headers) if len(service.of("/tweets")) == 1 else None

    service.before = once
    found = there(server)
    assert len(fetch(found, unit(found), replace(QUICK, patience=5)).records("posts")) == 1
    assert len(service.of("/tweets")) == 2


def test_a_limit_that_resets_much_later_names_the_moment(server: Loopback) -> None:
    reset = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
    headers = {"x-rate-limit-limit": "900", "x-rate-limit-remaining": "0"}
    late = {**headers, "x-rate-limit-reset": str(int(reset.timestamp()))}
    server.answers = lambda _: Reply({"title": "Too Many Requests"}, 429, late)
    with pytest.raises(QuotaExhausted) as raised:
        read(server)
    assert raised.value.resets_at == reset


def test_numbers_as_texts_stay_as_they_came(server: Loopback) -> None:
    row = post(1, public_metrics={"like_count": "7", "reply_count": "0"})
    body = {"data": [row], "meta": {"result_count": "1"}}
    Service(server).before = lambda a: Reply(body) if a.path.endswith("/tweets") else None
    assert read(server).records("posts")[0]["public_metrics"]["like_count"] == "7"


def test_ids_that_are_no_texts_are_not_guessed(server: Loopback) -> None:
    body = {"data": [{**post(1), "id": 10**18 + 1}], "meta": {"result_count": 1}}
    Service(server).before = lambda a: Reply(body) if a.path.endswith("/tweets") else None
    with pytest.raises(SourceChanged, match="id"):
        read(server)


# --- tokens ---


def renewing(server: Loopback, tmp_path: Path, **options: Any) -> Account:
    found = there(
        server, {"refresh_token": "refresh-0-bbbb", "client_secret": "client-cccc"}, client_id="me", **options
    )
    return replace(found, state=tmp_path)


def test_a_token_that_ended_is_renewed_and_the_new_refresh_token_is_kept_before_it_is_used(
    server: Loopback, tmp_path: Path
) -> None:
    service = Service(server, posts(105))
    stored: list[bool] = []

    def strict(asked: Asked) -> Reply | None:
        if asked.path == "/2/oauth2/token":
            generation = int(asked.form["refresh_token"].split("-")[1]) + 1
            tokens = {"access_token": f"access-{generation}-dddd", "refresh_token": f"refresh-{generation}-bbbb"}
            return Reply({"token_type": "bearer", "expires_in": 7200, **tokens})
        if asked.headers["authorization"] == "Bearer x-user-token-aaaa":
            return Reply(TITLED, 401)
        kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*.json"))
        stored.append(asked.headers["authorization"].split(" ")[1].encode() in kept and b"refresh-1-bbbb" in kept)
        return None

    service.before = strict
    found = fetch(renewing(server, tmp_path))
    assert len(found.records("posts")) == 105
    assert stored
    assert all(stored)
    (renewal,) = service.of("/2/oauth2/token")
    assert renewal.form == {"grant_type": "refresh_token", "refresh_token": "refresh-0-bbbb", "client_id": "me"}
    assert renewal.headers["authorization"].startswith("Basic ")
    # The next process begins with what was kept.
    fetch(renewing(server, tmp_path))
    assert len(service.of("/2/oauth2/token")) == 1


def test_a_refresh_token_that_is_not_taken_says_what_to_do(server: Loopback, tmp_path: Path) -> None:
    refused = Reply({"error": "invalid_request", "error_description": "Value passed for the token was invalid."}, 400)
    Service(server).before = lambda a: refused if a.path.endswith("/token") else Reply(TITLED, 401)
    with pytest.raises(TokenExpired, match="connect the account again") as raised:
        fetch(renewing(server, tmp_path))
    assert "bbbb" not in str(raised.value)


# --- settings and checks ---


def test_a_check_names_the_account(server: Loopback) -> None:
    Service(server)
    assert check(there(server)) == "@atelier_marin, 8,412 followers"
    assert len(server.asked) == 1


@pytest.mark.parametrize("wrong", [{"context": "bot"}, {"dialect": "toot"}])
def test_settings_that_nobody_knows_are_told(server: Loopback, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=min(wrong)):
        check(there(server, **wrong))
    with pytest.raises(ConfigError, match="not the number"):
        check(replace(there(server), id="atelier_marin"))
    with pytest.raises(ConfigError, match="tracked: 'a rival'"):
        check(there(server, tracked=("@a rival",)))
    with pytest.raises(ConfigError, match="client_id: is missing"):
        check(there(server, {"refresh_token": "refresh-0-bbbb"}))
    assert server.asked == []
