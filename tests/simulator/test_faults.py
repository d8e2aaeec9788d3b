"""Every fault strikes the way that platform fails, as often as it was told to, and nobody else."""

from __future__ import annotations

import json
import socket
import time
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms import FACES
from tests.simulator.client import MAIN, Client

NIGHT = date(2026, 11, 2)
POSTS: dict[str, Any] = {"fields": "id,created_time", "limit": 10}
LIST: dict[str, Any] = {"orderby": "date", "order": "asc", "per_page": 5}
INSIGHTS: dict[str, Any] = {
    "metric": "page_follows,page_media_view",
    "period": "day",
    "since": "2026-10-20",
    "until": "2026-11-03",
}


def ids(answer: requests.Response) -> list[Any]:
    told = answer.json()
    return [row["id"] for row in (told["data"] if isinstance(told, dict) else told)]


def test_every_platform_has_the_faults_that_it_can_have(client: Client) -> None:
    kinds = client.get("/__sim/kinds").json()
    assert set(kinds) == {*FACES, "*"}
    everywhere = {
        "rate_limit", "expired_token", "unavailable", "html_page", "cut_body", "reset", "drip", "string_numbers",
        "empty_page",
    }  # fmt: skip
    assert set(kinds["*"]) == everywhere
    assert set(kinds["facebook"]) == everywhere | {
        "retired_metric", "heavy_page", "missing_day", "short_page", "page_drift", "deleted_post", "late_data",
        "restated", "negative_counts", "missing_next", "cursor_loop", "no_user_content", "hidden_people",
        "short_threads",
    }  # fmt: skip
    paged = {"short_page", "page_drift", "missing_next"}
    assert set(kinds["wordpress"]) == everywhere | paged | {"deleted_post"}
    assert set(kinds["woocommerce"]) == everywhere | paged
    by_day = {"missing_day", "late_data", "restated", "negative_counts"}
    assert set(kinds["wpcom"]) == everywhere | by_day
    of_matomo = {"error_in_200", "error_in_part", "short_page", "anonymised_log"}
    assert set(kinds["matomo"]) == everywhere | by_day | of_matomo


def test_a_fault_spares_the_first_requests_and_then_strikes_as_often_as_told(client: Client) -> None:
    client.inject("unavailable", "facebook", path="104001\\?", after=2, every=2, times=2)
    statuses = [client.graph("104001", fields="id").status_code for _ in range(8)]
    assert statuses == [200, 200, 503, 200, 503, 200, 200, 200]
    assert client.graph("me", fields="id").status_code == 200
    assert client.wp("posts").status_code == 200
    fault = client.state()["faults"][0]
    assert (fault["seen"], fault["struck"]) == (8, 2)


def test_a_fault_may_be_bound_to_a_night_and_is_cleared(client: Client) -> None:
    client.inject("html_page", "*", night="2026-10-01")
    assert client.graph("104001").headers["Content-Type"].startswith("application/json")
    client.night(date(2026, 10, 1))
    for answer in (client.graph("104001"), client.wp("posts"), client.stats("stats"), client.woo("orders")):
        assert answer.status_code == 200
        assert "text/html" in answer.headers["Content-Type"]
    client.control("clear")
    assert client.graph("104001").json()["id"] == "104001"


def test_each_platform_says_in_its_own_words_that_it_was_asked_too_often(client: Client) -> None:
    client.inject("rate_limit", "*", args={"retry_after": 7, "minutes": 12})
    graph = client.graph("104001")
    assert graph.json()["error"]["code"] == 80001
    usage = json.loads(graph.headers["X-Business-Use-Case-Usage"])["104001"][0]
    assert (graph.status_code, usage["estimated_time_to_regain_access"], usage["call_count"]) == (400, 12, 100)
    for answer in (client.wp("posts"), client.woo("orders"), client.stats("stats"), client.matomo("Actions.get")):
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    client.control("clear")
    client.inject("rate_limit", "facebook", args={"code": 4})
    app = client.graph("104001")
    assert (app.status_code, app.json()["error"]["code"], "X-App-Usage" in app.headers) == (403, 4, True)


