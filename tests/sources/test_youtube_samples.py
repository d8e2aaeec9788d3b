"""Recorded answers of YouTube, replayed where they lie beside the project."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SourceChanged, SourceRefused
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import fetch, unit
from tests.sources.tube import Tube, owner, read

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "youtube"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded answers are not beside the project")


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def since_2000(server: Loopback) -> Any:
    """A window that holds every recorded moment."""
    there = owner(server)
    return fetch(there, unit(there, days=9700))


@pytest.mark.parametrize("name", ["videos_videos_info_multi", "videos_videos_info_single"])
def test_recorded_videos_are_all_kept_with_what_they_tell_of_themselves(server: Loopback, name: str) -> None:
    tube, told = Tube(server), sample(name)
    tube.videos = told["items"]
    found = since_2000(server).records("posts")
    assert len(found) == len(told["items"]) == told["pageInfo"]["totalResults"]
    for kept, item in zip(found, told["items"], strict=True):
        assert kept["snippet"]["description"] == item["snippet"]["description"]
        assert kept.get("statistics") == item.get("statistics")
        assert not {"etag", "kind", "player"} & kept.keys()


def test_recorded_pages_of_a_playlist_are_read_to_their_end(server: Loopback) -> None:
    tube = Tube(server)
    pages = [sample(f"playlist_items_playlist_items_paged_{n}") for n in (1, 2)]
    ids = [item["contentDetails"]["videoId"] for page in pages for item in page["items"] if "contentDetails" in item]
    ids = ids or [item["snippet"]["resourceId"]["videoId"] for page in pages for item in page["items"]]
    for page in pages:
        for item in page["items"]:
            at = item["snippet"]["publishedAt"]
            item["contentDetails"] = {"videoId": item["snippet"]["resourceId"]["videoId"], "videoPublishedAt": at}

    def answers(asked: Asked) -> Reply:
        if asked.path == "/playlistItems":
            return Reply(pages[1] if asked.query.get("pageToken") == pages[0]["nextPageToken"] else pages[0])
        return tube.answer(asked)

    server.answers = answers
    since_2000(server)
    assert tube.asked("/videos")[0].query["id"].split(",") == list(dict.fromkeys(ids))


def test_recorded_threads_lose_their_words_and_their_people(server: Loopback) -> None:
    tube = Tube(server)
    pages = [sample(f"comment_threads_comment_threads_by_video_paged_{n}") for n in (1, 2)]

    def answers(asked: Asked) -> Reply:
        if asked.path == "/commentThreads":
            return Reply(pages[1] if "pageToken" in asked.query else pages[0])
        return tube.answer(asked)

    server.answers = answers
    found = since_2000(server)
    told = [item for page in pages for item in page["items"]]
    replies = sum(len(item.get("replies", {}).get("comments", ())) for item in told)
    assert len(found.records("comment_threads")) == len(told) + replies
    kept = b"".join(found.raw["comment_threads"])
    for item in told:
        written = item["snippet"]["topLevelComment"]["snippet"]
        for secret in ("authorDisplayName", "textOriginal", "authorChannelUrl"):
            assert written[secret].encode() not in kept
        assert written["authorChannelId"]["value"].encode() not in kept


def test_recorded_channels_give_their_level_and_an_uploads_list_that_is_missing_is_told(server: Loopback) -> None:
    tube, told = Tube(server), sample("channels_info_multiple")
    tube.instead["/channels"] = Reply(told)
    there = replace(owner(server), id=told["items"][0]["id"])
    (level,) = fetch(there).records("channel")
    assert level["statistics"] == told["items"][0]["statistics"]
    single = sample("channel_info_single")
    tube.instead["/channels"] = Reply(single)
    with pytest.raises(SourceChanged, match="does not say which playlist"):
        fetch(replace(there, id=single["items"][0]["id"]))


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [("error_response", 400, "check the API key"), ("error_permission_resp", 403, "sign in as the owner")],
)
def test_recorded_errors_are_refusals(server: Loopback, name: str, status: int, words: str) -> None:
    Tube(server).instead["/channels"] = Reply(sample(name), status)
    with pytest.raises(SourceRefused, match=words):
        read(server)
