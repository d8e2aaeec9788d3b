"""Every fault of YouTube in its own words, and what a year of it costs to read."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from pipeline import sources, steps
from pipeline.simulator import environment, settings_toml
from pipeline.simulator.world.networks.youtube import MAIN, Youtube
from pipeline.streams import Page, Unit, Window
from tests.simulator.client import Client
from tests.simulator.test_youtube_face import NIGHT, UPLOADS, data, network, reason, report, walked


@pytest.mark.parametrize(
    ("kind", "args", "expected"),
    [
        ("rate_limit", {}, (403, "rateLimitExceeded")),
        ("rate_limit", {"reason": "userRateLimitExceeded", "status": 429}, (429, "userRateLimitExceeded")),
        ("quota_exceeded", {}, (403, "quotaExceeded")),
        ("expired_token", {}, (401, "authError")),
        ("unavailable", {}, (503, "backendError")),
    ],
)
def test_both_faces_refuse_in_the_same_body(
    client: Client, kind: str, args: dict[str, object], expected: tuple[int, str]
) -> None:
    for face in ("youtube", "youtube-analytics"):
        client.inject(kind, face, args=args)
    assert reason(data(client, "channels", part="id", id=MAIN)) == expected
    assert reason(report(client)) == expected


def test_the_units_of_a_day_may_be_spent_in_the_middle_of_a_night(client: Client) -> None:
    client.inject("quota_exceeded", "youtube", after=2)
    asked = [data(client, "channels", part="id", id=MAIN).status_code for _ in range(4)]
    assert asked == [200, 200, 403, 403]


def test_comments_may_be_switched_off_for_a_whole_channel(client: Client) -> None:
    client.inject("comments_disabled", "youtube")
    refused = data(client, "commentThreads", part="id", allThreadsRelatedToChannelId=MAIN)
    assert reason(refused) == (403, "commentsDisabled")
    assert data(client, "channels", part="id", id=MAIN).status_code == 200


def test_a_retired_metric_is_named_and_only_reports_that_ask_for_it_fail(client: Client) -> None:
    client.inject("retired_metric", "youtube-analytics", args={"metric": "likes"})
    assert "(likes)" in report(client).json()["error"]["message"]
    assert report(client, metrics="views").status_code == 200


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client"])
def test_a_refresh_token_dies_in_googles_words(client: Client, error: str) -> None:
    client.inject("expired_token", "youtube-oauth", args={"error": error})
    answer = client.session.post(f"{client.url}/youtube-oauth/token", data={}, timeout=10)
    assert (answer.status_code // 100, answer.json()["error"]) == (4, error)


def test_pages_may_be_short_empty_drifting_endless_or_without_a_next(client: Client) -> None:
    asked: dict[str, Any] = {"part": "contentDetails", "playlistId": UPLOADS, "maxResults": 20}
    whole = [item["contentDetails"]["videoId"] for item in walked(client, "playlistItems", **asked)]
    first = data(client, "playlistItems", **asked).json()
    client.inject("short_page", "youtube")
    assert len(data(client, "playlistItems", **asked).json()["items"]) == 10
    assert [item["contentDetails"]["videoId"] for item in walked(client, "playlistItems", **asked)] == whole
    client.control("clear")
    client.inject("empty_page", "youtube")
    assert data(client, "playlistItems", **asked).json()["items"] == []
    client.control("clear")
    client.inject("missing_next", "youtube")
    assert "nextPageToken" not in data(client, "playlistItems", **asked).json()
    client.control("clear")
    client.inject("cursor_loop", "youtube")
    second = data(client, "playlistItems", **asked, pageToken=first["nextPageToken"]).json()
    assert second["nextPageToken"] == first["nextPageToken"]
    client.control("clear")
    client.inject("page_drift", "youtube")
    second = data(client, "playlistItems", **asked, pageToken=first["nextPageToken"]).json()
    assert second["items"][0]["contentDetails"] == first["items"][-1]["contentDetails"]


def test_a_deleted_video_is_left_out_and_numbers_change_their_type(client: Client) -> None:
    listed = walked(client, "playlistItems", part="contentDetails", playlistId=UPLOADS, maxResults=50)
    ids = [item["contentDetails"]["videoId"] for item in listed[10:13]]
    asked: dict[str, Any] = {"part": "statistics", "id": ",".join(ids)}
    client.inject("deleted_post", "youtube", args={"post": ids[1]})
    assert [row["id"] for row in data(client, "videos", **asked).json()["items"]] == [ids[0], ids[2]]
    client.inject("plain_numbers", "youtube")
    assert isinstance(data(client, "videos", **asked).json()["items"][0]["statistics"]["viewCount"], int)
    client.inject("string_numbers", "youtube-analytics")
    assert isinstance(report(client).json()["rows"][0][1], str)


def test_days_may_be_later_missing_restated_or_negative(client: Client) -> None:
    rows = report(client).json()["rows"]
    client.inject("late_data", "youtube-analytics", args={"days": 3})
    assert report(client).json()["rows"] == rows[:-3]
    client.control("clear")
    client.inject("missing_day", "youtube-analytics", args={"day": "2026-10-12"})
    left = report(client).json()["rows"]
    assert [row[0] for row in rows if row not in left] == ["2026-10-12"]
    client.control("clear")
    client.inject("restated", "youtube-analytics", args={"factor": 2})
    assert report(client).json()["rows"][0][1] == 2 * rows[0][1]
    client.control("clear")
    client.inject("negative_counts", "youtube-analytics")
    assert report(client).json()["rows"][0][1] == -rows[0][1]


def test_a_video_that_a_test_deletes_and_a_day_that_it_restates_are_so_from_then_on(client: Client) -> None:
    story = network(client).stories(MAIN, NIGHT)[4]
    before = client.world.network("youtube", Youtube).reported(MAIN, date(2026, 10, 12), NIGHT)
    client.control("mutate", {"kind": "delete_post", "platform": "youtube", "target": str(story.serial)})
    told = {"kind": "restate_day", "platform": "youtube", "account": MAIN, "target": "2026-10-12", "factor": 3}
    client.control("mutate", told)
    after = network(client).reported(MAIN, date(2026, 10, 12), NIGHT)
    assert story not in network(client).stories(MAIN, NIGHT)
    assert before is not None
    assert after is not None
    assert after.views >= 3 * before.views


def test_a_year_is_read_with_hardly_more_requests_than_it_takes(client: Client, tmp_path: Path) -> None:
    settings = tmp_path / "vigie.toml"
    settings.write_text(settings_toml(client.url, platforms=("youtube",)), encoding="utf-8")
    project = steps.open_project(settings, {**os.environ, **environment()})
    source, account = sources.module("youtube"), project.settings.account("youtube", MAIN)
    unit = Unit("youtube", MAIN, NIGHT, Window(NIGHT - timedelta(days=365), NIGHT))
    read: Counter[str] = Counter()
    threads = 0
    with source.open_session(account, NIGHT) as http:
        for item in source.fetch(account, unit, http):
            if isinstance(item, Page):
                read[item.stream] += len(item.records)
                threads += sum(b'"parent_id":null' in record for record in item.records)
        spent = http.requests
    world = network(client)
    long_threads = Counter(
        world.thread_of(response)
        for story in world.stories(MAIN, NIGHT)
        for response in world.live_responses(story, NIGHT)
    )
    more = sum(ceil((size - 1) / 100) for size in long_threads.values() if size > 6)
    listed, videos = len(world.listed(MAIN, NIGHT)), read["posts"]
    reports = 1 + ceil(videos / 200)
    least = 1 + ceil(listed / 50) + ceil(videos / 50) + ceil(threads / 100) + more + reports
    assert videos == len(world.stories(MAIN, NIGHT)) > 100
    assert spent <= 1.05 * least
