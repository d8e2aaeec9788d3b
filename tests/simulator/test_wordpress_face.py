"""The simulated journal answers like WordPress, and its statistics like WordPress.com."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import requests

from pipeline.simulator.world.calendar import PARIS
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)


def code(answer: requests.Response) -> tuple[int, str]:
    told = answer.json()
    assert answer.status_code == told["data"]["status"]
    return answer.status_code, told["code"]


def all_pages(client: Client, answer: requests.Response) -> list[list[Any]]:
    """Every page of a list, by following its Link headers."""
    pages = [answer.json()]
    while "next" in answer.links:
        link = answer.links["next"]["url"]
        assert link.startswith(client.url)
        answer = client.session.get(link, timeout=10)
        pages.append(answer.json())
    return pages


@pytest.mark.parametrize("route", ["posts", "comments"])
def test_lists_are_complete_over_several_pages(client: Client, route: str) -> None:
    answer = client.wp(route, per_page=20, orderby="date", order="asc")
    pages = all_pages(client, answer)
    expected = getattr(client.world.wordpress, route)(NIGHT)
    assert [row["id"] for page in pages for row in page] == [item.id for item in expected]
    assert answer.headers["X-WP-Total"] == str(len(expected))
    assert int(answer.headers["X-WP-TotalPages"]) == len(pages) > 2


def test_plain_and_pretty_addresses_give_the_same(client: Client) -> None:
    pretty = client.wp("posts", per_page=3)
    plain = client.get("/wordpress/", params={"rest_route": "/wp/v2/posts", "per_page": 3})
    assert plain.json() == pretty.json()
    assert [len(page) for page in all_pages(client, plain)] == [len(page) for page in all_pages(client, pretty)]


def test_a_page_after_the_last_one_is_an_error_for_posts_and_empty_for_comments(client: Client) -> None:
    assert code(client.wp("posts", page=99)) == (400, "rest_post_invalid_page_number")
    assert client.wp("comments", page=99).json() == []


def test_dates_without_offset_are_the_sites_own(client: Client) -> None:
    """On 25 October Paris leaves summer time: the local day has 25 hours."""
    client.control("reset", params={"journal_posts_per_day": 4})
    comments = client.world.wordpress.comments(NIGHT)
    naive = client.wp("comments", per_page=100, after="2026-10-25T00:00:00", before="2026-10-26T00:00:00").json()
    exact = client.wp("comments", per_page=100, after="2026-10-24T22:00:00Z", before="2026-10-26T00:00:00+01:00").json()
    assert naive == exact
    days = [c.id for c in comments if "2026-10-24T22" < c.created.isoformat() < "2026-10-25T23"]
    assert sorted(row["id"] for row in naive) == sorted(days) != []
    for comment in comments[-60:]:
        told = client.wp(f"comments/{comment.id}", _fields="date,date_gmt").json()
        assert told["date_gmt"] == comment.created.strftime("%Y-%m-%dT%H:%M:%S")
        assert told["date"] == comment.created.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M:%S")


def test_after_and_before_exclude_the_moment_itself(client: Client) -> None:
    post = client.world.wordpress.posts(NIGHT)[-2]
    moment = post.published.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert post.id not in [row["id"] for row in client.wp("posts", after=moment).json()]
    assert post.id not in [row["id"] for row in client.wp("posts", before=moment, per_page=100).json()]
    just_before = (post.published - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert post.id in [row["id"] for row in client.wp("posts", after=just_before).json()]


def test_changed_posts_are_found_by_modification(client: Client) -> None:
    edited = [post for post in client.world.wordpress.posts(NIGHT) if post.modified > post.published][-1]
    since = (edited.modified - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = client.wp("posts", modified_after=since, orderby="modified", order="asc").json()
    assert found[0]["id"] == edited.id


def test_fields_are_honoured_down_into_objects(client: Client) -> None:
    rows = client.wp("posts", _fields="id,title.rendered,link", per_page=2).json()
    assert [set(row) for row in rows] == [{"id", "title", "link"}] * 2
    assert "author_name" in client.wp("comments", per_page=1).json()[0]


def test_a_trashed_post_is_unknown(client: Client) -> None:
    written, taken_down = client.world.calendar.article_trashed
    before = {post.id for post in client.world.wordpress.posts(written)}
    gone = before - {post.id for post in client.world.wordpress.posts(taken_down)}
    assert gone
    client.night(taken_down)
    assert code(client.wp(f"posts/{min(gone)}")) == (404, "rest_post_invalid_id")
    assert code(client.wp("comments/1")) == (404, "rest_comment_invalid_id")


@pytest.mark.parametrize(
    ("route", "params", "expected"),
    [
        ("posts", {"per_page": 101}, (400, "rest_invalid_param")),
        ("posts", {"page": 0}, (400, "rest_invalid_param")),
        ("posts", {"after": "2026-10-01"}, (400, "rest_invalid_param")),
        ("posts", {"orderby": "views"}, (400, "rest_invalid_param")),
        ("posts", {"status": "draft"}, (400, "rest_invalid_param")),
        ("posts", {"modified_since": "2026-10-01T00:00:00"}, (400, "rest_invalid_param")),
        ("comments", {"status": "hold"}, (401, "rest_forbidden_param")),
        ("views", {}, (404, "rest_no_route")),
    ],
)
def test_what_the_site_does_not_know_it_refuses(
    client: Client, route: str, params: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code(client.wp(route, **params)) == expected


def test_a_wrong_password_is_refused_even_for_public_data(client: Client) -> None:
    address = "/wordpress/wp-json/wp/v2/posts"
    assert code(client.get(address, auth=("vigie", "wrong"))) == (401, "incorrect_password")
    assert code(client.get(address, auth=("nobody", "wrong"))) == (401, "invalid_username")
    assert client.get(address, auth=("vigie", "simulatedpasswordnotreal")).status_code == 200
    assert client.get("/wordpress/feed/").status_code == 404


def test_the_statistics_table_is_columnar_and_in_the_platforms_order(client: Client) -> None:
    told = client.stats("stats/visits", "v1", quantity=5, date="2026-11-02", stat_fields="posts,views,likes").json()
    assert told["fields"] == ["period", "views", "likes", "posts"]
    assert [row[0] for row in told["data"]] == [f"2026-10-{n}" for n in (29, 30, 31)] + ["2026-11-01", "2026-11-02"]
    expected = client.world.wordpress.stats_day(date(2026, 10, 31), NIGHT)
    assert expected is not None
    assert told["data"][2][1:] == [expected.views, expected.likes, expected.posts]


def test_the_daily_table_wants_version_one_and_a_token(client: Client) -> None:
    assert client.stats("stats/visits", "v1.1").json()["error"] == "unauthorized"
    path = "/wpcom/rest/v1/sites/journal/stats/visits"
    for headers, expected in (
        ({}, (403, "authorization_required")),
        ({"Authorization": "Bearer wrong"}, (400, "invalid_token")),
    ):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == expected


def test_followers_are_those_of_now_whatever_day_is_asked_for(client: Client) -> None:
    told = client.stats("stats/summary", period="day", num=1, date="2026-10-01").json()
    assert told["followers"] == client.world.wordpress.followers(NIGHT)
    stats = client.world.wordpress.stats_day(date(2026, 10, 1), NIGHT)
    assert stats is not None
    assert told["views"] == stats.views
    assert client.stats("stats").json()["stats"]["followers_blog"] == told["followers"]


def test_statistics_of_a_post_have_the_platforms_odd_shapes(client: Client) -> None:
    post = client.world.wordpress.posts(NIGHT)[-4]
    told, stats = client.stats(f"stats/post/{post.id}").json(), client.world.wordpress.post_stats(post.id, NIGHT)
    assert stats is not None
    assert told["views"] == stats.views == sum(views for _, views in told["data"])
    assert told["views"] == sum(year["total"] for year in told["years"].values())
    assert told["views"] == sum(week["total"] for week in told["weeks"])
    assert told["post"]["comment_count"] == str(stats.comment_count)
    assert told["like_count"] == stats.like_count
    assert client.stats("stats/insights").json()["days"] is False
    assert client.stats("stats/post/1").status_code == 404


def test_a_post_without_views_is_written_with_empty_lists_and_nulls(client: Client) -> None:
    fresh = [
        (night, post.id)
        for night in client.world.nights
        for post in client.world.wordpress.posts(night)[-2:]
        if (stats := client.world.wordpress.post_stats(post.id, night)) and not stats.views
    ]
    assert fresh
    client.night(fresh[0][0])
    told = client.stats(f"stats/post/{fresh[0][1]}").json()
    assert (told["years"], told["averages"], told["data"]) == ([], None, [])


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("stats/visits", {"unit": "week"}),
        ("stats/visits", {"stat_fields": "views,clicks"}),
        ("stats/visits", {"quantity": "0"}),
        ("stats/visits", {"date": "soon"}),
        ("stats/visits", {"quantty": "3"}),
        ("stats/summary", {"period": "week"}),
    ],
)
def test_what_the_statistics_do_not_know_they_refuse(client: Client, path: str, params: dict[str, str]) -> None:
    answer = client.stats(path, "v1", **params)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_input")
    assert client.stats("stats/geese").status_code == 404
    unknown = client.get("/wpcom/rest/v1/sites/elsewhere/stats", headers=dict(answer.request.headers))
    assert (unknown.status_code, unknown.json()["error"]) == (404, "unknown_blog")
