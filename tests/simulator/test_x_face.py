"""The simulated X answers as its two descriptions say, in the words of either."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.x.account import APP_TOKEN, CLIENT_ID, REFRESH_TOKEN, USER_TOKEN
from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.networks.x import LARGE, SMALL, XNetwork
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
PRIVATE = "created_at,public_metrics,non_public_metrics,organic_metrics,entities,attachments,conversation_id"


def ask(client: Client, path: str, token: str = USER_TOKEN, **params: object) -> requests.Response:
    query = {name.replace("__", "."): str(value) for name, value in params.items()}
    return client.get(f"/x/2{path}", params=query, headers={"Authorization": f"Bearer {token}"})


def problem(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


def pages(client: Client, path: str, token: str = USER_TOKEN, name: str = "pagination_token", **params: object) -> Any:
    """All pages of a list."""
    found: list[Any] = []
    place: dict[str, Any] = {}
    while True:
        told = ask(client, path, token, **params, **place).json()
        found.append(told)
        if "next_token" not in told["meta"]:
            return found
        place = {name: told["meta"]["next_token"]}


def ids(found: Any) -> list[str]:
    return [row["id"] for page in found for row in page.get("data", ())]


def network(client: Client) -> XNetwork:
    return client.world.network("x", XNetwork)


# --- lists ---


def test_a_timeline_is_complete_over_several_pages_and_newest_first(client: Client) -> None:
    found = pages(client, f"/users/{LARGE}/tweets", max_results=30, exclude="replies,retweets")
    world = network(client)
    expected = [world.story_id(s) for s in world.stories(LARGE, NIGHT) if s.kind != "thread"]
    assert ids(found) == sorted(expected, key=int, reverse=True)
    assert len(found) > 3
    assert all(page["meta"]["result_count"] == len(page["data"]) for page in found)


def test_ids_are_the_platforms_and_never_the_same(client: Client) -> None:
    found = ids(pages(client, f"/users/{LARGE}/tweets", max_results=100))
    assert len(found) == len(set(found)) > 400
    assert all(1 <= len(one) <= 19 and one.isdigit() for one in found)


def test_replies_and_reposts_are_in_the_list_until_they_are_excluded(client: Client) -> None:
    asked: dict[str, Any] = {"max_results": 100, "tweet__fields": "referenced_tweets"}

    def kinds(**more: Any) -> set[str]:
        rows = [row for page in pages(client, f"/users/{LARGE}/tweets", **asked, **more) for row in page["data"]]
        return {one["type"] for row in rows for one in row.get("referenced_tweets", ())}

    assert kinds() == {"replied_to", "retweeted", "quoted"}
    assert kinds(exclude="retweets") == {"replied_to", "quoted"}
    assert kinds(exclude="replies,retweets") == {"quoted"}


def test_start_is_inclusive_and_end_is_not(client: Client) -> None:
    world = network(client)
    story = world.stories(LARGE, NIGHT)[3]
    moment = story.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    path = f"/users/{LARGE}/tweets"
    assert world.story_id(story) in ids(pages(client, path, max_results=100, start_time=moment))
    assert world.story_id(story) not in ids(pages(client, path, max_results=100, end_time=moment))


def test_lists_can_be_cut_by_ids(client: Client) -> None:
    path = f"/users/{LARGE}/tweets"
    whole = ids(pages(client, path, max_results=100))
    assert ids([ask(client, path, max_results=5, until_id=whole[7]).json()]) == whole[8:13]
    assert ids(pages(client, path, max_results=100, since_id=whole[7])) == whole[:7]


def test_an_empty_list_has_no_data(client: Client) -> None:
    told = ask(client, f"/users/{LARGE}/tweets", end_time="2011-01-01T00:00:00Z").json()
    assert told == {"meta": {"result_count": 0}}


def test_a_deleted_post_stands_beside_the_data_with_status_200(client: Client) -> None:
    world = network(client)
    story = world.stories(LARGE, NIGHT)[1]
    world_id = world.story_id(story)
    assert ask(client, "/tweets", ids=world_id).json()["data"][0]["id"] == world_id
    told = {
        "kind": "delete_post",
        "platform": "x",
        "account": LARGE,
        "target": str(story.serial),
        "night": "2026-11-02",
    }
    client.control("mutate", told)
    answer = ask(client, "/tweets", ids=world_id)
    assert answer.status_code == 200
    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["type"].endswith("/resource-not-found")
    assert world_id not in ids(pages(client, f"/users/{LARGE}/tweets", max_results=100))


def test_private_metrics_are_the_owners_and_end_with_thirty_days(client: Client) -> None:
    rows = pages(client, f"/users/{LARGE}/tweets", max_results=100, exclude="retweets", tweet__fields=PRIVATE)
    shown = {row["id"]: "non_public_metrics" in row for page in rows for row in page["data"]}
    refused = {fault["resource_id"] for page in rows for fault in page.get("errors", ())}
    world, cut = network(client), observed_at(NIGHT) - timedelta(days=30)
    stories = {world.story_id(story): story for story in world.stories(LARGE, NIGHT)}
    assert {one for one, story in stories.items() if story.created >= cut} == {one for one in stories if shown[one]}
    assert {one for one in stories if not shown[one]} <= refused
    told = ask(client, f"/users/{SMALL}/tweets", APP_TOKEN, post__fields=PRIVATE).json()
    assert all("non_public_metrics" not in row for row in told["data"])
    assert {fault["type"].rpartition("/")[2] for fault in told["errors"]} == {"not-authorized-for-field"}


def test_a_conversation_is_found_while_it_is_younger_than_a_week(client: Client) -> None:
    world = network(client)
    story = next(s for s in world.stories(LARGE, NIGHT) if len(world.live_responses(s, NIGHT)) > 3)
    others = [r for r in world.live_responses(story, NIGHT) if r.created >= observed_at(NIGHT) - timedelta(days=7)]
    query = f"(conversation_id:{world.story_id(story)} OR conversation_id:1) -from:{LARGE}"
    found = pages(client, "/tweets/search/recent", name="next_token", query=query, max_results=10)
    expected = {world.response_id(r) for r in others if not r.is_own}
    assert set(ids(found)) == expected
    assert problem(ask(client, "/tweets/search/recent", query=query, start_time="2026-10-26T02:59:59Z")) == (
        400,
        "invalid-request",
    )
    assert problem(ask(client, "/tweets/search/recent", query=query + " " * 512)) == (400, "invalid-request")


def test_analytics_add_up_to_what_the_days_brought(client: Client) -> None:
    world = network(client)
    story = world.stories(LARGE, NIGHT)[6]
    asked: dict[str, Any] = {
        "start_time": "2026-10-01T00:00:00Z",
        "end_time": "2026-11-03T00:00:00Z",
        "granularity": "daily",
    }
    told = ask(client, "/tweets/analytics", ids=world.story_id(story), analytics__fields="impressions,likes", **asked)
    days = told.json()["data"][0]["timestamped_metrics"]
    assert [bucket["timestamp"][:10] for bucket in days] == [
        (story.created.date() + timedelta(days=n)).isoformat() for n in range((NIGHT - story.created.date()).days + 1)
    ]
    assert sum(bucket["metrics"]["impressions"] for bucket in days) <= world.counters(story, NIGHT)["views"]
    assert problem(ask(client, "/tweets/analytics", APP_TOKEN, ids="1", **asked)) == (403, "unsupported-authentication")


def test_the_newest_day_of_analytics_is_restated_a_night_later(client: Client) -> None:
    world = network(client)
    before = NIGHT - timedelta(days=1)
    story = next(s for s in world.stories(LARGE, before) if s.created.date() == before)
    first, later = world.analytics(story, before, before), world.analytics(story, before, NIGHT)
    assert first is not None
    assert later is not None
    assert first["views"] < later["views"]


# --- refusals ---


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        (f"/users/{LARGE}/tweets", {"max_results": 4}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"max_results": 101}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"tweet__fields": "likes"}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"tweets__fields": "id"}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"post__fields": "id"}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"pagination_token": "zzz"}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"until_id": "last"}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"start_time": "2026-11-01"}, (400, "invalid-request")),
        (f"/users/{LARGE}/tweets", {"end_time": "2026-11-03T12:00:00Z"}, (400, "invalid-request")),
        (f"/users/{LARGE}/mentions", {"exclude": "replies"}, (400, "invalid-request")),
        ("/users/by", {"usernames": "a b"}, (400, "invalid-request")),
        ("/tweets", {"ids": ",".join(map(str, range(101)))}, (400, "invalid-request")),
        ("/tweets/analytics", {"ids": "1"}, (400, "invalid-request")),
        ("/tweets/search/recent", {"query": "cats"}, (400, "invalid-request")),
        ("/usage/tweets", {}, (403, "unsupported-authentication")),
        ("/users/me/likes", {}, (404, "blank")),
    ],
)
def test_what_it_does_not_know_it_refuses(
    client: Client, path: str, params: dict[str, Any], expected: tuple[int, str]
) -> None:
    status, kind = problem(ask(client, path, **params))
    assert (status, kind.removeprefix("about:")) == expected


def test_a_wrong_token_is_its_401(client: Client) -> None:
    answer = ask(client, "/users/me", "wrong")
    assert (answer.status_code, answer.json()) == (
        401,
        {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"},
    )


def test_a_refresh_token_gives_the_next_two(client: Client) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN, "client_id": CLIENT_ID}
    told = client.session.post(f"{client.url}/x/2/oauth2/token", data=form, timeout=10).json()
    assert (told["expires_in"], told["token_type"]) == (7200, "bearer")
    assert told["refresh_token"] not in (REFRESH_TOKEN, told["access_token"])
    assert ask(client, "/users/me", told["access_token"]).json()["data"]["id"] == LARGE
    for wrong in ({"refresh_token": "x"}, {"client_id": ""}, {"grant_type": "password"}):
        answer = client.session.post(f"{client.url}/x/2/oauth2/token", data={**form, **wrong}, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("path", "token", "most"),
    [
        ("/users/me", USER_TOKEN, 75),
        (f"/users/{LARGE}", USER_TOKEN, 900),
        (f"/users/{LARGE}/tweets", USER_TOKEN, 900),
        (f"/users/{SMALL}/tweets", APP_TOKEN, 10_000),
        (f"/users/{LARGE}/mentions", USER_TOKEN, 300),
        (f"/users/{SMALL}/mentions", APP_TOKEN, 450),
        ("/tweets?ids=1", USER_TOKEN, 5000),
        ("/tweets/search/recent?query=conversation_id:1", USER_TOKEN, 300),
        ("/usage/tweets", APP_TOKEN, 50),
    ],
)
def test_every_answer_says_what_is_left_of_its_endpoints_limit(
    client: Client, path: str, token: str, most: int
) -> None:
    answer = ask(client, path, token)
    assert answer.headers["x-rate-limit-limit"] == str(most)
    assert int(answer.headers["x-rate-limit-remaining"]) < most
    assert 0 < int(answer.headers["x-rate-limit-reset"]) - observed_at(NIGHT).timestamp() <= 900


def test_a_spent_limit_has_the_platforms_own_words(client: Client) -> None:
    client.inject("rate_limit", "x", path="mentions")
    answer = ask(client, f"/users/{LARGE}/mentions")
    assert answer.status_code == 429
    assert answer.headers["x-rate-limit-remaining"] == "0"
    assert ask(client, f"/users/{LARGE}").status_code == 200
    client.inject("usage_capped", "x")
    assert problem(ask(client, f"/users/{LARGE}"))[1] == "usage-capped"


# --- dialects ---


def test_an_app_of_posts_knows_no_tweets_and_says_so(client: Client) -> None:
    assert problem(ask(client, f"/users/{SMALL}/tweets", APP_TOKEN, tweet__fields="id")) == (400, "invalid-request")
    fields: dict[str, Any] = {"post__fields": "public_metrics,created_at", "expansions": "author_id,referenced_posts"}
    told = ask(client, f"/users/{SMALL}/tweets", APP_TOKEN, max_results=50, **fields).json()
    assert all("repost_count" in row["public_metrics"] for row in told["data"])
    assert all(row["author_id"] == SMALL for row in told["data"])
    assert all(row["edit_history_post_ids"] for row in told["data"])
    assert set(told["includes"]) == {"users", "posts"}
    assert "tweet_count" not in json.dumps(
        ask(client, f"/users/{SMALL}", APP_TOKEN, user__fields="public_metrics").json()
    )


def test_the_large_accounts_app_may_change_its_words(client: Client) -> None:
    client.inject("post_naming", "x")
    assert problem(ask(client, f"/users/{LARGE}/tweets", tweet__fields="created_at")) == (400, "invalid-request")
    told = ask(client, f"/users/{LARGE}/tweets", post__fields="created_at,public_metrics").json()
    assert "repost_count" in told["data"][0]["public_metrics"]


# --- distortions ---


def test_answers_can_be_bent(client: Client) -> None:
    path = f"/users/{LARGE}/tweets"
    asked: dict[str, Any] = {"max_results": 100, "tweet__fields": PRIVATE}
    whole = ask(client, path, **asked).json()
    for kind, args in (
        ("short_page", {}),
        ("empty_page", {}),
        ("missing_next", {}),
        ("string_numbers", {}),
        ("negative_counts", {}),
        ("restated", {"factor": 2}),
        ("deleted_post", {"post": whole["data"][0]["id"]}),
        ("not_authorized", {"omit": True}),
        ("partial_error", {}),
    ):
        client.control("clear")
        client.inject(kind, "x", args=args)
        bent = ask(client, path, **asked).json()
        assert bent != whole, kind
    client.control("clear")
    client.inject("cursor_loop", "x")
    token = whole["meta"]["next_token"]
    assert ask(client, path, **asked, pagination_token=token).json()["meta"]["next_token"] == token


def test_the_kinds_of_fault_are_told(client: Client) -> None:
    kinds = client.get("/__sim/kinds").json()["x"]
    assert {"rate_limit", "expired_token", "unavailable", "html_page", "short_page", "usage_capped"} <= set(kinds)
