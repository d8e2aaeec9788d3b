"""Answers that a fault has bent: days, numbers and rows that are missing, moved or of another kind."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests

from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
POSTS: dict[str, Any] = {"fields": "id,created_time", "limit": 10}
INSIGHTS: dict[str, Any] = {
    "metric": "page_follows,page_media_view",
    "period": "day",
    "since": "2026-10-20",
    "until": "2026-11-03",
}


def ids(answer: requests.Response) -> list[Any]:
    told = answer.json()
    return [row["id"] for row in (told["data"] if isinstance(told, dict) else told)]


def ends(answer: requests.Response) -> list[str]:
    return [value["end_time"] for value in answer.json()["data"][0]["values"]]


@pytest.mark.parametrize("kind", ["missing_day", "late_data"])
def test_days_are_missing_from_insights_visits_and_statistics(client: Client, kind: str) -> None:
    whole = ends(client.graph("104001/insights", **INSIGHTS))
    window, table = "2026-10-30,2026-11-02", {"quantity": 4, "date": "2026-11-02"}
    for platform in ("facebook", "matomo", "wpcom"):
        client.inject(kind, platform, args={"day": "2026-10-31"} if kind == "missing_day" else {"days": 2})
    left = ends(client.graph("104001/insights", **INSIGHTS))
    visits = client.matomo("VisitsSummary.get", date=window).json()
    rows = [row[0] for row in client.stats("stats/visits", "v1", **table).json()["data"]]
    if kind == "missing_day":
        assert set(whole) - set(left) == {"2026-11-01T07:00:00+0000"}
        assert list(visits) == rows == ["2026-10-30", "2026-11-01", "2026-11-02"]
    else:
        assert left == whole[:-2]
        assert [day for day, row in visits.items() if row == []] == ["2026-11-01", "2026-11-02"]
        assert rows == ["2026-10-30", "2026-10-31"]


def test_the_past_is_restated_by_a_factor(client: Client) -> None:
    def numbers() -> tuple[int, int, int]:
        value = client.graph("104001/insights", **INSIGHTS).json()["data"][1]["values"][0]["value"]
        visits = client.matomo("VisitsSummary.get", date="2026-10-30").json()["nb_visits"]
        views = client.stats("stats/visits", "v1", quantity=1, date="2026-10-30").json()["data"][0][1]
        return value, visits, views

    before = numbers()
    for platform in ("facebook", "matomo", "wpcom"):
        client.inject("restated", platform, args={"factor": 2})
    assert numbers() == tuple(2 * n for n in before)


def test_numbers_come_as_texts(client: Client) -> None:
    client.inject("string_numbers", "*")
    assert isinstance(client.graph("104001", fields="fan_count").json()["fan_count"], str)
    assert isinstance(client.matomo("VisitsSummary.get", date="2026-10-30").json()["nb_visits"], str)
    assert isinstance(client.wp("posts").json()[0]["id"], str)
    assert isinstance(client.woo("orders").json()[0]["line_items"][0]["quantity"], str)
    assert isinstance(client.stats("stats/visits", "v1").json()["data"][0][1], str)


def test_counts_come_negative(client: Client) -> None:
    for platform in ("facebook", "matomo", "wpcom"):
        client.inject("negative_counts", platform)
    values = client.graph("104001/insights", **INSIGHTS).json()["data"][0]["values"]
    assert all(value["value"] < 0 for value in values)
    assert client.matomo("VisitsSummary.get", date="2026-10-30").json()["nb_visits"] < 0
    assert client.stats("stats/visits", "v1").json()["data"][0][1] <= 0


def test_pages_are_empty_although_there_is_something(client: Client) -> None:
    client.inject("empty_page", "*")
    assert client.graph("104001/published_posts", **POSTS).json() == {"data": []}
    listed = client.wp("posts")
    assert listed.json() == []
    assert int(listed.headers["X-WP-Total"]) > 0
    assert client.woo("orders").json() == []
    assert client.stats("stats/visits", "v1").json()["data"] is None
    assert client.matomo("VisitsSummary.get", date="2026-10-30,2026-10-31").json() == {
        "2026-10-30": [],
        "2026-10-31": [],
    }


def test_a_deleted_post_is_gone_from_lists_and_by_its_id(client: Client) -> None:
    post = client.world.facebook.posts("104001", NIGHT)[2].id
    article = client.world.wordpress.posts(NIGHT)[-3].id
    client.inject("deleted_post", "facebook", args={"post": post})
    client.inject("deleted_post", "wordpress", args={"post": article})
    assert post not in ids(client.graph("104001/published_posts", fields="id", limit=100))
    assert client.graph(post).json()["error"]["error_subcode"] == 33
    answer = client.wp("posts")
    assert article not in ids(answer)
    assert int(answer.headers["X-WP-Total"]) == len(client.world.wordpress.posts(NIGHT)) - 1
    assert client.wp(f"posts/{article}").json()["code"] == "rest_post_invalid_id"


def test_analytics_fails_with_status_200_or_forgets_rows(client: Client) -> None:
    client.inject("error_in_200", "matomo", path="method=Actions", args={"message": "Lock wait timeout exceeded"})
    answer = client.matomo("Actions.get", date="2026-10-30")
    assert (answer.status_code, answer.json()["message"]) == (200, "Lock wait timeout exceeded")
    client.inject("short_page", "matomo", args={"rows": 2})
    assert [
        len(rows) for rows in client.matomo("Referrers.getReferrerType", date="2026-10-30,2026-10-31").json().values()
    ] == [2, 2]
