"""The simulated TikTok answers like both of its APIs: mixed numbers, dashes, late days, tokens that rotate."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.tiktok.account import CLIENT_ID, CLIENT_SECRET, ENVIRONMENT
from pipeline.simulator.platforms.tiktok.face import DAILY, NOW, VIDEO
from pipeline.simulator.platforms.tiktok.grants import access_token, refresh_token
from pipeline.simulator.platforms.tiktok.rows import TEXTS
from pipeline.simulator.world import Change
from pipeline.simulator.world.networks.tiktok import BACKSTAGE, MAIN, SMALL, Tiktok, video_id
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
GRANT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "refresh_token"}
API = "/tiktok/open_api/v1.3"


def ask(client: Client, path: str, account: str = MAIN, night: date = NIGHT, **params: Any) -> requests.Response:
    """A GET of the Accounts API; lists become JSON text, as the platform wants them."""
    query = {"business_id": account, **params}
    query = {name: json.dumps(value) if isinstance(value, list) else value for name, value in query.items()}
    headers = {"Access-Token": access_token(account, night)}
    return client.get(f"{API}/business/{path}/", params=query, headers=headers)


def data(answer: requests.Response) -> Any:
    told = answer.json()
    assert (answer.status_code, told["code"], told["message"]) == (200, 0, "OK"), told
    assert told["request_id"]
    return told["data"]


def code(answer: requests.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def days(client: Client, first: str = "2026-10-20", last: str = "2026-11-02", account: str = MAIN) -> list[Any]:
    found = data(ask(client, "get", account, fields=sorted(DAILY), start_date=first, end_date=last))
    return list(found["metrics"])


def everything(client: Client, path: str, **params: Any) -> list[list[Any]]:
    """Every page of a list."""
    pages, cursor, more = [], 0, True
    while more:
        found = data(ask(client, path, cursor=cursor, **params))
        pages.append(found["videos" if path.startswith("video") else "comments"])
        cursor, more = found["cursor"], found["has_more"]
    return pages


def videos(client: Client, **params: Any) -> list[Any]:
    return [row for page in everything(client, "video/list", fields=sorted(VIDEO), **params) for row in page]


def renew(client: Client, token: str, **more: Any) -> requests.Response:
    path = f"{client.url}{API}/tt_user/oauth2/refresh_token/"
    return client.session.post(path, json={**GRANT, "refresh_token": token, **more}, timeout=10)


def shown(client: Client, path: str, method: str = "POST", token: str = "", **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or access_token(BACKSTAGE, NIGHT)}"}
    return client.session.request(method, f"{client.url}/tiktok_display{path}", headers=headers, timeout=10, **more)


def world(client: Client) -> Tiktok:
    return client.world.network("tiktok", Tiktok)


def test_the_list_of_videos_is_complete_over_several_pages_and_newest_first(client: Client) -> None:
    pages = everything(client, "video/list", fields=["item_id", "create_time"], max_count=20)
    rows = [row for page in pages for row in page]
    assert [row["item_id"] for row in rows] == [video_id(story) for story in world(client).videos(MAIN, NIGHT)]
    assert all(int(a["create_time"]) >= int(b["create_time"]) for a, b in pairwise(rows))
    assert [len(page) for page in pages[:-1]] == [20] * (len(pages) - 1)
    assert len(pages) > 2


def test_numbers_come_as_numbers_and_as_texts_and_none_as_a_dash(client: Client) -> None:
    row = next(row for row in videos(client) if row["reach"] != "-")
    assert (type(row["video_views"]), type(row["reach"]), type(row["create_time"])) == (int, str, str)
    day = days(client)[0]
    assert {name for name, value in day.items() if isinstance(value, str)} == {"date", *(TEXTS & DAILY)}
    assert {d["bio_link_clicks"] for d in days(client, account=SMALL)} == {"-"}


def test_a_video_of_today_has_no_reach_yet_and_one_of_last_year_no_statistics_at_all(client: Client) -> None:
    client.control("reset", params={"nights": 400})
    rows = videos(client)
    now = datetime(2026, 11, 3, 3, tzinfo=UTC)
    for row in rows:
        age = now - datetime.fromtimestamp(int(row["create_time"]), UTC)
        assert (row["reach"] == "-") == (age < timedelta(days=1))
        assert (row["video_views"] is None) == (age > timedelta(days=365))
    assert None in {row["video_views"] for row in rows}


def test_days_come_one_or_two_nights_late(client: Client) -> None:
    late = set()
    for n in range(12):
        night = NIGHT - timedelta(days=n)
        client.night(night)
        window: dict[str, Any] = {"start_date": "2026-10-01", "end_date": "2026-11-02"}
        newest = date.fromisoformat(
            data(ask(client, "get", SMALL, night, fields=["likes"], **window))["metrics"][-1]["date"]
        )
        late.add((night - newest).days)
    assert late == {1, 2}


def test_the_numbers_of_a_day_are_the_worlds_and_its_followers_go_on_from_the_day_before(client: Client) -> None:
    found = days(client)
    for before, after in pairwise(found):
        change = after["daily_new_followers"] - int(after["daily_lost_followers"])
        assert after["daily_total_followers"] - before["daily_total_followers"] == change
    (last,) = (day for day in found if day["date"] == "2026-10-30")
    assert last["comments"] == world(client).responses_of(MAIN, date(2026, 10, 30), NIGHT)
    level = data(ask(client, "get", fields=sorted(NOW)))
    assert (level["followers_count"], level["total_likes"].isdecimal()) == (world(client).level(MAIN, NIGHT), True)


def test_a_window_of_sixty_days_is_the_longest(client: Client) -> None:
    assert len(days(client, "2026-09-03", "2026-11-01")) in (59, 60)
    window: dict[str, Any] = {"start_date": "2026-09-03", "end_date": "2026-11-02", "fields": ["likes"]}
    assert code(ask(client, "get", **window)) == (200, 40002)
    assert code(ask(client, "get", **{**window, "end_date": "2026-09-01"})) == (200, 40002)
    assert code(ask(client, "get", fields=["likes"])) == (200, 40002)


def test_the_audience_is_told_from_a_hundred_followers_on(client: Client) -> None:
    shares = data(ask(client, "get", fields=["audience_countries"]))["audience_countries"]
    assert [share["country"] for share in shares] == ["FR", "BE", "CH", "GB"]
    assert 0 < sum(share["percentage"] for share in shares) <= 1
    small = data(ask(client, "get", SMALL, fields=["audience_countries", "followers_count"]))
    assert small["audience_countries"] is None
    assert small["followers_count"] < 100


def test_what_stands_below_a_video_is_as_much_as_it_counts_flat_or_one_inside_the_other(client: Client) -> None:
    row = max(videos(client), key=lambda row: row["comments"])
    flat = everything(client, "comment/list", video_id=row["item_id"], max_count=3)
    found = [each for page in flat for each in page]
    assert len(flat) > 1
    assert len({each["comment_id"] for each in found}) == len(found) == row["comments"]
    assert {each["owner"] for each in found} == {True, False}
    nested = everything(client, "comment/list", video_id=row["item_id"], include_replies="true")
    inside = [each for page in nested for top in page for each in (top, *top["reply_list"])]
    assert {each["comment_id"] for each in inside} <= {each["comment_id"] for each in found}
    for top in (each for page in nested for each in page):
        assert len(top["reply_list"]) == min(top["replies"], 3)
        assert {reply["parent_comment_id"] for reply in top["reply_list"]} <= {top["comment_id"]}


def test_a_deleted_video_is_neither_listed_nor_answered_for(client: Client) -> None:
    story = world(client).videos(MAIN, NIGHT)[3]
    client.server.simulator.mutate(Change("delete_post", "tiktok", MAIN, str(story.serial), NIGHT))
    assert video_id(story) not in [row["item_id"] for row in videos(client)]
    assert code(ask(client, "comment/list", video_id=video_id(story))) == (200, 40002)


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("get", {"fields": ["likes", "retweets"], "start_date": "2026-10-01", "end_date": "2026-10-02"}, (200, 40002)),
        ("get", {"fields": "likes", "start_date": "2026-10-01", "end_date": "2026-10-02"}, (200, 40002)),
        ("get", {"fields": ["likes"], "start_date": "soon", "end_date": "2026-10-02"}, (200, 40002)),
        ("get", {"fields": ["likes"], "since": "2026-10-01"}, (200, 40002)),
        ("video/list", {"fields": ["item_id"], "max_count": 21}, (200, 40002)),
        ("video/list", {"fields": ["item_id"], "cursor": "next"}, (200, 40002)),
        ("video/list", {"fields": []}, (200, 40002)),
        ("comment/list", {"video_id": "1"}, (200, 40002)),
        ("comment/list", {"video_id": "1", "max_count": 31}, (200, 40002)),
        ("geese", {}, (404, 40002)),
    ],
)
def test_what_the_platform_does_not_know_it_refuses(
    client: Client, path: str, params: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert code(ask(client, path, **params)) == expected


def test_only_the_token_of_this_account_and_this_day_is_accepted(client: Client) -> None:
    query = {"business_id": MAIN, "fields": '["followers_count"]'}
    for token, expected in (
        (None, 40104),
        ("nonsense", 40105),
        (access_token(MAIN, NIGHT - timedelta(days=1)), 40105),
        (access_token(SMALL, NIGHT), 40001),
        (access_token(MAIN, NIGHT), 0),
    ):
        headers = {"Access-Token": token} if token else {}
        answer = client.get(f"{API}/business/get/", params=query, headers=headers)
        assert code(answer) == (200, expected)


def test_a_renewal_replaces_both_tokens_and_an_old_refresh_token_is_refused_for_ever(client: Client) -> None:
    first = ENVIRONMENT["VIGIE_SIM_TIKTOK_REFRESH_TOKEN"]
    grant = data(renew(client, first))
    assert (grant["expires_in"], grant["refresh_token_expires_in"]) == (86_400, 31_536_000)
    assert grant["refresh_token"] != first
    client.session.headers["Access-Token"] = grant["access_token"]
    query = {"business_id": MAIN, "fields": '["followers_count"]'}
    assert code(client.get(f"{API}/business/get/", params=query)) == (200, 0)
    assert code(renew(client, first)) == (200, 40105)
    later = data(renew(client, grant["refresh_token"]))
    assert code(renew(client, grant["refresh_token"])) == (200, 40105)
    client.night(NIGHT - timedelta(days=1))
    assert code(renew(client, first)) == (200, 40105)
    assert data(renew(client, later["refresh_token"]))["open_id"] == MAIN
    # The tokens of one account say nothing about those of another.
    assert data(renew(client, ENVIRONMENT["VIGIE_SIM_TIKTOK_SMALL_REFRESH_TOKEN"]))["open_id"] == SMALL


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"client_secret": "wrong"}, 40002),
        ({"grant_type": "authorization_code"}, 40002),
        ({"scope": "everything"}, 40002),
        ({"refresh_token": "rft.simulated!nobody!0"}, 40105),
        ({"refresh_token": "nonsense"}, 40105),
    ],
)
def test_a_renewal_that_is_not_right_is_refused_and_spends_nothing(
    client: Client, told: dict[str, str], expected: int
) -> None:
    first = refresh_token(MAIN, 0)
    assert code(
        renew(client, **{"token": first, **told} if "refresh_token" not in told else {"token": told["refresh_token"]})
    ) == (200, expected)
    assert code(renew(client, first)) == (200, 0)


def test_the_display_api_lists_the_videos_of_its_token_with_four_counters(client: Client) -> None:
    names = "id,create_time,title,share_url,view_count,like_count,comment_count,share_count"
    found: list[Any] = []
    body: dict[str, int] = {"max_count": 20}
    while True:
        told = shown(client, "/v2/video/list/", params={"fields": names}, json=body).json()
        assert told["error"]["code"] == "ok"
        found += told["data"]["videos"]
        if not told["data"]["has_more"]:
            break
        body["cursor"] = told["data"]["cursor"]
    assert [row["id"] for row in found] == [video_id(story) for story in world(client).videos(BACKSTAGE, NIGHT)]
    assert set(found[0]) == set(names.split(","))
    assert isinstance(found[0]["create_time"], int)
    user = shown(client, "/v2/user/info/", "GET", params={"fields": "follower_count"}).json()["data"]["user"]
    assert user == {"follower_count": world(client).level(BACKSTAGE, NIGHT)}


@pytest.mark.parametrize(
    ("path", "more", "expected"),
    [
        ("/v2/video/list/", {"params": {"fields": "id,reach"}, "json": {}}, (400, "invalid_params")),
        ("/v2/video/list/", {"params": {"fields": "id"}, "json": {"max_count": 21}}, (400, "invalid_params")),
        ("/v2/video/list/", {"params": {"fields": "id"}, "json": {"cursor": "x"}}, (400, "invalid_params")),
        ("/v2/video/list/", {"params": {"fields": "id"}, "json": {"limit": 2}}, (400, "invalid_params")),
        ("/v2/video/list/", {"params": {"fields": "id"}, "data": b"{"}, (400, "invalid_params")),
        ("/v2/video/list/", {"params": {"fields": "id", "page": 1}, "json": {}}, (400, "invalid_params")),
        ("/v2/video/query/", {"json": {}}, (404, "invalid_params")),
        ("/v2/video/list/", {"token": "old", "json": {}}, (401, "access_token_invalid")),
    ],
)
def test_what_the_display_api_does_not_know_it_refuses(
    client: Client, path: str, more: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = shown(client, path, **more)
    assert (answer.status_code, answer.json()["error"]["code"]) == expected


def test_the_display_api_grants_tokens_for_a_form_and_each_refresh_token_once(client: Client) -> None:
    form = {"client_key": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "refresh_token"}
    form["refresh_token"] = refresh_token(BACKSTAGE, 0)
    address = f"{client.url}/tiktok_display/v2/oauth/token/"
    grant = client.session.post(address, data=form, timeout=10).json()
    assert grant["access_token"] == access_token(BACKSTAGE, NIGHT)
    again = client.session.post(address, data=form, timeout=10)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    wrong = client.session.post(address, data={**form, "client_key": "other"}, timeout=10)
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_request")


FIELDS = ["item_id", "video_views", "comments"]


@pytest.mark.parametrize(
    ("kind", "args", "expected"),
    [
        ("rate_limit", {}, (200, 40100)),
        ("rate_limit", {"restricted": True}, (200, 40100)),
        ("expired_token", {}, (200, 40105)),
        ("error_in_200", {}, (200, 50002)),
        ("error_in_200", {"code": 40200}, (200, 40200)),
        ("unavailable", {}, (503, 50000)),
    ],
)
def test_every_refusal_is_the_platforms_own(
    client: Client, kind: str, args: dict[str, Any], expected: tuple[int, int]
) -> None:
    client.inject(kind, "tiktok", args=args, times=1)
    assert code(ask(client, "video/list", fields=FIELDS)) == expected
    assert code(ask(client, "video/list", fields=FIELDS)) == (200, 0)


def test_a_revoked_account_gets_no_new_tokens_though_the_old_one_still_works(client: Client) -> None:
    client.inject("revoked", "tiktok")
    assert code(renew(client, refresh_token(MAIN, 0))) == (200, 40105)
    assert code(ask(client, "get", fields=["followers_count"])) == (200, 0)


def test_the_past_can_end(client: Client) -> None:
    client.inject("history_ends", "tiktok", args={"first": "2026-10-01"})
    window: dict[str, Any] = {"end_date": "2026-10-10", "fields": ["likes"]}
    assert code(ask(client, "get", start_date="2026-09-30", **window)) == (200, 40002)
    assert code(ask(client, "get", start_date="2026-10-01", **window)) == (200, 0)


def test_lists_can_be_short_empty_without_their_cursor_going_round_or_drifting(client: Client) -> None:
    whole = videos(client)
    client.inject("short_page", "tiktok", path="video/list")
    assert videos(client, max_count=20) == whole
    client.control("clear")
    first = data(ask(client, "video/list", fields=FIELDS))
    client.inject("empty_page", "tiktok", path="video/list", times=1)
    empty = data(ask(client, "video/list", fields=FIELDS))
    assert (empty["videos"], empty["has_more"], empty["cursor"]) == ([], True, first["cursor"])
    client.inject("missing_next", "tiktok", path="video/list", times=1)
    assert set(data(ask(client, "video/list", fields=FIELDS))) == {"videos", "has_more"}
    client.inject("cursor_loop", "tiktok", path="video/list", times=1)
    looped = data(ask(client, "video/list", fields=FIELDS, cursor=first["cursor"]))
    assert (looped["cursor"], looped["has_more"]) == (first["cursor"], True)
    client.inject("page_drift", "tiktok", path="video/list", times=1)
    assert data(ask(client, "video/list", fields=FIELDS, cursor=first["cursor"]))["videos"][0] == first["videos"][0]


def test_the_oldest_videos_can_be_pinned_and_any_video_can_be_gone(client: Client) -> None:
    whole = videos(client)
    client.inject("pinned", "tiktok", times=1, args={"count": 2})
    page = data(ask(client, "video/list", fields=["item_id"], max_count=20))["videos"]
    assert [row["item_id"] for row in page[:3]] == [row["item_id"] for row in (*whole[-2:], whole[0])]
    client.inject("deleted_post", "tiktok", args={"post": whole[1]["item_id"]})
    assert videos(client) == [whole[0], *whole[2:]]


def test_days_can_be_missing_late_blank_or_restated(client: Client) -> None:
    whole = days(client)
    client.inject("missing_day", "tiktok", times=1, args={"day": whole[3]["date"]})
    assert days(client) == [*whole[:3], *whole[4:]]
    client.inject("late_data", "tiktok", times=1, args={"days": 4})
    assert days(client) == whole[:-4]
    client.inject("blank_days", "tiktok", times=1)
    assert {value for day in days(client)[-2:] for name, value in day.items() if name != "date"} == {"-"}
    client.inject("restated", "tiktok", times=1, args={"factor": 2})
    assert days(client)[0]["video_views"] == 2 * whole[0]["video_views"]
    change = Change("restate_day", "tiktok", MAIN, whole[0]["date"], NIGHT, factor=3.0)
    client.server.simulator.mutate(change)
    assert days(client)[0]["video_views"] == 3 * whole[0]["video_views"]


def test_numbers_can_be_texts_words_or_negative(client: Client) -> None:
    client.inject("string_numbers", "tiktok", times=1)
    assert {type(row["video_views"]) for row in ask(client, "video/list", fields=FIELDS).json()["data"]["videos"]} == {
        str
    }
    client.inject("changed_type", "tiktok", times=1)
    assert data(ask(client, "video/list", fields=FIELDS))["videos"][0]["video_views"] == "many"
    client.inject("negative_counts", "tiktok", times=1)
    assert data(ask(client, "video/list", fields=FIELDS))["videos"][5]["video_views"] < 0
