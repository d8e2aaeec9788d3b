"""The simulated view answers like Bluesky."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests

from pipeline.simulator.world.networks.bluesky import DIDS, MAIN, Bluesky, uri_of
from tests.simulator.client import Client
from tests.simulator.lexicons import complaints

NIGHT = date(2026, 11, 2)
FEED, THREAD = "app.bsky.feed.getAuthorFeed", "app.bsky.feed.getPostThread"


def ask(client: Client, query: str, **params: Any) -> requests.Response:
    return client.get(f"/bluesky/xrpc/{query}", params=params)


def world(client: Client) -> Bluesky:
    return client.world.network("bluesky", Bluesky)


def all_pages(client: Client, **params: Any) -> list[list[Any]]:
    pages, cursor = [], None
    while True:
        told = ask(client, FEED, actor=MAIN, cursor=cursor, **params).json()
        pages.append(told["feed"])
        cursor = told.get("cursor")
        if cursor is None:
            return pages


def own(pages: list[list[Any]]) -> list[str]:
    return [item["post"]["uri"] for page in pages for item in page if "reason" not in item]


def test_the_feed_is_complete_over_several_pages_newest_first(client: Client) -> None:
    pages = all_pages(client, limit=100)
    assert own(pages) == [uri_of(story) for story in world(client).stories(MAIN, NIGHT)]
    assert len(pages) > 3
    assert pages[-1] == []


def test_reposts_stand_between_own_posts_and_a_pin_comes_twice_where_it_is_asked_for(client: Client) -> None:
    reasons = {item["reason"]["$type"] for page in all_pages(client) for item in page if "reason" in item}
    assert reasons == {"app.bsky.feed.defs#reasonRepost"}
    first = ask(client, FEED, actor=MAIN, includePins="true").json()["feed"]
    uris = [item["post"]["uri"] for item in first]
    assert first[0]["reason"]["$type"] == "app.bsky.feed.defs#reasonPin"
    assert uris.count(uris[0]) == 2


def test_some_counters_are_left_out_and_some_clients_lie_about_the_time(client: Client) -> None:
    posts = [item["post"] for page in all_pages(client) for item in page if "reason" not in item]
    assert any("repostCount" not in post for post in posts)
    assert any(post["record"]["createdAt"][:10] != post["indexedAt"][:10] for post in posts)


def test_what_stands_below_a_post_is_counted_by_the_post(client: Client) -> None:
    post = next(i["post"] for page in all_pages(client) for i in page if i["post"].get("replyCount", 0) > 3)
    root = ask(client, THREAD, uri=post["uri"], depth=100).json()["thread"]
    waiting, seen = list(root["replies"]), 0
    while waiting:
        seen += 1
        waiting += waiting.pop()["replies"]
    assert seen == post["replyCount"]


def test_a_deleted_post_is_not_found_and_simply_missing_from_a_batch(client: Client) -> None:
    newest, second = world(client).stories(MAIN, NIGHT)[:2]
    client.inject("deleted_post", "bluesky", args={"post": uri_of(newest)})
    gone = ask(client, THREAD, uri=uri_of(newest))
    assert (gone.status_code, gone.json()["error"]) == (400, "NotFound")
    batch = client.get(
        "/bluesky/xrpc/app.bsky.feed.getPosts", params=[("uris", uri_of(second)), ("uris", "at://x/y/z")]
    )
    assert [post["uri"] for post in batch.json()["posts"]] == [uri_of(second)]


def test_every_answer_says_what_is_left_of_the_window_in_unix_seconds(client: Client) -> None:
    headers = ask(client, "app.bsky.actor.getProfile", actor=MAIN).headers
    assert (headers["RateLimit-Limit"], headers["RateLimit-Policy"]) == ("3000", "3000;w=300")
    assert headers["RateLimit-Reset"] == "1793675100"


@pytest.mark.parametrize(
    ("query", "params", "status", "name"),
    [
        ("app.bsky.actor.getProfile", {"actor": "nobody.example"}, 400, "InvalidRequest"),
        ("app.bsky.actor.getProfile", {"actor": MAIN, "actr": "x"}, 400, "InvalidRequest"),
        (FEED, {"actor": MAIN, "limit": 101}, 400, "InvalidRequest"),
        (FEED, {"actor": MAIN, "filter": "everything"}, 400, "InvalidRequest"),
        (FEED, {"actor": MAIN, "cursor": "page two"}, 400, "InvalidRequest"),
        (THREAD, {"uri": "at://did:plc:nobody/app.bsky.feed.post/3k"}, 400, "NotFound"),
        ("app.bsky.feed.getTimeline", {}, 501, "MethodNotImplemented"),
    ],
)
def test_what_the_network_does_not_know_is_an_error_of_its_own(
    client: Client, query: str, params: dict[str, Any], status: int, name: str
) -> None:
    answer = ask(client, query, **params)
    assert (answer.status_code, answer.json()["error"]) == (status, name)


def test_a_handle_and_its_did_are_the_same_account(client: Client) -> None:
    assert ask(client, FEED, actor=MAIN).json() == ask(client, FEED, actor=DIDS[MAIN]).json()


@pytest.mark.parametrize("page", [0, 1, 2])
def test_feeds_are_what_the_lexicon_says(client: Client, page: int) -> None:
    rows = all_pages(client, limit=100)[page]
    assert len(rows) == 100
    assert complaints(FEED, {"feed": rows, "cursor": "x"}) == []


def test_profiles_threads_and_batches_are_what_the_lexicons_say(client: Client) -> None:
    assert complaints("app.bsky.actor.getProfile", ask(client, "app.bsky.actor.getProfile", actor=MAIN).json()) == []
    both = client.get(
        "/bluesky/xrpc/app.bsky.actor.getProfiles", params=[("actors", MAIN), ("actors", "phare.example")]
    )
    assert len(both.json()["profiles"]) == 2
    assert complaints("app.bsky.actor.getProfiles", both.json()) == []
    uri = next(i["post"]["uri"] for page in all_pages(client) for i in page if i["post"].get("replyCount", 0) > 3)
    assert complaints(THREAD, ask(client, THREAD, uri=uri).json()) == []


def test_an_answer_that_breaks_the_lexicon_is_found(client: Client) -> None:
    shown = ask(client, "app.bsky.actor.getProfile", actor=MAIN).json()
    broken = {key: value for key, value in shown.items() if key != "did"} | {"followersCount": "many", "likes": 3}
    assert complaints("app.bsky.actor.getProfile", broken) == [
        "app.bsky.actor.getProfile: did is missing",
        "app.bsky.actor.getProfile/followersCount: 'many' is no integer",
        "app.bsky.actor.getProfile: nobody knows likes",
    ]
