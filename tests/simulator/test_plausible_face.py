"""The simulated Plausible answers like the real one: what did not happen has no row, and errors are one sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests

from pipeline.simulator.brand import WALKS_SITE
from pipeline.simulator.platforms.plausible.account import TOKEN
from pipeline.simulator.world.plausible import NETWORKS, NOT_SET, SALE, Walks, told, walks
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
WEEK = ["2026-10-27", "2026-11-02"]
VISITS = ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"]


def post(client: Client, token: str = TOKEN, **query: Any) -> requests.Response:
    body = {"site_id": WALKS_SITE, "metrics": ["visits"], "date_range": WEEK, **query}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{client.url}/plausible/api/v2/query"
    return client.session.post(url, json=body, headers=headers, timeout=10)


def rows(client: Client, **query: Any) -> dict[tuple[str, ...], list[Any]]:
    answer = post(client, **query)
    assert answer.status_code == 200, answer.text
    return {tuple(row["dimensions"]): row["metrics"] for row in answer.json()["results"]}


def page(client: Client) -> Walks:
    return walks(client.world.seed, client.world.calendar)


def test_a_day_on_which_nobody_was_counted_has_no_row_and_is_named_beside_them(client: Client) -> None:
    answer = post(client, metrics=VISITS, dimensions=["time:day"], include={"time_labels": True}).json()
    days = [row["dimensions"][0] for row in answer["results"]]
    silent = client.world.calendar.ago(6).isoformat()
    assert answer["meta"]["time_labels"][0] == silent
    assert days == answer["meta"]["time_labels"][1:]
    assert answer["results"][-1]["metrics"] == list(told(page(client).day(NIGHT, NIGHT)))
    assert answer["query"]["date_range"] == ["2026-10-27T00:00:00+00:00", "2026-11-02T23:59:59+00:00"]


def test_each_visit_has_one_channel_and_one_campaign(client: Client) -> None:
    untagged = ["is", "visit:utm_campaign", [NOT_SET]]
    social = ["visit:channel", sorted(NETWORKS)]
    parts = (
        ("visit:channel", [untagged, ["is_not", *social]]),
        ("visit:source", [untagged, ["is", *social]]),
        ("visit:utm_campaign", [["is_not", "visit:utm_campaign", [NOT_SET]]]),
    )
    found = [rows(client, dimensions=["time:day", name], filters=filters) for name, filters in parts]
    assert all(found)
    whole = sum(count for (count,) in rows(client, dimensions=["time:day"]).values())
    assert sum(count for part in found for (count,) in part.values()) == whole > 50
    assert {label for _, label in found[1]} >= {"Facebook", "Instagram", "YouTube"}


def test_goals_are_counted_and_revenue_is_an_object_or_null(client: Client) -> None:
    found = rows(client, metrics=["events", "total_revenue"], dimensions=["time:day", "event:goal"])
    assert {goal for _, goal in found} == {"Question asked", "Letter ordered", SALE, "404"}
    for (_, goal), (events, revenue) in found.items():
        assert events > 0
        assert (revenue is not None) == (goal == SALE)
    sold = rows(client, metrics=["total_revenue"], filters=[["is", "event:goal", [SALE]]], dimensions=["time:day"])
    (money,) = next(iter(sold.values()))
    assert money.keys() == {"value", "currency", "short", "long"}


def test_pages_are_parts_of_one_list_whose_length_is_told(client: Client) -> None:
    query: dict[str, Any] = {"dimensions": ["time:day", "visit:source"], "include": {"total_rows": True}}
    query["order_by"] = [["time:day", "asc"], ["visit:source", "asc"]]
    whole = post(client, **query).json()
    first = post(client, **query, pagination={"limit": 5}).json()
    second = post(client, **query, pagination={"limit": 5, "offset": 5}).json()
    assert first["results"] + second["results"] == whole["results"][:10]
    assert first["meta"]["total_rows"] == whole["meta"]["total_rows"] == len(whole["results"]) > 10


def test_visits_of_the_evening_are_counted_the_night_after(client: Client) -> None:
    before = rows(client, dimensions=["time:day"], date_range=["2026-10-30", "2026-10-30"])
    client.night(date(2026, 10, 30))
    assert rows(client, dimensions=["time:day"], date_range=["2026-10-30", "2026-10-30"]) != before
    # What has not come yet has no row.
    assert rows(client, dimensions=["time:day"], date_range=["2026-11-01", "2026-11-02"]) == {}


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"token": ""}, 401, "Missing API key"),
        ({"token": "sim-another"}, 401, "Invalid API key or site ID"),
        ({"site_id": "another.example"}, 401, "Invalid API key or site ID"),
        ({"metrics": ["visit"]}, 400, "Invalid metric"),
        ({"metrics": []}, 400, "minimum of 1"),
        ({"dimensions": ["visit:chanel"]}, 400, "Invalid dimension"),
        ({"dimensions": ["event:goal"], "metrics": VISITS}, 400, "`bounce_rate, visit_duration` cannot be queried"),
        ({"date_range": "yesterday"}, 400, "Invalid date_range"),
        ({"filters": [["is", "event:goal", ["Bought"]]]}, 400, "The goal `Bought` is not configured"),
        ({"filters": [["like", "visit:source", ["F"]]]}, 400, "Invalid filter"),
        ({"order_by": [["visitors", "asc"]]}, 400, "not a queried metric"),
        ({"include": {"time_labels": True}}, 400, "requires a time dimension"),
        ({"include": {"totals": True}}, 400, "totals"),
        ({"limit": 5}, 400, "limit"),
    ],
)
def test_what_it_does_not_know_it_refuses_in_one_sentence(
    client: Client, query: dict[str, Any], status: int, words: str
) -> None:
    answer = post(client, **query)
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"error"}
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    ("kind", "status"), [("rate_limit", 429), ("expired_token", 401), ("no_plan", 402), ("unavailable", 503)]
)
def test_it_fails_as_it_does(client: Client, kind: str, status: int) -> None:
    client.inject(kind, "plausible")
    assert post(client).status_code == status


def test_a_plan_without_revenue_refuses_what_asks_for_it_alone(client: Client) -> None:
    client.inject("no_revenue", "plausible")
    assert post(client, metrics=["events"], dimensions=["time:day", "event:goal"]).status_code == 200
    refused = post(client, metrics=["events", "total_revenue"], dimensions=["time:day", "event:goal"])
    assert (refused.status_code, "revenue" in refused.json()["error"]) == (400, True)


def test_a_short_page_keeps_its_total_and_an_empty_one_denies_everything(client: Client) -> None:
    query: dict[str, Any] = {"dimensions": ["time:day"], "include": {"total_rows": True, "time_labels": True}}
    client.inject("short_page", "plausible", args={"rows": 2}, times=1)
    short = post(client, **query).json()
    assert (len(short["results"]), short["meta"]["total_rows"]) == (2, 6)
    client.inject("empty_page", "plausible", times=1)
    assert post(client, **query).json()["meta"]["total_rows"] == 0
    client.inject("missing_day", "plausible", times=1)
    assert len(post(client, **query).json()["meta"]["time_labels"]) == 6
