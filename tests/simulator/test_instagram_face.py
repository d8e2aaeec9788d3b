"""The simulated Instagram answers like the Graph API, by Facebook's login and by its own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.instagram.account import PAGE_TOKEN, USER_TOKEN
from pipeline.simulator.world.calendar import PACIFIC, midnight
from pipeline.simulator.world.networks.instagram import MAIN, OTHER, RETIRED, SMALL, TOTALS, Instagram, id_of
from tests.simulator.client import Client
from tests.simulator.specifications import graph_complaints

NIGHT = date(2026, 11, 2)
FEED = "views,reach,likes,comments,saved,shares,total_interactions,follows,profile_visits"
POSTS = "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"


def ask(client: Client, path: str, **params: Any) -> requests.Response:
    return client.get(f"/instagram/v26.0/{path}", params=params, headers={"Authorization": f"Bearer {PAGE_TOKEN}"})


def by_itself(client: Client, path: str, token: str = USER_TOKEN, **params: Any) -> requests.Response:
    return client.get(f"/instagram_login/{path}", params=params, headers={"Authorization": f"Bearer {token}"})


def refusal(answer: requests.Response) -> tuple[int, int, int | None, str]:
    told = answer.json()["error"]
    assert answer.status_code >= 400
    assert told["fbtrace_id"]
    return answer.status_code, told["code"], told.get("error_subcode"), told["message"]


def network(client: Client) -> Instagram:
    return client.world.network("instagram", Instagram)


def first(client: Client, kind: str, night: date = NIGHT, *, measured: bool = True) -> str:
    """The newest post of that kind."""
    world = network(client)
    stories = world.stories(MAIN, night)
    return next(id_of(s) for s in stories if s.kind == kind and world.was_business(s) is measured)


def all_pages(client: Client, answer: requests.Response) -> list[dict[str, Any]]:
    """Every object of a list, by following its links as they come."""
    rows = []
    while True:
        told = answer.json()
        rows += told["data"]
        link = told.get("paging", {}).get("next")
        if link is None:
            return rows
        assert link.startswith(client.url)
        assert f"access_token={PAGE_TOKEN}" in link
        answer = client.session.get(link, timeout=10)


def seconds(day: date) -> int:
    return int(midnight(day, PACIFIC).timestamp())


def test_lists_are_complete_over_several_pages_whose_links_carry_the_token(client: Client) -> None:
    rows = all_pages(client, ask(client, f"{MAIN}/media", limit=7, fields=POSTS))
    expected = [story for story in network(client).stories(MAIN, NIGHT) if story.kind != "story"]
    assert [row["id"] for row in rows] == [id_of(story) for story in expected]
    assert {row["media_product_type"] for row in rows} == {"FEED", "REELS"}
    assert 0 < sum("like_count" not in row for row in rows) < len(rows) / 4


def test_a_window_of_posts_is_heeded(client: Client) -> None:
    since, until = date(2026, 10, 20), date(2026, 10, 25)
    rows = all_pages(
        client, ask(client, f"{MAIN}/media", fields="timestamp", since=seconds(since), until=seconds(until))
    )
    days = {datetime.fromisoformat(row["timestamp"]).astimezone(PACIFIC).date() for row in rows}
    assert rows
    assert since <= min(days) <= max(days) < until


def test_stories_vanish_after_a_day_and_their_insights_with_them(client: Client) -> None:
    nights = [NIGHT - timedelta(days=n) for n in range(6)]
    night = next(n for n in nights if any(s.kind == "story" for s in network(client).stories(MAIN, n)))
    client.night(night)
    story = ask(client, f"{MAIN}/stories", fields="id,timestamp,media_product_type").json()["data"][0]
    assert story["media_product_type"] == "STORY"
    assert ask(client, f"{story['id']}/insights", metric="views,reach,replies,navigation").json()["data"]
    client.night(night + timedelta(days=1))
    assert story["id"] not in [row["id"] for row in ask(client, f"{MAIN}/stories").json()["data"]]
    assert refusal(ask(client, f"{story['id']}/insights", metric="views"))[1:3] == (100, 33)


def test_every_kind_has_metrics_of_its_own_and_a_wrong_one_refuses_the_whole_call(client: Client) -> None:
    told = ask(client, f"{first(client, 'image')}/insights", metric=FEED).json()["data"]
    assert [row["name"] for row in told] == FEED.split(",")
    assert all(list(row["values"][0]) == ["value"] for row in told)
    reel = first(client, "reel")
    assert refusal(ask(client, f"{reel}/insights", metric="views,follows"))[:2] == (400, 100)
    assert "does not support the follows metric" in refusal(ask(client, f"{reel}/insights", metric="follows"))[3]
    assert "must be one of the following values" in refusal(ask(client, f"{reel}/insights", metric="plays"))[3]


def test_several_posts_are_told_at_once_or_not_at_all(client: Client) -> None:
    reel, image = first(client, "reel"), first(client, "image")
    fields = "insights.metric(views,reach){name,values}"
    both = ask(client, "", ids=f"{reel},{image}", fields=fields).json()
    assert list(both) == [reel, image]
    assert [row["name"] for row in both[reel]["insights"]["data"]] == ["views", "reach"]
    old = first(client, "image", measured=False)
    assert refusal(ask(client, "", ids=f"{reel},{old}", fields=fields))[1:3] == (100, 2108006)
    assert refusal(ask(client, "", ids=",".join([reel] * 51), fields="id"))[1] == 100


def test_series_end_at_pacific_midnight_and_totals_are_one_number(client: Client) -> None:
    window = {"since": seconds(date(2026, 10, 30)), "until": seconds(date(2026, 11, 2))}
    told = ask(client, f"{MAIN}/insights", metric="reach,follower_count", period="day", **window).json()["data"]
    ends = [value["end_time"] for value in told[0]["values"]]
    assert ends == ["2026-10-31T07:00:00+0000", "2026-11-01T07:00:00+0000", "2026-11-02T08:00:00+0000"]
    day = {"since": seconds(date(2026, 10, 30)), "until": seconds(date(2026, 10, 31))}
    total = ask(client, f"{MAIN}/insights", metric="views,likes", period="day", metric_type="total_value", **day)
    expected = [network(client).day_value(MAIN, name, date(2026, 10, 30), NIGHT) for name in ("views", "likes")]
    assert [row["total_value"] for row in total.json()["data"]] == [{"value": value} for value in expected]
    assert all("values" not in row for row in total.json()["data"])


def test_days_come_late_and_are_corrected_for_two_days(client: Client) -> None:
    world = network(client)
    newest = {(night - world.newest_day(MAIN, night)).days for night in client.world.nights}
    assert newest == {1, 2}
    day = NIGHT - timedelta(days=20)
    seen = [world.day_value(MAIN, "views", day, day + timedelta(days=n)) for n in (2, 3, 9)]
    assert seen[0] is not None
    assert seen[1] is not None
    assert seen[0] < seen[1] == seen[2]


def test_a_metric_is_retired_on_a_night_for_the_whole_call(client: Client) -> None:
    day = {"since": seconds(date(2026, 10, 1)), "until": seconds(date(2026, 10, 2))}
    every: dict[str, Any] = {"metric": ",".join(TOTALS), "period": "day", "metric_type": "total_value", **day}
    retired = client.world.calendar.metric_retired
    client.night(retired - timedelta(days=1))
    assert len(ask(client, f"{MAIN}/insights", **every).json()["data"]) == len(TOTALS)
    client.night(retired)
    assert "must be one of" in refusal(ask(client, f"{MAIN}/insights", **every))[3]
    assert (
        ask(client, f"{MAIN}/insights", **{**every, "metric": every["metric"].replace(f",{RETIRED}", "")}).status_code
        == 200
    )


def test_a_small_account_has_neither_new_followers_nor_an_audience(client: Client) -> None:
    window: dict[str, Any] = {"since": seconds(date(2026, 10, 20)), "until": seconds(date(2026, 11, 1))}
    path = f"v26.0/{SMALL}/insights"
    told = by_itself(client, path, metric="reach,follower_count", period="day", **window).json()["data"]
    assert [row["name"] for row in told] == ["reach"]
    people = {"metric": "follower_demographics", "period": "lifetime", "metric_type": "total_value"}
    audience = by_itself(client, path, **people, timeframe="this_month", breakdown="country")
    assert audience.json()["data"] == []


def test_the_audience_is_told_by_one_breakdown_at_a_time(client: Client) -> None:
    people = {"metric": "follower_demographics", "period": "lifetime", "metric_type": "total_value"}
    people["timeframe"] = "this_month"
    told = ask(client, f"{MAIN}/insights", **people, breakdown="age,gender").json()["data"][0]["total_value"]
    assert told["breakdowns"][0]["dimension_keys"] == ["age", "gender"]
    assert sum(row["value"] for row in told["breakdowns"][0]["results"]) <= network(client).level(MAIN, NIGHT)
    assert refusal(ask(client, f"{MAIN}/insights", **people, breakdown="age,country"))[1] == 100
    assert refusal(ask(client, f"{MAIN}/insights", **{**people, "period": "day"}, breakdown="age"))[1] == 100


def test_whom_a_month_reached_is_told_while_it_lasts(client: Client) -> None:
    people = {"metric": "reached_audience_demographics", "period": "lifetime", "metric_type": "total_value"}

    def reached(night: date, **asked: str) -> int:
        client.night(night)
        wanted = {"timeframe": "this_month", "breakdown": "age,gender", **asked}
        told = ask(client, f"{MAIN}/insights", **people, **wanted).json()["data"]
        groups = told[0]["total_value"]["breakdowns"][0]["results"] if told else []
        return sum(group["value"] for group in groups)

    first, middle = date(2026, 10, 1), date(2026, 10, 15)
    assert reached(first) == 0
    assert 0 < reached(date(2026, 10, 5)) < reached(middle) < reached(date(2026, 10, 31))
    days = [network(client).day_value(MAIN, "reach", first + timedelta(days=n), middle) or 0 for n in range(15)]
    assert max(days) * 0.9 < reached(middle) < sum(days)
    assert reached(middle, breakdown="city") < reached(middle, breakdown="country") < reached(middle)
    assert reached(middle, timeframe="this_week") < reached(middle)
    refused = {**people, "breakdown": "country", "timeframe": "prev_month"}
    assert refusal(ask(client, f"{MAIN}/insights", **refused))[1] == 100
    together = {**people, "breakdown": "country", "timeframe": "this_month"}
    together["metric"] += ",follower_demographics"
    assert refusal(ask(client, f"{MAIN}/insights", **together))[1] == 100


def test_comments_have_one_level_of_replies(client: Client) -> None:
    world = network(client)
    posts = [s for s in world.stories(MAIN, NIGHT) if len(world.live_responses(s, NIGHT)) > 6]
    fields = "id,timestamp,username,like_count,replies.limit(50){id,timestamp,username}"
    threads = all_pages(client, ask(client, f"{id_of(posts[0])}/comments", fields=fields, limit=2))
    replies = [reply for one in threads for reply in one.get("replies", {"data": []})["data"]]
    said = world.live_responses(posts[0], NIGHT)
    assert {row["id"] for row in (*threads, *replies)} == {id_of(response) for response in said}
    assert replies
    assert all("text" not in row for row in threads)
    assert "text" in ask(client, f"{id_of(posts[0])}/comments").json()["data"][0]


def test_another_business_is_found_by_its_name_by_facebooks_login_alone(client: Client) -> None:
    fields = f"business_discovery.username({OTHER}){{followers_count,media_count}}"
    told = ask(client, MAIN, fields=fields).json()["business_discovery"]
    assert told["followers_count"] == network(client).level(OTHER, NIGHT)
    assert refusal(ask(client, MAIN, fields=fields.replace(OTHER, "nobody")))[1:3] == (110, 2207013)
    assert "nonexisting field" in refusal(by_itself(client, f"v26.0/{SMALL}", fields=fields))[3]


def test_each_token_has_its_host_and_its_account(client: Client) -> None:
    assert refusal(by_itself(client, f"v26.0/{SMALL}", PAGE_TOKEN))[1] == 190
    assert refusal(client.get(f"/instagram/v26.0/{MAIN}"))[1] == 104
    assert refusal(ask(client, SMALL))[:2] == (403, 10)
    assert refusal(ask(client, "17841400000000555"))[1:3] == (100, 33)
    assert ask(client, "me", fields="username").json() == {"username": "ateliermarin", "id": MAIN}


def test_a_token_is_renewed_after_a_day_and_dies_after_sixty(client: Client) -> None:
    client.night(NIGHT - timedelta(days=70))
    told = by_itself(client, "refresh_access_token", grant_type="ig_refresh_token").json()
    token = told["access_token"]
    assert (told["token_type"], told["expires_in"]) == ("bearer", 60 * 86_400)
    assert "24 hours old" in refusal(by_itself(client, "refresh_access_token", token, grant_type="ig_refresh_token"))[3]
    client.night(NIGHT - timedelta(days=69))
    again = client.get("/instagram_login/refresh_access_token?grant_type=ig_refresh_token&access_token=" + token).json()
    assert again["access_token"] not in {token, USER_TOKEN}
    client.night(NIGHT)
    assert refusal(by_itself(client, f"v26.0/{SMALL}", token))[1:3] == (190, 463)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (f"{MAIN}", {"fields": "fans"}),
        (f"{MAIN}/media", {"fields": "views"}),
        (f"{MAIN}/media", {"fields": "id,insights.metric(plays)"}),
        (f"{MAIN}/media", {"since_id": "1"}),
        (f"{MAIN}/media", {"limit": "101"}),
        (f"{MAIN}/media", {"after": "nonsense"}),
        (f"{MAIN}/insights", {"metric": "impressions", "period": "day"}),
        (f"{MAIN}/insights", {"metric": "views", "period": "day"}),
        (f"{MAIN}/insights", {"metric": "follower_count", "period": "day", "metric_type": "total_value"}),
        (f"{MAIN}/insights", {"metric": "reach", "period": "week"}),
        (f"{MAIN}/insights", {"metric": "reach", "period": "day", "since": "2026-09-01", "until": "2026-10-02"}),
        (f"{MAIN}/insights", {"metric": "reach", "period": "day", "since": "2026-10-02", "until": "2026-09-01"}),
        (f"{MAIN}/insights", {"period": "day"}),
        (f"{MAIN}/likes", {}),
        ("17900000000000000000", {}),
    ],
)
def test_what_the_platform_does_not_know_it_refuses(client: Client, path: str, params: dict[str, Any]) -> None:
    status, code, _, _ = refusal(ask(client, path, **params))
    assert (status, code in {100, 2500}) == (400, True)


def test_every_answer_tells_how_much_is_spent_and_a_refusal_when_it_comes_back(client: Client) -> None:
    def told(answer: requests.Response) -> dict[str, Any]:
        use: dict[str, Any] = json.loads(answer.headers["X-Business-Use-Case-Usage"])[MAIN][0]
        return use

    assert told(ask(client, MAIN))["type"] == "instagram"
    client.inject("rate_limit", "instagram", args={"minutes": 17}, times=1)
    refused = ask(client, MAIN)
    assert refusal(refused)[:2] == (400, 80002)
    assert told(refused)["estimated_time_to_regain_access"] == 17
    client.inject("expired_token", "instagram", times=1)
    assert refusal(ask(client, MAIN))[1:3] == (190, 463)


def test_faults_of_lists_strike_lists(client: Client) -> None:
    whole = ask(client, f"{MAIN}/media", limit=10).json()["data"]
    client.inject("short_page", "instagram", times=1)
    assert ask(client, f"{MAIN}/media", limit=10).json()["data"] == whole[:5]
    client.inject("deleted_post", "instagram", args={"post": whole[0]["id"]}, path="/media", times=1)
    assert whole[0] not in ask(client, f"{MAIN}/media", limit=10).json()["data"]
    client.inject("no_batches", "instagram", times=1)
    assert refusal(ask(client, "", ids=whole[0]["id"], fields="id"))[1] == 2500
    client.inject("late_data", "instagram", args={"days": 2}, times=1)
    window = {"since": seconds(date(2026, 10, 20)), "until": seconds(date(2026, 10, 26))}
    series = ask(client, f"{MAIN}/insights", metric="reach", period="day", **window).json()["data"]
    assert len(series[0]["values"]) == 4


def test_what_is_served_is_in_the_platforms_specification(client: Client) -> None:
    profile = "id,ig_id,username,name,biography,website,followers_count,follows_count,media_count,profile_picture_url"
    post = ask(client, f"{MAIN}/media", fields=f"{POSTS},ig_id,shortcode,media_url,username", limit=1).json()["data"][0]
    for told, name in ((ask(client, MAIN, fields=profile).json(), "IGUser"), (post, "IGMedia")):
        assert graph_complaints(name, told) == []
    insight = ask(client, f"{first(client, 'image')}/insights", metric="views").json()["data"][0]
    assert graph_complaints("InstagramInsightsResult", insight) == []
    assert datetime.fromisoformat(post["timestamp"]).tzinfo == UTC
