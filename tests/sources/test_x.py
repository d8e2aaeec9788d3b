"""X: lists to their end, two dialects, partial answers, tokens that rotate, errors with one meaning each."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import sources
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
from tests.sources.reading import QUICK, Read, account, check, fetch, names, unit
from tests.sources.x_service import ACCOUNT, PROBLEMS, Service, answered, post, problem, response

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "x"


def there(server: Loopback, secrets: dict[str, str] | None = None, **options: Any) -> Account:
    return account("x", server.base, secrets=secrets, **options)


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    found = there(server, **options)
    return fetch(found, unit(found, days))


def posts(count: int) -> list[dict[str, Any]]:
    return [post(n) for n in range(count, 0, -1)]


def notes(found: Read, kind: str) -> list[str]:
    return [note.message for note in found.notes if note.kind == kind]


# --- lists ---


def test_all_pages_are_read_and_counted(server: Loopback) -> None:
    service = Service(server, posts(205))
    found = read(server)
    assert names(found.records("posts"), "id") == names(posts(205), "id")
    assert [a.query.get("pagination_token") for a in service.of("/tweets")] == [None, "100", "200"]
    assert {a.query["max_results"] for a in service.of("/tweets")} == {"100"}


def test_a_short_page_that_is_not_the_last_one_is_read_on(server: Loopback) -> None:
    Service(server, posts(7)).size = 3
    assert len(read(server).records("posts")) == 7


def test_a_full_page_without_a_token_is_not_believed_to_be_the_last(server: Loopback) -> None:
    service = Service(server, posts(130))

    def forgetful(asked: Asked) -> Reply | None:
        service.before = lambda _: None
        body = service.answer(asked).body
        service.before = forgetful
        assert isinstance(body, dict)
        body.get("meta", {}).pop("next_token", None)
        return Reply(body)

    service.before = forgetful
    found = read(server)
    assert len(found.records("posts")) == 130
    assert service.of("/tweets")[1].query["until_id"] == posts(130)[99]["id"]


def test_an_answer_without_results_has_no_data_and_is_no_error(server: Loopback) -> None:
    Service(server)
    found = read(server)
    assert found.delivered() == {"account", "posts", "analytics", "mentions", "replies"}
    assert {stream: len(records) for stream, records in found.raw.items()} == {
        "account": 1,
        "posts": 0,
        "analytics": 0,
        "mentions": 0,
        "replies": 0,
    }
    assert found.requests == 3


def test_a_token_that_comes_twice_ends_the_walk(server: Loopback) -> None:
    body = {"data": [post(1)], "meta": {"result_count": 1, "next_token": "7"}}
    Service(server).before = lambda a: Reply(body) if a.path.endswith("/tweets") else None
    with pytest.raises(SourceChanged, match="circle"):
        read(server)


def test_a_page_that_announces_more_than_it_holds_has_lost_some(server: Loopback) -> None:
    body = {"data": [post(1)], "meta": {"result_count": 2}}
    Service(server).before = lambda a: Reply(body) if a.path.endswith("/tweets") else None
    with pytest.raises(SourceChanged, match="announces 2 posts and holds 1"):
        read(server)


def test_reposts_are_not_asked_for_and_never_kept(server: Loopback) -> None:
    passed_on: dict[str, Any] = {"referenced_tweets": [{"type": "retweeted", "id": "5"}]}
    service = Service(server, [post(3, **passed_on), post(2)])
    assert names(read(server).records("posts"), "id") == [post(2)["id"]]
    assert service.of("/tweets")[0].query["exclude"] == "retweets"


def test_of_answers_to_others_the_words_are_not_kept_and_threads_stay_posts(server: Loopback) -> None:
    reply: dict[str, Any] = {"referenced_tweets": [{"type": "replied_to", "id": "5"}]}
    rows = [
        post(3, **reply, in_reply_to_user_id="77001", entities={"mentions": [{"username": "somebody"}]}),
        post(2, **reply, in_reply_to_user_id=ACCOUNT),
    ]
    service = Service(server, rows)
    found = read(server).records("posts")
    assert names(found, "answers") == ["other", "self"]
    assert names(found, "text") == [None, "Post 2"]
    assert "77001" not in json.dumps(found)
    # Nobody's analytics are asked for but those of posts.
    assert [a.query["ids"] for a in service.of("/analytics")] == [rows[1]["id"]]


def test_the_window_is_made_of_days_at_greenwich(server: Loopback) -> None:
    rows = [
        post(3, "2026-11-02T23:59:59.000Z"),
        post(2, "2026-10-31T00:00:00.000Z"),
        post(1, "2026-10-30T23:59:59.000Z"),
    ]
    service = Service(server, [post(4, "2026-11-03T00:00:00.000Z"), *rows])
    assert names(read(server, days=2).records("posts"), "id") == [rows[0]["id"], rows[1]["id"]]
    asked = service.of("/tweets")[0].query
    assert (asked["start_time"], asked["end_time"]) == ("2026-10-31T00:00:00Z", "2026-11-03T00:00:00Z")


def test_a_night_that_has_not_ended_names_no_end(server: Loopback) -> None:
    server.date = "Mon, 02 Nov 2026 15:00:00 GMT"
    service = Service(server, [post(1)])
    read(server)
    assert "end_time" not in service.of("/tweets")[0].query
    # Only whole days of the analytics: today's would be asked for again tomorrow.
    assert service.of("/analytics")[0].query["end_time"] == "2026-11-02T00:00:00Z"


# --- private metrics ---


def test_private_metrics_are_asked_for_posts_of_thirty_days_only(server: Loopback) -> None:
    old, new = post(1, "2026-09-20T10:00:00.000Z"), post(2, "2026-10-20T10:00:00.000Z")
    service = Service(server, [new, old])
    found = read(server, days=60)
    assert names(found.records("posts"), "id") == [new["id"], old["id"]]
    recent, earlier = service.of("/tweets")
    assert recent.query["start_time"] == earlier.query["end_time"] == "2026-10-04T04:00:00Z"
    assert "non_public_metrics" in recent.query["tweet.fields"]
    assert "non_public_metrics" not in earlier.query["tweet.fields"]


def test_an_ordinary_night_needs_one_list(server: Loopback) -> None:
    service = Service(server, [post(1)])
    read(server, days=sources.module("x").RESTATEMENT_DAYS)
    assert len(service.of("/tweets")) == 1


@pytest.mark.parametrize("kind", ["not-authorized-for-field", "field-unauthorized"])
def test_a_post_that_is_left_out_for_its_private_fields_is_asked_for_again_without(server: Loopback, kind: str) -> None:
    service = Service(server, [post(2), post(1)])
    fault = {
        "resource_id": post(1)["id"],
        "title": "Field Authorization Error",
        "type": PROBLEMS + kind,
        "detail": "No",
    }
    body = {"data": [post(2)], "errors": [fault, fault], "meta": {"result_count": 1}}
    service.before = lambda a: Reply(body) if "/users/" in a.path and a.path.endswith("/tweets") else None
    found = read(server)
    assert names(found.records("posts"), "id") == [post(2)["id"], post(1)["id"]]
    again = next(a for a in server.asked if a.path == "/2/tweets")
    assert again.query["ids"] == post(1)["id"]
    assert "non_public_metrics" not in again.query["tweet.fields"]


def test_an_app_alone_asks_for_nothing_private(server: Loopback) -> None:
    service = Service(server, [post(1)])
    found = read(server, context="app")
    assert "app's own token" in found.absent["analytics"]
    assert service.of("/analytics") == []
    assert "non_public_metrics" not in service.of("/tweets")[0].query["tweet.fields"]


# --- analytics ---


def test_analytics_are_asked_for_a_hundred_posts_at_a_time(server: Loopback) -> None:
    service = Service(server, posts(205))
    found = read(server)
    assert [len(a.query["ids"].split(",")) for a in service.of("/analytics")] == [100, 100, 5]
    assert len(found.records("analytics")) == 205
    assert {a.query["granularity"] for a in service.of("/analytics")} == {"daily"}
    assert {a.query["start_time"] for a in service.of("/analytics")} == {"2026-11-01T00:00:00Z"}


def test_a_deleted_post_beside_the_analytics_is_told_and_no_error(server: Loopback) -> None:
    service = Service(server, [post(2), post(1)])
    gone = {"resource_type": "tweet", "type": f"{PROBLEMS}resource-not-found", "value": post(1)["id"], "title": "Gone"}
    body = {"data": [service.days(post(2)["id"])], "errors": [gone]}
    service.before = lambda a: Reply(body) if a.path.endswith("/analytics") else None
    found = read(server)
    assert names(found.records("analytics"), "id") == [post(2)["id"]]
    assert notes(found, "analytics_missing") == ["the platform gives no analytics of 1 posts"]


def test_analytics_that_lack_a_post_without_a_word_are_not_accepted(server: Loopback) -> None:
    service = Service(server, [post(2), post(1)])
    body = {"data": [service.days(post(2)["id"])]}
    service.before = lambda a: Reply(body) if a.path.endswith("/analytics") else None
    with pytest.raises(SourceChanged, match="lack 1 posts and do not say why"):
        read(server)


def test_a_project_without_analytics_still_has_its_posts(server: Loopback) -> None:
    service = Service(server, [post(1)])
    service.before = lambda a: problem(403, "client-forbidden") if a.path.endswith("/analytics") else None
    found = read(server)
    assert len(found.records("posts")) == 1
    assert "attach the app to a project" in found.absent["analytics"]


# --- responses ---


def test_mentions_and_replies_become_times_and_hashes(server: Loopback) -> None:
    root = answered(1)
    said = response(1, conversation_id=root["id"], referenced_tweets=[{"type": "replied_to", "id": root["id"]}])
    nested = response(2, author_id="77002", conversation_id=root["id"])
    Service(server, [root], mentions=[said], recent=[nested, said])
    found = read(server)
    assert names(found.records("mentions"), "id") == [said["id"]]
    assert names(found.records("replies"), "id") == [nested["id"]]
    kept = b"".join(found.raw["mentions"] + found.raw["replies"])
    assert b"why" not in kept
    assert b"7700" not in kept
    people = names(found.records("mentions") + found.records("replies"), "person")
    assert len(set(people)) == 2
    assert all(people)


def test_what_the_account_itself_wrote_is_its_own_and_nobody_elses(server: Loopback) -> None:
    Service(server, mentions=[response(1, author_id=ACCOUNT), response(2, author_id=None)])
    found = read(server).records("mentions")
    assert [(row["own"], row["person"]) for row in found] == [(True, None), (None, None)]


def test_only_conversations_in_which_somebody_wrote_are_searched_many_in_one_query(server: Loopback) -> None:
    service = Service(server, [answered(n) for n in range(40, 0, -1)] + [post(99, "2026-10-31T09:00:00.000Z")])
    read(server)
    queries = [a.query["query"] for a in service.of("/recent")]
    assert all(len(query) <= 512 for query in queries)
    assert len(queries) == 4
    told = " ".join(queries)
    assert told.count("conversation_id:") == 40
    assert post(99)["id"] not in told
    assert all(query.endswith(f" -from:{ACCOUNT}") for query in queries)


def test_responses_are_bought_for_the_last_days_only(server: Loopback) -> None:
    service = Service(server, [answered(1)])
    read(server, days=28)
    assert service.of("/mentions")[0].query["start_time"] == "2026-10-31T00:00:00Z"
    read(server, days=28, responses_days=30)
    # The search reaches seven days back, whatever is wanted.
    assert service.of("/recent")[-1].query["start_time"] == "2026-10-27T03:01:00Z"


def test_a_night_that_is_read_late_says_what_it_cannot_know(server: Loopback) -> None:
    server.date = "Fri, 13 Nov 2026 03:00:00 GMT"
    Service(server, [answered(1)])
    found = read(server, tracked=("voilerie",))
    assert set(found.absent) == {"account", "tracked", "replies"}
    assert "10 days after the night" not in found.absent["replies"]
    assert "more than a week ago" in found.absent["replies"]
    assert found.delivered() >= {"posts", "analytics", "mentions"}


# --- others ---


def test_tracked_accounts_are_asked_for_a_hundred_at_a_time(server: Loopback) -> None:
    service = Service(server)
    found = read(server, tracked=tuple(f"@name_{n}" for n in range(130)))
    assert [len(a.query["usernames"].split(",")) for a in service.of("/by")] == [100, 30]
    assert len(found.records("tracked")) == 130
    assert "Somebody" not in json.dumps(found.records("tracked"))


def test_a_tracked_account_that_is_gone_is_told(server: Loopback) -> None:
    gone = {"value": "rival", "type": f"{PROBLEMS}resource-not-found", "title": "Not Found Error"}
    Service(server).before = lambda a: Reply({"errors": [gone]}) if a.path.endswith("/by") else None
    found = read(server, tracked=("rival",))
    assert notes(found, "tracked_missing") == ["no account @rival: Not Found Error"]


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
    Service(server, [post(1, public_metrics={"like_count": "7", "reply_count": "0"})])
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


# --- recorded answers ---


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"pytwitter_{name}.json").read_text(encoding="utf-8"))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded answers are not beside the project")
def test_recorded_lists_are_kept_to_the_last_row(server: Loopback) -> None:
    own, others = sample("timeline_timeline_tweets"), sample("timeline_timeline_mentions")
    for recorded in (own, others):
        recorded["meta"].pop("next_token", None)

    def answers(asked: Asked) -> Reply | None:
        if asked.path.endswith("/mentions"):
            return Reply(others)
        if asked.path.endswith("/tweets") and "/users/" in asked.path:
            return Reply(own)
        return Reply(sample("user_user_resp")) if asked.path.endswith(ACCOUNT) else None

    Service(server).before = answers
    there_ = there(server)
    found = fetch(there_, unit(there_, days=7, night=date(2021, 2, 24)))
    assert names(found.records("posts"), "id") == names(own["data"], "id")
    assert [row["public_metrics"] for row in found.records("posts")] == [row["public_metrics"] for row in own["data"]]
    assert names(found.records("mentions"), "id") == names(others["data"], "id")
    assert check(there_) == "@TwitterDev, 514,020 followers"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded answers are not beside the project")
def test_a_recorded_refusal_is_one_of_the_words(server: Loopback) -> None:
    server.answers = lambda _: Reply(sample("error_validation"), 400)
    with pytest.raises(SourceChanged, match="expected schema"):
        read(server)
