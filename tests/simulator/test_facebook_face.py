"""The simulated Graph API answers like the real one: windows, cursors, omissions and refusals."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.facebook.account import APP_SECRET
from pipeline.simulator.world.calendar import PACIFIC, midnight
from tests.simulator.client import MAIN, SMALL, Client

FIELDS = (
    "id,message,created_time,shares,reactions.limit(0).summary(true),comments.filter(stream).limit(0).summary(true),"
    "insights.metric(post_media_view,post_clicks,post_reactions_by_type_total,post_video_views){name,period,values}"
)
NIGHT = date(2026, 11, 2)


def insights(client: Client, metric: str, since: str, until: str, **more: Any) -> requests.Response:
    return client.graph("104001/insights", metric=metric, since=since, until=until, **{"period": "day", **more})


def values(answer: requests.Response) -> dict[str, dict[str, int]]:
    """Metric → end_time → value."""
    return {row["name"]: {v["end_time"]: v["value"] for v in row["values"]} for row in answer.json()["data"]}


def refusal(answer: requests.Response) -> tuple[int, int, int | None]:
    """HTTP status, code and subcode of an error."""
    error = answer.json()["error"]
    assert error["message"]
    assert error["fbtrace_id"]
    return answer.status_code, error["code"], error.get("error_subcode")


def window(days: int) -> dict[str, Any]:
    since, until = midnight(NIGHT - timedelta(days=days), PACIFIC), midnight(NIGHT + timedelta(days=1), PACIFIC)
    return {"since": int(since.timestamp()), "until": int(until.timestamp())}


def test_the_page_gives_the_fields_that_are_asked_for(client: Client) -> None:
    now = client.world.facebook.page("104001", NIGHT)
    answer = client.graph("104001", fields="name,followers_count")
    assert answer.json() == {"name": now.name, "followers_count": now.followers_count, "id": "104001"}
    assert client.graph("me").json() == {"name": now.name, "id": "104001"}
    assert refusal(client.graph("104001", fields="followers")) == (400, 100, None)
    assert refusal(client.graph("104001", fields="name,")) == (400, 100, None)


def test_insights_are_the_worlds_values_with_the_day_inside_the_window(client: Client) -> None:
    told = values(insights(client, "page_follows,page_media_view", "2026-10-28", "2026-11-03"))
    assert list(told) == ["page_follows", "page_media_view"]
    expected = {
        f"2026-10-{day + 1}T07:00:00+0000": client.world.facebook.page_insight(
            "104001", "page_media_view", "day", date(2026, 10, day), NIGHT
        )
        for day in range(28, 31)
    }
    # The day of the night is not over on the Pacific coast; the clocks changed there on 1 November.
    expected["2026-11-01T07:00:00+0000"] = told["page_media_view"]["2026-11-01T07:00:00+0000"]
    expected["2026-11-02T08:00:00+0000"] = told["page_media_view"]["2026-11-02T08:00:00+0000"]
    assert told["page_media_view"] == expected


def test_since_is_inclusive_and_until_exclusive(client: Client) -> None:
    told = values(insights(client, "page_follows", "2026-10-10", "2026-10-12"))
    assert list(told["page_follows"]) == ["2026-10-11T07:00:00+0000", "2026-10-12T07:00:00+0000"]
    seconds = {"since": midnight(date(2026, 10, 10), PACIFIC), "until": midnight(date(2026, 10, 12), PACIFIC)}
    unix = {name: str(int(moment.timestamp())) for name, moment in seconds.items()}
    assert values(insights(client, "page_follows", **unix)) == told


def test_every_period_is_given_where_none_is_named(client: Client) -> None:
    answer = insights(client, "page_total_media_view_unique", "2026-10-10", "2026-10-12", period=None)
    assert [row["period"] for row in answer.json()["data"]] == ["day", "week", "days_28"]


def test_ninety_days_may_be_asked_for_and_not_one_more(client: Client) -> None:
    assert insights(client, "page_follows", "2026-08-05", "2026-11-03").status_code == 200
    assert refusal(insights(client, "page_follows", "2026-08-04", "2026-11-03")) == (400, 100, None)


def test_one_retired_metric_fails_the_whole_call_from_its_night_on(client: Client) -> None:
    retired = client.world.calendar.metric_retired
    client.night(retired - timedelta(days=1))
    assert insights(client, "page_follows,page_views_total", "2026-10-01", "2026-10-10").status_code == 200
    client.night(retired)
    refused = insights(client, "page_follows,page_views_total", "2026-10-01", "2026-10-10")
    assert refusal(refused) == (400, 100, None)
    assert "must be a valid insights metric" in refused.json()["error"]["message"]
    assert refusal(insights(client, "page_impressions", "2026-10-01", "2026-10-10")) == (400, 100, None)


def test_a_small_page_has_empty_insights_and_posts_without_them(client: Client) -> None:
    answer = client.graph("104002/insights", SMALL, metric="page_follows", period="day")
    assert answer.status_code == 200
    assert answer.json()["data"] == []
    posts = client.graph("104002/published_posts", SMALL, fields=FIELDS).json()["data"]
    assert posts
    assert all("insights" not in post and "reactions" in post for post in posts)


def test_links_of_insights_lead_to_this_host_with_the_token_for_ever(client: Client) -> None:
    answer = insights(client, "page_follows", "2026-10-10", "2026-10-12")
    for _ in range(3):
        link = answer.json()["paging"]["next"]
        assert link.startswith(client.url + "/facebook/v26.0/104001/insights?")
        assert f"access_token={MAIN}" in link
        answer = requests.get(link, timeout=10)
        assert answer.status_code == 200
    assert list(values(answer)["page_follows"]) == ["2026-10-17T07:00:00+0000", "2026-10-18T07:00:00+0000"]


@pytest.mark.parametrize("edge", ["published_posts", "posts", "feed"])
def test_posts_come_newest_first_over_several_pages_without_losing_one(client: Client, edge: str) -> None:
    pages = []
    answer = client.graph(f"104001/{edge}", fields=FIELDS, limit=10, **window(28))
    while True:
        pages.append(answer.json()["data"])
        link = answer.json()["paging"].get("next")
        if link is None:
            break
        assert f"access_token={MAIN}" in link
        answer = requests.get(link, timeout=10)
    expected = client.world.facebook.posts("104001", NIGHT, NIGHT - timedelta(days=28), NIGHT)
    assert [post["id"] for page in pages for post in page] == [post.id for post in expected]
    assert [len(page) for page in pages] == [10, 10, 10, len(expected) - 30]


def test_a_post_says_what_the_world_says_and_leaves_out_what_there_is_not(client: Client) -> None:
    shown = client.graph("104001/published_posts", fields=FIELDS, limit=100, **window(90)).json()["data"]
    expected = {post.id: post for post in client.world.facebook.posts("104001", NIGHT)}
    assert len(shown) > 60
    for post in shown:
        told = expected[post["id"]]
        assert post.get("message") == told.message
        assert post.get("shares") == ({"count": told.shares} if told.shares else None)
        assert post["reactions"]["summary"]["total_count"] == told.reactions
        assert post["comments"]["summary"]["total_count"] == told.comments
        given = {row["name"]: row["values"][0]["value"] for row in post["insights"]["data"]}
        assert given["post_media_view"] == told.media_view
        assert given["post_reactions_by_type_total"] == told.reactions_by_type
        assert given.get("post_video_views") == told.video_views
        assert datetime.strptime(post["created_time"], "%Y-%m-%dT%H:%M:%S%z") == told.created_time
        assert f"access_token={MAIN}" in post["insights"]["paging"]["next"]
        assert set(post["insights"]["data"][0]) == {"name", "period", "values", "id"}
    assert {"message" in post for post in shown} == {"shares" in post for post in shown} == {True, False}


def test_a_cursor_outlives_the_post_to_which_it_points(client: Client) -> None:
    first = client.graph("104001/published_posts", limit=5).json()
    client.control("mutate", {"kind": "delete_post", "platform": "facebook", "target": first["data"][-1]["id"]})
    after = first["paging"]["cursors"]["after"]
    second = client.graph("104001/published_posts", limit=5, after=after).json()
    expected = [post.id for post in client.world.facebook.posts("104001", NIGHT)]
    assert [post["id"] for post in second["data"]] == expected[4:9]


def test_a_deleted_post_is_unknown_by_its_id(client: Client) -> None:
    published, deleted = client.world.calendar.post_deleted
    client.night(published)
    post = next(
        p.id
        for p in client.world.facebook.posts("104001", published)
        if client.world.facebook.post(p.id, deleted) is None
    )
    assert client.graph(post, fields="id").json() == {"id": post}
    metric = client.graph(f"{post}/insights", metric="post_clicks").json()["data"][0]
    assert metric["period"] == "lifetime"
    client.night(deleted)
    assert refusal(client.graph(post, fields="id")) == (400, 100, 33)


def test_the_token_is_checked(client: Client) -> None:
    no_token = client.get("/facebook/v26.0/104001")
    assert refusal(no_token) == (400, 104, None)
    wrong = client.graph("104001", "wrong")
    assert refusal(wrong) == (400, 190, None)
    assert "invalid_token" in wrong.headers["WWW-Authenticate"]
    assert refusal(client.graph("104001/insights", SMALL, metric="page_follows")) == (403, 10, None)
    assert client.get("/facebook/v26.0/104001", params={"access_token": MAIN}).status_code == 200
    right = hmac.new(APP_SECRET.encode(), MAIN.encode(), hashlib.sha256).hexdigest()
    assert client.graph("104001", appsecret_proof=right).status_code == 200
    assert refusal(client.graph("104001", appsecret_proof="0" * 64)) == (400, 100, None)


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("104001/published_posts", {"limit": 101}, (400, 100, None)),
        ("104001/published_posts", {"since": "yesterday-ish"}, (400, 100, None)),
        ("104001/published_posts", {"after": "not-a-cursor"}, (400, 100, None)),
        ("104001/published_posts", {"fields": "id,likes"}, (400, 100, None)),
        ("104001/published_posts", {"fields": "id,reactions.limit(0"}, (400, 100, None)),
        ("104001/published_posts", {"fields": "insights.metric(post_impressions)"}, (400, 100, None)),
        ("104001/published_posts", {"untill": "2026-10-01"}, (400, 100, None)),
        ("104001/insights", {}, (400, 100, None)),
        ("104001/insights", {"metric": "page_follows", "period": "year"}, (400, 100, None)),
        ("104001/published_posts", {"fields": "id,comments.limit(101){id}"}, (400, 100, None)),
        ("104001/published_posts", {"fields": "id,comments{id,likes}"}, (400, 100, None)),
        ("104001/published_posts", {"fields": "id,comments.filter(all){id}"}, (400, 100, None)),
        ("104001/published_posts", {"fields": "id,comments.order(oldest){id}"}, (400, 100, None)),
        ("104001/comments", {}, (400, 2500, None)),
        ("104001/likes", {}, (400, 2500, None)),
        ("104009", {}, (400, 100, 33)),
        ("104001_1", {}, (400, 100, 33)),
    ],
)
def test_what_the_platform_does_not_know_it_refuses(
    client: Client, path: str, params: dict[str, Any], expected: tuple[int, int, int | None]
) -> None:
    assert refusal(client.graph(path, **params)) == expected


def test_unknown_versions_and_methods_are_refused(client: Client) -> None:
    headers = {"Authorization": f"Bearer {MAIN}"}
    assert refusal(client.get("/facebook/v99.0/104001", headers=headers)) == (400, 2500, None)
    assert client.get("/facebook/v25.0/104001", headers=headers).status_code == 200
    posted = client.session.post(f"{client.url}/facebook/v26.0/104001/feed", headers=headers, timeout=10)
    assert refusal(posted) == (400, 100, 33)


def test_an_outage_lasts_the_whole_night_and_touches_one_account(client: Client) -> None:
    _, account, night = min(unit for unit in client.world.outages if unit[0] == "facebook")
    client.night(night)
    assert refusal(client.graph(account)) == (503, 2, None)
    assert client.graph("104002", SMALL).status_code == 200
    client.night(night + timedelta(days=2))
    assert client.graph(account).status_code == 200
