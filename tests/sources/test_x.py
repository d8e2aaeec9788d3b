"""X: lists to their end, private metrics, analytics, responses, others, and recorded answers."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pipeline import sources
from pipeline.errors import SourceChanged
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import check, fetch, names, unit
from tests.sources.samples import sample
from tests.sources.x_service import (
    ACCOUNT,
    PROBLEMS,
    Service,
    answered,
    notes,
    post,
    posts,
    problem,
    read,
    response,
    there,
)

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


def test_a_post_that_is_left_out_and_not_given_alone_either_is_an_error_and_no_deleted_post(server: Loopback) -> None:
    fault = {"resource_id": "77", "title": "Field Authorization Error", "type": f"{PROBLEMS}not-authorized-for-field"}
    body = {"data": [post(2)], "errors": [fault], "meta": {"result_count": 1}}
    service = Service(server, [post(2)])
    service.before = lambda a: Reply(body) if "/users/" in a.path and a.path.endswith("/tweets") else None
    with pytest.raises(SourceChanged, match="1 posts were left out of a page"):
        read(server)


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


def test_a_tracked_account_that_is_lacking_without_a_word_is_an_error(server: Loopback) -> None:
    Service(server).before = lambda a: Reply({}) if a.path.endswith("/by") else None
    with pytest.raises(SourceChanged, match="lack rival, and nothing says why"):
        read(server, tracked=("rival",))


# --- recorded answers ---


def test_recorded_lists_are_kept_to_the_last_row(server: Loopback) -> None:
    own, others = (
        sample("x/pytwitter_timeline_timeline_tweets.json"),
        sample("x/pytwitter_timeline_timeline_mentions.json"),
    )
    for recorded in (own, others):
        recorded["meta"].pop("next_token", None)

    def answers(asked: Asked) -> Reply | None:
        if asked.path.endswith("/mentions"):
            return Reply(others)
        if asked.path.endswith("/tweets") and "/users/" in asked.path:
            return Reply(own)
        return Reply(sample("x/pytwitter_user_user_resp.json")) if asked.path.endswith(ACCOUNT) else None

    Service(server).before = answers
    there_ = there(server)
    found = fetch(there_, unit(there_, days=7, night=date(2021, 2, 24)))
    assert names(found.records("posts"), "id") == names(own["data"], "id")
    assert [row["public_metrics"] for row in found.records("posts")] == [row["public_metrics"] for row in own["data"]]
    assert names(found.records("mentions"), "id") == names(others["data"], "id")
    assert check(there_) == "@TwitterDev, 514,020 followers"


def test_a_recorded_refusal_is_one_of_the_words(server: Loopback) -> None:
    server.answers = lambda _: Reply(sample("x/pytwitter_error_validation.json"), 400)
    with pytest.raises(SourceChanged, match="expected schema"):
        read(server)


def test_a_recorded_search_is_kept_row_by_row_without_its_words(server: Loopback) -> None:
    found = sample("x/pytwitter_searches_search_tweets_query.json")
    found.get("meta", {}).pop("next_token", None)
    server.date = "Fri, 26 Jun 2020 03:00:00 GMT"
    root = answered(1)
    root["created_at"] = "2020-06-24T09:00:00.000Z"
    Service(server, [root]).before = lambda a: Reply(found) if a.path.endswith("/recent") else None
    there_ = there(server)
    kept = fetch(there_, unit(there_, days=7, night=date(2020, 6, 25)))
    inside = [row["id"] for row in found["data"] if "2020-06-23" <= row["created_at"] < "2020-06-26"]
    assert names(kept.records("replies"), "id") == inside
    assert len(inside) > 1
    texts = b"".join(kept.raw["replies"])
    assert not [row for row in found["data"] if row["text"].encode() in texts or row["author_id"].encode() in texts]


@pytest.mark.parametrize(
    "name", ["x/pytwitter_tweet_tweet_quote_tweets_resp.json", "x/pytwitter_tweet_tweets_resp.json"]
)
def test_recorded_posts_of_others_lose_their_words_and_their_people(server: Loopback, name: str) -> None:
    told = sample(name)
    told.get("meta", {}).pop("next_token", None)
    told["meta"] = {"result_count": len(told["data"])}
    for row in told["data"]:
        row["created_at"] = "2026-11-01T10:00:00.000Z"
    Service(server).before = lambda a: Reply(told) if a.path.endswith("/mentions") else None
    found = read(server)
    assert names(found.records("mentions"), "id") == names(told["data"], "id")
    kept = b"".join(found.raw["mentions"])
    assert not [row for row in told["data"] if row["text"].encode() in kept or row["author_id"].encode() in kept]


def test_a_recorded_profile_without_its_numbers_is_no_level(server: Loopback) -> None:
    Service(server).before = lambda a: (
        Reply(sample("x/pytwitter_user_me_resp.json")) if a.path.endswith(ACCOUNT) else None
    )
    (level,) = read(server).records("account")
    assert level.get("public_metrics") is None