def test_each_platform_says_in_its_own_words_that_the_token_is_dead(client: Client) -> None:
    client.inject("expired_token", "*")
    error = client.graph("104001").json()["error"]
    assert (error["code"], error["error_subcode"]) == (190, 463)
    assert client.woo("orders").json()["code"] == "woocommerce_rest_cannot_view"
    assert client.stats("stats").json()["error"] == "invalid_token"
    assert "authenticate" in client.matomo("Actions.get").json()["message"]
    address = "/wordpress/wp-json/wp/v2/posts"
    assert client.get(address, auth=("vigie", "simulatedpasswordnotreal")).status_code == 401
    assert client.wp("posts").status_code == 200


def test_each_platform_is_away_in_its_own_words(client: Client) -> None:
    client.inject("unavailable", "*", args={"retry_after": "-5"})
    answers = [client.graph("104001"), client.wp("posts"), client.stats("stats"), client.matomo("Actions.get")]
    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in answers} == {(503, "-5")}
    assert answers[0].json()["error"]["is_transient"] is True
    assert "maintenance" in answers[1].text
    client.control("clear")
    client.inject("unavailable", "facebook", args={"status": 502})
    answer = client.graph("104001")
    assert (answer.status_code, "Retry-After" in answer.headers) == (502, False)


def test_a_retired_metric_fails_every_call_that_names_it_also_nested(client: Client) -> None:
    client.inject("retired_metric", "facebook", args={"metric": "post_clicks"})
    client.inject("retired_metric", "facebook", args={"metric": "page_media_view"})
    assert client.graph("104001/insights", **INSIGHTS).json()["error"]["code"] == 100
    nested = "id,insights.metric(post_media_view,{}){{name}}"
    refused = client.graph("104001/published_posts", fields=nested.format("post_clicks"))
    assert refused.status_code == 400
    assert client.graph("104001/published_posts", fields=nested.format("post_video_views")).status_code == 200


def test_a_heavy_page_is_given_in_smaller_portions(client: Client) -> None:
    client.inject("heavy_page", "facebook", path="published_posts", args={"limit": 20})
    refused = client.graph("104001/published_posts", limit=40)
    assert refused.status_code == 500
    assert "reduce the amount of data" in refused.json()["error"]["message"]
    assert len(ids(client.graph("104001/published_posts", limit=20))) == 20


def test_a_short_page_of_posts_is_not_the_last_one_and_loses_nothing(client: Client) -> None:
    whole = ids(client.graph("104001/published_posts", fields="id", limit=20))
    client.inject("short_page", "facebook", times=1)
    first = client.graph("104001/published_posts", **POSTS)
    second = client.graph("104001/published_posts", **POSTS, after=first.json()["paging"]["cursors"]["after"])
    assert (len(ids(first)), len(ids(second))) == (5, 10)
    assert ids(first) + ids(second) == whole[:15]


def test_a_short_page_of_a_site_has_less_than_its_total_says(client: Client) -> None:
    client.inject("short_page", "wordpress", times=1)
    answer = client.wp("posts", **LIST)
    assert len(ids(answer)) == 4
    assert int(answer.headers["X-WP-Total"]) == len(client.world.wordpress.posts(NIGHT))


def test_pages_that_drift_repeat_a_row_or_skip_one(client: Client) -> None:
    first, second = (ids(client.woo("orders", page=n, per_page=5, orderby="id", order="asc")) for n in (1, 2))
    client.inject("page_drift", "woocommerce", times=1)
    repeated = ids(client.woo("orders", page=2, per_page=5, orderby="id", order="asc"))
    assert repeated == [first[-1], *second[:-1]]
    client.control("clear")
    client.inject("page_drift", "woocommerce", args={"rows": -1})
    assert ids(client.woo("orders", page=2, per_page=5, orderby="id", order="asc"))[:-1] == second[1:]
    client.inject("page_drift", "facebook")
    one = client.graph("104001/published_posts", **POSTS)
    two = client.graph("104001/published_posts", **POSTS, after=one.json()["paging"]["cursors"]["after"])
    assert ids(two)[0] == ids(one)[-1]


