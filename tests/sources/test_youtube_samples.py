"""Recorded answers of YouTube, replayed where they lie beside the project."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.errors import SourceChanged, SourceRefused
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import fetch, unit
from tests.sources.samples import sample
from tests.sources.tube import Tube, owner, read


def since_2000(server: Loopback) -> Any:
    """A window that holds every recorded moment."""
    there = owner(server)
    return fetch(there, unit(there, days=9700))


@pytest.mark.parametrize("name", ["youtube/videos_videos_info_multi.json", "youtube/videos_videos_info_single.json"])
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
    pages = [
        sample("youtube/playlist_items_playlist_items_paged_1.json"),
        sample("youtube/playlist_items_playlist_items_paged_2.json"),
    ]
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
    pages = [
        sample("youtube/comment_threads_comment_threads_by_video_paged_1.json"),
        sample("youtube/comment_threads_comment_threads_by_video_paged_2.json"),
    ]

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
    tube, told = Tube(server), sample("youtube/channels_info_multiple.json")
    tube.instead["/channels"] = Reply(told)
    there = replace(owner(server), id=told["items"][0]["id"])
    (level,) = fetch(there).records("channel")
    assert level["statistics"] == told["items"][0]["statistics"]
    single = sample("youtube/channel_info_single.json")
    tube.instead["/channels"] = Reply(single)
    with pytest.raises(SourceChanged, match="does not say which playlist"):
        fetch(replace(there, id=single["items"][0]["id"]))


def test_a_recorded_channel_without_its_numbers_is_no_level(server: Loopback) -> None:
    told = sample("youtube/channels_info.json")
    # It was asked without its numbers, and without the part that names its uploads.
    told["items"][0]["contentDetails"] = {"relatedPlaylists": {"uploads": "UU1"}}
    Tube(server).instead["/channels"] = Reply(told)
    (level,) = fetch(replace(owner(server), id=told["items"][0]["id"])).records("channel")
    assert level["id"] == told["items"][0]["id"]
    assert level["statistics"] is None


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("youtube/error_response.json", 400, "check the API key"),
        ("youtube/error_permission_resp.json", 403, "sign in as the owner"),
    ],
)
def test_recorded_errors_are_refusals(server: Loopback, name: str, status: int, words: str) -> None:
    Tube(server).instead["/channels"] = Reply(sample(name), status)
    with pytest.raises(SourceRefused, match=words):
        read(server)
