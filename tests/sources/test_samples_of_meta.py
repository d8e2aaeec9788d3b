"""Recorded answers of the Graph API, for pages and for Instagram, replayed where they lie beside the project."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pipeline.errors import SourceChanged
from tests.sources.graph import Graph
from tests.sources.insta import Insta, post
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, fetch, names
from tests.sources.samples import sample


def moved(server: Loopback, *documents: Any) -> list[Any]:
    """The same on the day before the night, with links that lead to this server."""
    text = json.dumps(documents).replace("https://graph.facebook.com", server.base)
    return list(json.loads(re.sub(r'("(?:created_time|timestamp)": ")[0-9-]{10}T', r"\g<1>2026-11-01T", text)))


def pages_of(server: Loopback, *pages: Any) -> Read:
    """A night of a page whose posts come in these pages."""
    graph = Graph(server, [])

    def answers(asked: Asked) -> Reply:
        if not asked.path.endswith("published_posts"):
            return graph.answer(asked)
        return Reply(pages[1] if "after" in asked.query else pages[0])

    server.answers = answers
    return fetch(account("facebook", server.base))


FEEDS = [
    ("facebook_pages/base_full_connecions_p1.json", "facebook_pages/base_full_connecions_p2.json"),
    (
        "facebook_pages/facebook_apidata_posts_feeds_default_fields_p1.json",
        "facebook_pages/facebook_apidata_posts_feeds_default_fields_p2.json",
    ),
]


@pytest.mark.parametrize("files", FEEDS, ids=lambda files: files[0].rsplit("/")[-1])
def test_recorded_feeds_that_are_paged_by_cursor_are_read_to_their_end(
    server: Loopback, files: tuple[str, str]
) -> None:
    first, second = moved(server, *(sample(name) for name in files))
    rows = first["data"] + second["data"]
    found = pages_of(server, first, second).records("posts")
    assert len(rows) > 5
    assert names(found, "id") == names(rows, "id")
    assert names(found, "message") == names(rows, "message")


@pytest.mark.parametrize(
    "name",
    ["facebook_pages/facebook_apidata_posts_single_post_data.json", "facebook_pages/facebook_models_post.json"],
)
def test_recorded_posts_keep_their_counters(server: Loopback, name: str) -> None:
    (told,) = moved(server, sample(name))
    (kept,) = pages_of(server, {"data": [told]}).records("posts")
    assert kept["id"] == told["id"]
    for counter in ("comments", "reactions"):
        assert kept.get(counter, {}).get("summary", {}).get("total_count") == told.get(counter, {}).get(
            "summary", {}
        ).get("total_count")


@pytest.mark.parametrize(
    "name",
    [
        "facebook_pages/facebook_apidata_pages_single_default_page.json",
        "facebook_pages/facebook_apidata_pages_single_fields_page.json",
    ],
)
def test_recorded_pages_tell_their_fans(server: Loopback, name: str) -> None:
    graph, told = Graph(server, []), sample(name)
    graph.page = told
    (kept,) = fetch(account("facebook", server.base)).records("page")
    assert kept["fan_count"] == told["fan_count"] == 214507731
    assert kept["id"] == told["id"]


def test_a_recorded_error_of_a_public_page_is_an_error(server: Loopback) -> None:
    server.answers = lambda _: Reply(sample("facebook_pages/error.json"), 400)
    with pytest.raises(SourceChanged, match="requires either app secret proof"):
        fetch(account("facebook", server.base))


def night(server: Loopback) -> Read:
    return fetch(account("instagram", server.base))


def test_recorded_objects_of_instagram_are_posts(server: Loopback) -> None:
    album = sample("instagram/pyfb_medias_media_default.json")
    others = sample("instagram/pyfb_medias_medias_fields.json")
    rows = {row["id"]: row for row in (album, *others.values())}
    (told,) = moved(server, list(rows.values()))
    Insta(server, told)
    found = night(server).records("media")
    assert names(found, "id") == names(told, "id")
    assert [row["like_count"] for row in found] == [row["like_count"] for row in told]


def test_recorded_stories_are_read_to_the_last_page(server: Loopback) -> None:
    made = Insta(server)
    first, second = moved(
        server,
        sample("instagram/pyfb_stories_stories_fields_p1.json"),
        sample("instagram/pyfb_stories_stories_fields_p2.json"),
    )
    second["paging"].pop("next", None)
    for row in (*first["data"], *second["data"]):
        # They were asked without the moment at which they were made.
        row["timestamp"] = "2026-11-02T12:00:00+0000"

    def answers(asked: Asked) -> Reply:
        if asked.path.endswith("/stories"):
            return Reply(second if "after" in asked.query else first)
        return made.answer(asked)

    server.answers = answers
    found = night(server).records("stories")
    assert names(found, "id") == names(first["data"] + second["data"], "id")


def test_a_recorded_profile_tells_its_followers(server: Loopback) -> None:
    told = sample("instagram/pyfb_users_user_fields.json")
    Insta(server).profile = told
    (kept,) = night(server).records("profile")
    assert (kept["followers_count"], kept["media_count"]) == (told["followers_count"], told["media_count"])


def test_recorded_comments_lose_their_words_and_their_people(server: Loopback) -> None:
    (told,) = moved(server, list(sample("instagram/pyfb_comments_comments_fields.json").values()))
    made = Insta(server, [post(1, comments_count=len(told))])
    made.threads[post(1)["id"]] = told
    found = night(server)
    assert sorted(names(found.records("comments"), "id")) == sorted(names(told, "id"))
    kept = b"".join(found.raw["comments"])
    assert not [row for row in told if row["username"].encode() in kept or row["text"].encode() in kept]