def test_a_missing_link_hides_that_there_is_more(client: Client) -> None:
    client.inject("missing_next", "facebook")
    paging = client.graph("104001/published_posts", **POSTS).json()["paging"]
    assert "next" not in paging
    assert "after" in paging["cursors"]
    client.inject("missing_next", "wordpress")
    answer = client.wp("posts", **LIST)
    assert len(ids(answer)) == 5
    assert not {"Link", "X-WP-Total", "X-WP-TotalPages"} & set(answer.headers)


def test_a_cursor_loop_leads_to_the_same_page_again_and_again(client: Client) -> None:
    client.inject("cursor_loop", "facebook")
    answer, links = client.graph("104001/published_posts", **POSTS), []
    for _ in range(3):
        links.append(answer.json()["paging"]["next"])
        assert f"access_token={MAIN}" in links[-1]
        answer = client.session.get(links[-1], timeout=10)
    assert links[1] == links[2] != ""


def test_a_cut_body_ends_too_early_with_or_without_a_length(client: Client) -> None:
    whole = client.graph("104001/insights", **INSIGHTS).content
    client.inject("cut_body", "facebook", times=1)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        client.graph("104001/insights", **INSIGHTS)
    client.inject("cut_body", "facebook", times=1, args={"length": False, "share": 0.25})
    headers = {"Authorization": f"Bearer {MAIN}", "Accept-Encoding": "identity"}
    cut = client.get("/facebook/v26.0/104001/insights", params=INSIGHTS, headers=headers)
    assert cut.content == whole[: len(whole) // 4]
    assert client.graph("104001/insights", **INSIGHTS).content == whole


@pytest.mark.parametrize("where", ["before", "inside"])
def test_a_reset_tears_the_connection_down(client: Client, where: str) -> None:
    client.inject("reset", "wordpress", times=1, args={"where": where})
    with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.wp("posts", per_page=100)
    assert client.wp("posts").status_code == 200


def test_a_drip_gives_one_byte_at_a_time(client: Client) -> None:
    client.inject("drip", "wordpress", times=1, args={"interval": 0.02, "bytes": 12})
    host, port = client.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(f"GET /wordpress/wp-json/wp/v2/posts HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head, started = connection.recv(65_536), time.monotonic()
        parts = list(iter(lambda: connection.recv(65_536), b""))
    assert b"Content-Length: " in head
    assert head.endswith((b"\r\n\r\n", b"["))
    assert sum(map(len, parts)) in {11, 12}
    assert time.monotonic() - started > 0.15


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "heavy_page", "platform": "woocommerce"},
        {"kind": "unavailable", "platform": "geocities"},
        {"kind": "retired_metric", "platform": "facebook"},
        {"kind": "unavailable", "platform": "facebook", "tims": 3},
        {"kind": "unavailable", "platform": "facebook", "path": "("},
        {"kind": "unavailable", "platform": "facebook", "night": "soon"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(client: Client, told: dict[str, Any]) -> None:
    answer = client.control("inject", told)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert client.state()["faults"] == []


def test_faults_do_not_stay_in_the_cache(client: Client) -> None:
    plain = client.graph("104001", fields="fan_count").json()
    client.inject("negative_counts", "facebook", times=1)
    answers = [client.graph("104001", fields="fan_count").json() for _ in range(2)]
    assert answers[0]["fan_count"] == -plain["fan_count"]
    assert answers[1] == plain
    assert all(a != b for a, b in pairwise(answers))
