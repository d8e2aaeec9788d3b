"""The simulated Graph API's comments: nested in the list of posts, or below one post, oldest first, page by page."""

from __future__ import annotations

from datetime import date
from typing import Any

import requests

from pipeline.simulator.world import FacebookPost
from tests.simulator.client import MAIN, Client

NIGHT = date(2026, 11, 2)
SAID = "id,created_time,from{id},parent{id}"


def nested(limit: int) -> str:
    return f"id,comments.filter(stream).limit({limit}).summary(true){{{SAID}}}"


def busiest(client: Client) -> FacebookPost:
    """The post of the last days with the most comments below it."""
    return max(client.world.facebook.posts("104001", NIGHT), key=lambda post: (post.comments, post.id))


def test_comments_come_inside_their_posts_and_lead_on_with_the_token(client: Client) -> None:
    shown = client.graph("104001/published_posts", fields=nested(2), limit=100, since="2026-10-05").json()["data"]
    followed = 0
    for post in shown:
        told = client.world.facebook.post(post["id"], NIGHT)
        assert told
        edge = post["comments"]
        summary = {"order": "chronological", "total_count": len(told.said), "can_comment": False}
        assert edge["summary"] == summary
        found = list(edge["data"])
        while link := edge.get("paging", {}).get("next"):
            assert link.startswith(f"{client.url}/facebook/v26.0/{post['id']}/comments?")
            assert f"access_token={MAIN}" in link
            edge, followed = requests.get(link, timeout=10).json(), followed + 1
            assert 0 < len(edge["data"]) <= 2
            found += edge["data"]
        assert found == [
            {
                "id": comment.id,
                "created_time": comment.created.strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "from": {"id": comment.person},
                **({"parent": {"id": comment.parent}} if comment.parent else {}),
            }
            for comment in told.said
        ]
    assert followed > 10


def test_the_comments_of_one_post_by_their_edge(client: Client) -> None:
    post = busiest(client)
    told = client.graph(f"{post.id}/comments", filter="stream", limit=100).json()
    assert [row["id"] for row in told["data"]] == [comment.id for comment in post.said]
    assert set(told["data"][0]) == {"created_time", "from", "message", "id"}
    assert set(told["data"][0]["from"]) == {"name", "id"}
    assert "summary" not in told
    above = client.graph(f"{post.id}/comments", summary="true", fields="id", limit=100).json()
    assert [row["id"] for row in above["data"]] == [comment.id for comment in post.said if comment.parent is None]
    assert above["summary"]["total_count"] == len(above["data"]) < len(post.said)
    newest: dict[str, Any] = {"filter": "stream", "order": "reverse_chronological", "limit": 3, "fields": "id"}
    first = client.graph(f"{post.id}/comments", **newest).json()
    second = client.graph(f"{post.id}/comments", **newest, after=first["paging"]["cursors"]["after"]).json()
    expected = [{"id": comment.id} for comment in post.said[::-1]]
    assert first["data"] + second["data"] == expected[:6]


def test_a_comment_that_is_taken_away_is_gone_with_its_count_and_its_cursor_stays(client: Client) -> None:
    post = busiest(client)
    first = client.graph(f"{post.id}/comments", filter="stream", limit=2, fields="id").json()
    gone = first["data"][-1]["id"]
    client.control("mutate", {"kind": "delete_comment", "platform": "facebook", "target": gone})
    after = first["paging"]["cursors"]["after"]
    rest = client.graph(f"{post.id}/comments", filter="stream", after=after, fields="id", limit=100).json()
    assert [row["id"] for row in rest["data"]] == [comment.id for comment in post.said[2:]]
    told = client.graph(post.id, fields="comments.filter(stream).limit(0).summary(true)").json()
    assert told["comments"]["summary"]["total_count"] == len(post.said) - 1
