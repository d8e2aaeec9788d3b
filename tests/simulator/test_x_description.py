"""What the simulated X answers is what its two published descriptions describe."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.simulator.platforms.x.account import APP_TOKEN, USER_TOKEN
from pipeline.simulator.world.networks.x import HANDLES, LARGE, RIVAL, SMALL, XNetwork
from tests.simulator.client import Client
from tests.simulator.specifications import complaints, document
from tests.simulator.test_x_face import NIGHT, PRIVATE, ask

DESCRIPTIONS = {
    USER_TOKEN: "x/openapi_2.166_2026-08-06_tweet-naming.json",
    APP_TOKEN: "x/openapi_2.167_2026-08-22_post-naming.json",
}


def invalid(token: str, template: str, answer: object, *, status: str = "200") -> list[str]:
    """What in the answer is not as the description of that path says, and which fields it does not know."""
    return complaints(document(DESCRIPTIONS[token]), template, answer, status)


CALLS: list[tuple[str, str, str, dict[str, Any]]] = [
    (USER_TOKEN, "/2/users/me", "/users/me", {"user__fields": "public_metrics,created_at,verified"}),
    (USER_TOKEN, "/2/users/{id}", f"/users/{LARGE}", {"user__fields": "public_metrics"}),
    (USER_TOKEN, "/2/users/by", "/users/by", {"usernames": f"{HANDLES[RIVAL]},gone", "user__fields": "public_metrics"}),
    (USER_TOKEN, "/2/users/by/username/{username}", f"/users/by/username/{HANDLES[RIVAL]}", {}),
    (USER_TOKEN, "/2/users/{id}/tweets", f"/users/{LARGE}/tweets", {"max_results": 100, "tweet__fields": PRIVATE}),
    (USER_TOKEN, "/2/users/{id}/mentions", f"/users/{LARGE}/mentions", {"tweet__fields": "author_id,created_at"}),
    (USER_TOKEN, "/2/tweets", "/tweets", {"ids": "1,2", "tweet__fields": "public_metrics"}),
    (APP_TOKEN, "/2/users/{id}", f"/users/{SMALL}", {"user__fields": "public_metrics"}),
    (APP_TOKEN, "/2/users/{id}/tweets", f"/users/{SMALL}/tweets", {"max_results": 100, "post__fields": PRIVATE}),
    (APP_TOKEN, "/2/users/{id}/mentions", f"/users/{SMALL}/mentions", {"expansions": "author_id,referenced_posts"}),
    (APP_TOKEN, "/2/tweets/search/recent", "/tweets/search/recent", {"query": "conversation_id:1"}),
    (APP_TOKEN, "/2/usage/tweets", "/usage/tweets", {"usage__fields": "daily_project_usage"}),
]


@pytest.mark.parametrize(("token", "template", "path", "params"), CALLS, ids=[f"{c[0][6:10]} {c[1]}" for c in CALLS])
def test_answers_are_as_the_published_descriptions_say(
    client: Client, token: str, template: str, path: str, params: dict[str, Any]
) -> None:
    answer = ask(client, path, token, **params)
    assert answer.status_code == 200
    assert invalid(token, template, answer.json()) == []


def test_analytics_and_conversations_are_as_the_description_says(client: Client) -> None:
    world = client.world.network("x", XNetwork)
    story = next(s for s in world.stories(LARGE, NIGHT) if len(world.live_responses(s, NIGHT)) > 3)
    fields = "impressions,likes,media_views,engagements"
    asked: dict[str, Any] = {
        "start_time": "2026-10-20T00:00:00Z",
        "end_time": "2026-11-03T00:00:00Z",
        "granularity": "daily",
    }
    one = world.story_id(story)
    told = ask(client, "/tweets/analytics", ids=f"{one},5", analytics__fields="impressions,likes", **asked).json()
    assert invalid(USER_TOKEN, "/2/tweets/analytics", told) == []
    # The older description allows no null, the newer one and the platform do.
    nulls = ask(client, "/tweets/analytics", ids=one, analytics__fields=fields, **asked).json()
    assert any("None is not of type 'integer'" in fault for fault in invalid(USER_TOKEN, "/2/tweets/analytics", nulls))
    found = ask(client, "/tweets/search/recent", query=f"conversation_id:{one}", tweet__fields="author_id").json()
    assert found["data"]
    assert invalid(USER_TOKEN, "/2/tweets/search/recent", found) == []


def test_the_descriptions_themselves_would_say_what_is_wrong(client: Client) -> None:
    told = ask(client, f"/users/{LARGE}/tweets", tweet__fields=PRIVATE).json()
    told["data"][0]["public_metrics"]["like_count"] = "7"
    told["data"][1]["id"] = 7
    assert len(invalid(USER_TOKEN, "/2/users/{id}/tweets", told)) == 2
    refused = ask(client, f"/users/{SMALL}/tweets", APP_TOKEN, tweet__fields="id").json()
    assert refused["type"].endswith("/invalid-request")
