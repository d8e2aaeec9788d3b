"""The simulated channels answer like YouTube: texts for numbers, late days, hidden counters, named refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.youtube.account import (
    CLIENT_ID,
    CLIENT_SECRET,
    KEY,
    REFRESH_TOKEN,
    access_token,
)
from pipeline.simulator.platforms.youtube.pages import token_of
from pipeline.simulator.world.networks.youtube import MAIN, RIVAL, SILENT_RIVAL, SMALL, Youtube, video_id
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
UPLOADS = f"UU{MAIN[2:]}"
DAYS: Mapping[str, str] = {
    "ids": "channel==MINE",
    "startDate": "2026-10-01",
    "endDate": "2026-11-02",
    "metrics": "views,likes",
    "dimensions": "day",
}


def network(client: Client) -> Youtube:
    return client.world.network("youtube", Youtube)


def owner(night: date = NIGHT) -> dict[str, str]:
    return {"Authorization": f"Bearer {access_token(night)}"}


def data(client: Client, method: str, headers: Mapping[str, str] | None = None, **params: Any) -> requests.Response:
    sent = dict(owner() if headers is None else headers)
    return client.get(f"/youtube/v3/{method}", params=params, headers=sent)


def report(client: Client, **params: Any) -> requests.Response:
    return client.get("/youtube-analytics/v2/reports", params={**DAYS, **params}, headers=owner())


def walked(client: Client, method: str, **params: Any) -> list[Any]:
    """Every item of a list, by following its tokens."""
    found: list[Any] = []
    more: dict[str, str] = {}
    while True:
        page = data(client, method, **{**params, **more}).json()
        found += page["items"]
        if "nextPageToken" not in page:
            return found
        more = {"pageToken": page["nextPageToken"]}


def reason(answer: requests.Response) -> tuple[int, str]:
    told = answer.json()["error"]
    assert answer.status_code == told["code"]
    return answer.status_code, told["errors"][0]["reason"]


def test_subscribers_are_rounded_down_to_three_figures_and_some_hide_them(client: Client) -> None:
    ids = f"{MAIN},{SMALL},{RIVAL},{SILENT_RIVAL},UCnobody"
    items = data(client, "channels", part="statistics", maxResults=50, id=ids).json()["items"]
    told = {item["id"]: item["statistics"] for item in items}
    exact = {channel: network(client).level(channel, NIGHT) for channel in told}
    assert told[MAIN]["subscriberCount"] == str(exact[MAIN] // 100 * 100) != str(exact[MAIN])
    assert told[SMALL]["subscriberCount"] == str(exact[SMALL])
    assert "subscriberCount" not in told[SILENT_RIVAL]
    assert told[SILENT_RIVAL]["hiddenSubscriberCount"] is True
    assert data(client, "channels", part="id", mine="true").json()["items"][0]["id"] == MAIN


def test_the_uploads_are_complete_newest_first_and_hold_what_vanished(client: Client) -> None:
    items = walked(client, "playlistItems", part="contentDetails", playlistId=UPLOADS, maxResults=50)
    listed = [item["contentDetails"]["videoId"] for item in items]
    assert listed == [video_id(story) for story in network(client).listed(MAIN, NIGHT)]
    dates = [at for item in items if (at := item["contentDetails"].get("videoPublishedAt"))]
    assert dates == sorted(dates, reverse=True)
    assert len(items) > 100


def test_a_deleted_or_private_video_is_missing_from_the_videos_without_a_word(client: Client) -> None:
    written, gone = client.world.calendar.post_deleted
    client.night(gone + timedelta(days=1))
    now = owner(gone + timedelta(days=1))
    story = next(story for story in network(client).of_day(MAIN, written))
    listed = data(client, "playlistItems", now, part="contentDetails", playlistId=UPLOADS, maxResults=50).json()[
        "items"
    ]
    (item,) = [item for item in listed if item["contentDetails"]["videoId"] == video_id(story)]
    private = network(client).is_private(story)
    assert ("videoPublishedAt" in item["contentDetails"]) is not private
    other = listed[0]["contentDetails"]["videoId"]
    told = data(client, "videos", now, part="id", id=f"{video_id(story)},{other}").json()
    assert [row["id"] for row in told["items"]] == [other]


def test_counters_are_texts_and_those_that_are_hidden_are_not_there(client: Client) -> None:
    stories = {video_id(story): story for story in network(client).stories(MAIN, NIGHT)[:50]}
    rows = data(client, "videos", part="statistics", id=",".join(stories)).json()["items"]
    assert {type(value) for row in rows for value in row["statistics"].values()} == {str}
    for row in rows:
        story, told = stories[row["id"]], row["statistics"]
        assert ("likeCount" in told) is not network(client).hides_likes(story)
        assert ("commentCount" in told) is not network(client).takes_no_comments(story)
    assert {frozenset(row["statistics"]) for row in rows} > {frozenset({"viewCount", "likeCount", "favoriteCount"})}


def test_threads_come_newest_first_with_five_replies_at_most_and_the_rest_by_the_thread(client: Client) -> None:
    threads = walked(
        client, "commentThreads", part="snippet,replies", allThreadsRelatedToChannelId=MAIN, maxResults=100
    )
    moments = [thread["snippet"]["topLevelComment"]["snippet"]["publishedAt"] for thread in threads]
    assert moments == sorted(moments, reverse=True)
    assert len(threads) > 200
    shown = [len(thread.get("replies", {}).get("comments", ())) for thread in threads]
    totals = [thread["snippet"]["totalReplyCount"] for thread in threads]
    assert shown == [min(total, 5) for total in totals]
    longest = max(threads, key=lambda thread: thread["snippet"]["totalReplyCount"])
    replies = walked(client, "comments", part="snippet", parentId=longest["id"], maxResults=3)
    assert len(replies) == max(totals) > 5
    assert {reply["snippet"]["parentId"] for reply in replies} == {longest["id"]}


def test_the_comments_of_a_video_agree_with_its_counter_unless_they_are_switched_off(client: Client) -> None:
    stories = network(client).stories(MAIN, NIGHT)
    closed = next(story for story in stories if network(client).takes_no_comments(story))
    refused = data(client, "commentThreads", part="id", videoId=video_id(closed))
    assert reason(refused) == (403, "commentsDisabled")
    talked = max(stories, key=lambda story: len(network(client).live_responses(story, NIGHT)))
    threads = walked(client, "commentThreads", part="snippet", videoId=video_id(talked))
    row = data(client, "videos", part="statistics", id=video_id(talked)).json()["items"][0]
    said = len(threads) + sum(thread["snippet"]["totalReplyCount"] for thread in threads)
    assert row["statistics"]["commentCount"] == str(said)


def test_days_come_two_or_three_days_late_and_are_corrected_once(client: Client) -> None:
    rows = {day: values for day, *values in report(client).json()["rows"]}
    newest = max(rows)
    assert newest in {"2026-10-30", "2026-10-31"}
    assert rows.keys() >= {"2026-10-01", "2026-10-29"}
    first = network(client).reported(MAIN, date.fromisoformat(newest), NIGHT)
    later = network(client).reported(MAIN, date.fromisoformat(newest), NIGHT + timedelta(days=3))
    assert first is not None
    assert later is not None
    assert rows[newest] == [first.views, first.likes]
    assert later.views > first.views


def test_an_answer_without_figures_has_no_rows_at_all(client: Client) -> None:
    told = report(client, startDate="2026-11-02").json()
    assert "rows" not in told
    assert [column["name"] for column in told["columnHeaders"]] == ["day", "views", "likes"]


def test_totals_of_videos_are_those_that_the_filter_names_in_the_order_that_was_asked(client: Client) -> None:
    stories = network(client).stories(MAIN, NIGHT)[5:25]
    ids = ",".join(video_id(story) for story in stories)
    more = {"dimensions": "video", "filters": f"video=={ids}", "maxResults": 200, "sort": "-views"}
    rows = report(client, **more).json()["rows"]
    assert {row[0] for row in rows} == set(ids.split(","))
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    assert reason(report(client, **{**more, "maxResults": 500})) == (400, "badRequest")
    assert reason(report(client, **{**more, "sort": ""})) == (400, "badRequest")


def test_only_what_fields_names_is_sent(client: Client) -> None:
    fields = "nextPageToken,items(id,snippet(topLevelComment/snippet/publishedAt,totalReplyCount))"
    told = data(
        client, "commentThreads", part="snippet", allThreadsRelatedToChannelId=MAIN, maxResults=1, fields=fields
    ).json()
    assert set(told) == {"nextPageToken", "items"}
    assert set(told["items"][0]) == {"id", "snippet"}
    assert set(told["items"][0]["snippet"]["topLevelComment"]["snippet"]) == {"publishedAt"}
    assert reason(data(client, "channels", part="id", mine="true", fields="items(id")) == (400, "invalidParameter")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (403, "forbidden")),
        ({"Authorization": "Bearer wrong"}, (401, "authError")),
        ({"Authorization": f"Bearer {access_token(NIGHT - timedelta(days=1))}"}, (401, "authError")),
        ({"X-Goog-Api-Key": "wrong"}, (400, "badRequest")),
    ],
)
def test_who_may_not_ask_is_told_so(client: Client, headers: dict[str, str], expected: tuple[int, str]) -> None:
    assert reason(data(client, "channels", headers, part="id", id=MAIN)) == expected


def test_a_key_opens_the_public_face_alone(client: Client) -> None:
    key = {"X-Goog-Api-Key": KEY}
    assert data(client, "channels", key, part="id", id=MAIN).status_code == 200
    assert data(client, "channels", {}, part="id", id=MAIN, key=KEY).status_code == 200
    wrong = data(client, "channels", {"X-Goog-Api-Key": "wrong"}, part="id", id=MAIN).json()["error"]
    assert wrong["details"][0]["reason"] == "API_KEY_INVALID"
    assert reason(client.get("/youtube-analytics/v2/reports", params=DAYS, headers=key)) == (401, "authError")
    assert reason(report(client, ids=f"channel=={SMALL}")) == (403, "forbidden")


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("channels", {"part": "statistics,geese", "id": MAIN}, (400, "unknownPart")),
        ("channels", {"id": MAIN}, (400, "missingRequiredParameter")),
        ("channels", {"part": "id"}, (400, "missingRequiredParameter")),
        ("channels", {"part": "id", "id": MAIN, "quantty": 3}, (400, "badRequest")),
        ("channels", {"part": "id", "id": MAIN, "maxResults": 51}, (400, "invalidParameter")),
        ("playlistItems", {"part": "id", "playlistId": UPLOADS, "pageToken": "soon"}, (400, "invalidPageToken")),
        ("playlistItems", {"part": "id", "playlistId": "UUnobody"}, (404, "playlistNotFound")),
        ("videos", {"part": "id", "id": ",".join(map(str, range(51)))}, (400, "invalidFilters")),
        ("commentThreads", {"part": "id", "videoId": "x"}, (404, "videoNotFound")),
        ("commentThreads", {"part": "id", "allThreadsRelatedToChannelId": "x"}, (404, "channelNotFound")),
        ("commentThreads", {"part": "id", "videoId": "x", "order": "age"}, (400, "invalidParameter")),
        ("comments", {"part": "id", "parentId": "x"}, (404, "commentNotFound")),
        ("search", {"part": "id", "q": "x"}, (404, "notFound")),
    ],
)
def test_what_the_platform_does_not_know_it_refuses(
    client: Client, method: str, params: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert reason(data(client, method, **params)) == expected


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"metrics": "views,geese"}, "Unknown identifier (geese) given in field parameters.metrics."),
        ({"dimensions": "month"}, "not supported"),
        ({"startDate": "soon"}, "Required"),
        ({"endDate": "2026-01-01"}, "must not be before"),
        ({"metrcs": "views"}, "Unknown name"),
    ],
)
def test_a_report_that_there_is_not_is_refused_in_words(client: Client, params: dict[str, Any], words: str) -> None:
    answer = report(client, **params)
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_an_hour_of_access_is_given_for_the_refresh_token_and_for_nothing_else(client: Client) -> None:
    form = {
        "grant_type": "refresh_token",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
    }

    def asked(**changed: str) -> requests.Response:
        return client.session.post(f"{client.url}/youtube-oauth/token", data={**form, **changed}, timeout=10)

    granted = asked().json()
    assert (granted["access_token"], granted["expires_in"]) == (access_token(NIGHT), 3599)
    assert "refresh_token" not in granted
    assert (asked(refresh_token="x").status_code, asked(refresh_token="x").json()["error"]) == (400, "invalid_grant")
    assert (asked(client_secret="x").status_code, asked(client_secret="x").json()["error"]) == (401, "invalid_client")
    assert asked(grant_type="password").json()["error"] == "unsupported_grant_type"


def test_a_token_of_a_page_is_a_place_in_the_platforms_own_coding() -> None:
    assert (token_of(5), token_of(10), token_of(50), token_of(0)) == ("CAUQAA", "CAoQAA", "CDIQAA", "CAAQAA")
