"""The simulated LinkedIn answers like LinkedIn: quoting is structure, versions end, short pages are no end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests

from pipeline.simulator.platforms.linkedin.account import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TOKEN, VERSION
from pipeline.simulator.world.networks.linkedin import Linkedin
from tests.simulator.client import Client
from tests.simulator.specifications import document

NIGHT = date(2026, 11, 2)
MAIN, SMALL = "2414183", "90362860"
DAY_MS = 86_400_000
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Linkedin-Version": VERSION,
    "X-Restli-Protocol-Version": "2.0.0",
}
SHARES, FOLLOWERS, VIEWS = (
    "organizationalEntityShareStatistics",
    "organizationalEntityFollowerStatistics",
    "organizationPageStatistics",
)


def ask(client: Client, target: str, **headers: str | None) -> requests.Response:
    """A GET whose address is sent as it is written."""
    sent = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = requests.Request("GET", client.url, headers={k: v for k, v in sent.items() if v is not None}).prepare()
    request.url = f"{client.url}/linkedin/rest/{target}"
    return client.session.send(request, timeout=10)


def refusal(answer: requests.Response) -> tuple[int, str]:
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["message"]
    return answer.status_code, told["code"]


def urn(page: str = MAIN) -> str:
    return quote(f"urn:li:organization:{page}", safe="")


def listed(names: list[str]) -> str:
    return f"List({','.join(quote(name, safe='') for name in names)})"


def interval(since: date, end: date) -> str:
    start, stop = (int(datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp() * 1000) for d in (since, end))
    return f"timeIntervals=(timeRange:(start:{start},end:{stop}),timeGranularityType:DAY)"


def shares(client: Client, since: date, end: date, page: str = MAIN) -> list[dict[str, Any]]:
    query = f"{SHARES}?q=organizationalEntity&organizationalEntity={urn(page)}&{interval(since, end)}"
    rows: list[dict[str, Any]] = ask(client, query).json()["elements"]
    return rows


def world(client: Client) -> Linkedin:
    return client.world.network("linkedin", Linkedin)


def pages(client: Client, page: str = MAIN, count: int = 40) -> Iterator[dict[str, Any]]:
    """Every page of the posts, by following the links."""
    target: str | None = f"posts?q=author&author={urn(page)}&count={count}&start=0"
    while target:
        answer = ask(client, target).json()
        yield answer
        links = [link["href"] for link in answer["paging"]["links"] if link["rel"] == "next"]
        target = links[0].removeprefix("/rest/") if links else None


# --- posts ---


def test_posts_are_complete_over_several_pages_the_one_that_was_changed_last_in_front(client: Client) -> None:
    found = [row for page in pages(client) for row in page["elements"]]
    assert {row["id"] for row in found} == {world(client).post_urn(s) for s in world(client).stories(MAIN, NIGHT)}
    changed = [row["lastModifiedAt"] for row in found]
    assert changed == sorted(changed, reverse=True)
    assert any(row["lastModifiedAt"] > row["publishedAt"] for row in found)
    assert {row["id"].split(":")[2] for row in found} == {"share", "ugcPost"}


def test_a_short_page_is_not_the_last_one(client: Client) -> None:
    sizes = [(len(page["elements"]), bool(page["paging"]["links"])) for page in pages(client, count=20)]
    assert any(size < 20 and more for size, more in sizes)
    assert sizes[-1][1] is False


def test_words_are_in_the_platforms_own_format(client: Client) -> None:
    texts = [row["commentary"] for page in pages(client) for row in page["elements"]]
    assert any("{hashtag|\\#|atelier\\_ouvert}" in text for text in texts)
    assert any("utm\\_campaign=linkedin-autumn" in text for text in texts)
    assert not any("<b>" in text for text in texts)


def test_a_deleted_post_is_neither_listed_nor_counted_nor_commented(client: Client) -> None:
    story = next(s for s in world(client).stories(MAIN, NIGHT) if world(client).live_responses(s, NIGHT))
    name = world(client).post_urn(story)
    change = {"kind": "delete_post", "platform": "linkedin", "account": MAIN, "target": str(story.serial)}
    client.control("mutate", {**change, "night": NIGHT.isoformat()})
    assert name not in [row["id"] for page in pages(client) for row in page["elements"]]
    kind = "ugcPosts" if "ugcPost" in name else "shares"
    query = f"{SHARES}?q=organizationalEntity&organizationalEntity={urn()}&{kind}={listed([name])}"
    assert ask(client, query).json()["elements"] == []
    assert refusal(ask(client, f"socialActions/{quote(name, safe='')}/comments")) == (404, "RESOURCE_NOT_FOUND")


# --- statistics ---


def test_days_are_utc_midnights_and_the_end_is_exclusive(client: Client) -> None:
    rows = shares(client, date(2026, 10, 20), date(2026, 10, 25))
    starts = [row["timeRange"]["start"] for row in rows]
    assert len(starts) == 5
    assert all(
        start % DAY_MS == 0 and row["timeRange"]["end"] == start + DAY_MS
        for start, row in zip(starts, rows, strict=True)
    )


def test_a_day_is_complete_two_days_later_and_a_part_of_itself_before(client: Client) -> None:
    day = date(2026, 10, 20)
    seen = []
    for night in (day, day + timedelta(days=1), day + timedelta(days=2), day + timedelta(days=9)):
        client.night(night)
        seen.append(shares(client, day, day + timedelta(days=1))[0]["totalShareStatistics"]["impressionCount"])
    assert seen[0] == seen[1] < seen[2] == seen[3]


def test_likes_that_are_taken_back_make_a_day_negative(client: Client) -> None:
    likes = [
        row["totalShareStatistics"]["likeCount"]
        for page in (MAIN, SMALL)
        for row in shares(client, date(2026, 5, 1), date(2026, 11, 1), page)
    ]
    assert min(likes) < 0 < max(likes)


def test_posts_without_statistics_are_left_out(client: Client) -> None:
    stories = world(client).stories(MAIN, NIGHT, datetime(2026, 10, 20, tzinfo=UTC))
    names = [world(client).post_urn(story) for story in stories]
    kinds = [
        f"shares={listed([n for n in names if 'share' in n])}",
        f"ugcPosts={listed([n for n in names if 'ugc' in n])}",
    ]
    query = f"{SHARES}?q=organizationalEntity&organizationalEntity={urn()}&{'&'.join(kinds)}"
    rows = ask(client, query).json()["elements"]
    counted = {row.get("share") or row.get("ugcPost") for row in rows}
    assert counted < set(names)
    assert {
        name for name, story in zip(names, stories, strict=True) if story.created.date() >= NIGHT
    } & counted == set()
    assert all("timeRange" not in row and "shareMentionsCount" in row["totalShareStatistics"] for row in rows)


def test_statistics_reach_back_a_year_and_a_missing_day_is_missing(client: Client) -> None:
    query = f"{VIEWS}?q=organization&organization={urn()}&{interval(date(2026, 10, 1), date(2026, 11, 1))}"
    assert len(ask(client, query).json()["elements"]) == 30
    assert shares(client, date(2025, 1, 1), date(2025, 6, 1)) == []


def test_gains_follow_the_levels_and_traits_are_parts_of_them(client: Client) -> None:
    since, end = date(2026, 10, 20), date(2026, 10, 30)
    query = f"{FOLLOWERS}?q=organizationalEntity&organizationalEntity={urn()}"
    gains = [row["followerGains"] for row in ask(client, f"{query}&{interval(since, end)}").json()["elements"]]
    flows = [world(client).flows(MAIN, since + timedelta(days=n))[0] for n in range(10)]
    assert [gain["organicFollowerGain"] + gain["paidFollowerGain"] for gain in gains] == flows
    level = ask(client, f"networkSizes/{urn()}?edgeType=COMPANY_FOLLOWED_BY_MEMBER").json()["firstDegreeSize"]
    traits = ask(client, query).json()["elements"][0]
    countries = [part["followerCounts"]["organicFollowerCount"] for part in traits["followerCountsByGeoCountry"]]
    assert 0 < sum(countries) < level == world(client).level(MAIN, NIGHT)


# --- comments ---


def test_comments_have_two_storeys_and_their_summary_counts_both(client: Client) -> None:
    story = max(world(client).stories(MAIN, NIGHT), key=lambda s: len(world(client).live_responses(s, NIGHT)))
    name = quote(world(client).post_urn(story), safe="")
    top = ask(client, f"socialActions/{name}/comments?count=100&start=0").json()["elements"]
    assert not any("parentComment" in row for row in top)
    below = []
    for row in top:
        path = f"socialActions/{quote(row['commentUrn'], safe='')}/comments?count=100&start=0"
        found = ask(client, path).json()["elements"]
        assert len(found) == row["commentsSummary"]["totalFirstLevelComments"]
        assert all(each["parentComment"] == row["commentUrn"] for each in found)
        below += found
    told = ask(client, f"socialMetadata?ids=List({name})").json()["results"]
    (summary,) = (each["commentSummary"] for each in told.values())
    assert summary == {"count": len(top) + len(below), "topLevelCount": len(top)}
    assert below
    assert any(row["actor"] == f"urn:li:organization:{MAIN}" for row in below)


# --- refusals ---


@pytest.mark.parametrize(
    "query",
    [
        f"{SHARES}?q=organizationalEntity&organizationalEntity={urn()}&timeIntervals=%28timeRange%3A%28start%3A1%29%29",
        f"{SHARES}?q=organizationalEntity&organizationalEntity={urn()}&shares=List%28urn%3Ali%3Ashare%3A1%29",
        f"{SHARES}?q=organizationalEntity&organizationalEntity={urn()}&shares=List(urn:li:share:1)",
        f"{SHARES}?q=author&organizationalEntity={urn()}&shares=List()",
        f"{SHARES}?q=organizationalEntity&organizationalEntity={urn()}",
        f"posts?q=authors&author={urn()}",
        f"posts?q=author&author={urn()}&count=101",
        f"posts?q=author&author={urn()}&sort=CREATED",
        f"posts?author={urn()}",
        f"posts?q=author&author={urn()}&author={urn()}",
        f"networkSizes/{urn()}?edgeType=CompanyFollowedByMember",
        f"{VIEWS}?q=organization&organization={urn()}&{interval(date(2026, 10, 2), date(2026, 10, 2))}",
    ],
)
def test_what_nobody_knows_is_refused(client: Client, query: str) -> None:
    assert refusal(ask(client, query)) == (400, "ILLEGAL_ARGUMENT")


@pytest.mark.parametrize("path", ["", "post?q=author", "organizationAcl", "socialActions/nothing/comments"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert refusal(ask(client, path)) == (404, "RESOURCE_NOT_FOUND")


def test_pages_of_others_are_not_shown(client: Client) -> None:
    assert refusal(ask(client, f"posts?q=author&author={urn('777')}")) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize(("token", "code"), [(None, "EMPTY_ACCESS_TOKEN"), ("Bearer wrong", "INVALID_ACCESS_TOKEN")])
def test_a_token_is_needed_and_checked(client: Client, token: str | None, code: str) -> None:
    assert refusal(ask(client, f"networkSizes/{urn()}", Authorization=token)) == (401, code)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (None, (400, "VERSION_MISSING")),
        ("202510", (426, "NONEXISTENT_VERSION")),
        ("202612", (426, "NONEXISTENT_VERSION")),
        ("banana", (426, "NONEXISTENT_VERSION")),
    ],
)
def test_a_version_lives_a_year(client: Client, version: str | None, expected: tuple[int, str]) -> None:
    path = f"networkSizes/{urn()}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    assert refusal(ask(client, path, Linkedin_Version=version)) == expected
    assert ask(client, path, Linkedin_Version="202511").status_code == 200
    client.control("clock", params={"instant": "2026-11-17T03:00:00Z"})
    assert refusal(ask(client, path, Linkedin_Version="202511")) == (426, "NONEXISTENT_VERSION")


def test_an_address_that_is_too_long_goes_through_the_tunnel(client: Client) -> None:
    names = [world(client).post_urn(story) for story in world(client).stories(MAIN, NIGHT)]
    videos = [name for name in names if "ugcPost" in name]
    others = [name for name in names if name not in videos]
    query = f"q=organizationalEntity&organizationalEntity={urn()}&shares={listed(others)}&ugcPosts={listed(videos)}"
    assert refusal(ask(client, f"{SHARES}?{query}")) == (414, "URI_TOO_LONG")
    sent = {**HEADERS, "X-HTTP-Method-Override": "GET", "Content-Type": "application/x-www-form-urlencoded"}
    url = f"{client.url}/linkedin/rest/{SHARES}"
    assert len(client.session.post(url, data=query, headers=sent, timeout=10).json()["elements"]) > 90
    without = {name: value for name, value in sent.items() if not name.startswith("X-HTTP")}
    assert refusal(client.session.post(url, data=query, headers=without, timeout=10)) == (405, "METHOD_NOT_ALLOWED")


# --- tokens ---


def granted(client: Client, **form: str) -> requests.Response:
    whole = {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    return client.session.post(f"{client.url}/linkedin/oauth/v2/accessToken", data={**whole, **form}, timeout=10)


def test_a_granted_token_lives_sixty_days_and_the_refresh_token_is_not_extended(client: Client) -> None:
    client.night(date(2026, 8, 20))
    first = granted(client).json()
    assert first["expires_in"] == 60 * 86_400
    token = f"Bearer {first['access_token']}"
    path = f"networkSizes/{urn()}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    assert ask(client, path, Authorization=token).status_code == 200
    client.night(date(2026, 10, 20))
    assert refusal(ask(client, path, Authorization=token)) == (401, "EXPIRED_ACCESS_TOKEN")
    second = granted(client).json()
    assert first["refresh_token_expires_in"] - second["refresh_token_expires_in"] == 61 * 86_400


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"refresh_token": "x"}, "invalid_grant"),
        ({"client_secret": "x"}, "invalid_client"),
        ({"grant_type": "x"}, "invalid_request"),
    ],
)
def test_a_grant_is_refused_as_the_standard_says(client: Client, form: Mapping[str, str], code: str) -> None:
    answer = granted(client, **form)
    assert (answer.status_code, answer.json()["error"]) == (401 if code == "invalid_client" else 400, code)


# --- faults ---


def test_faults_speak_the_platforms_own_language(client: Client) -> None:
    path = f"networkSizes/{urn()}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    expected: Mapping[str, tuple[int, str | None]] = {
        "rate_limit": (429, None),
        "expired_token": (401, "EXPIRED_ACCESS_TOKEN"),
        "revoked_token": (401, "REVOKED_ACCESS_TOKEN"),
        "access_denied": (403, "ACCESS_DENIED"),
        "expired_version": (426, "NONEXISTENT_VERSION"),
        "unavailable": (503, "SERVICE_UNAVAILABLE"),
    }
    for kind, (status, code) in expected.items():
        client.inject(kind, "linkedin", times=1)
        answer = ask(client, path)
        assert (answer.status_code, answer.json().get("code")) == (status, code)
        assert "Retry-After" not in answer.headers


def test_bent_lists(client: Client) -> None:
    posts = f"posts?q=author&author={urn()}&count=20&start=0"
    whole = ask(client, posts).json()
    client.inject("missing_next", "linkedin", path="/posts", times=1, args={"total": False})
    assert ask(client, posts).json()["paging"] == {"start": 0, "count": 20, "links": []}
    client.inject("empty_page", "linkedin", path="/posts", times=1)
    assert ask(client, posts).json() == {**whole, "elements": []}
    client.inject("short_page", "linkedin", path="/posts", times=1)
    assert ask(client, posts).json()["elements"] == whole["elements"][:-1]
    client.inject("deleted_post", "linkedin", path="/posts", times=1, args={"post": whole["elements"][0]["id"]})
    assert ask(client, posts).json()["elements"] == whole["elements"][1:]
    client.inject("string_numbers", "linkedin", path="/posts", times=1)
    assert isinstance(ask(client, posts).json()["elements"][0]["publishedAt"], str)


def test_bent_days(client: Client) -> None:
    since, end = date(2026, 10, 1), date(2026, 10, 11)
    whole = shares(client, since, end)
    client.inject("missing_day", "linkedin", times=1, args={"day": "2026-10-03"})
    assert shares(client, since, end) == [*whole[:2], *whole[3:]]
    client.inject("late_data", "linkedin", times=1, args={"days": 3})
    assert shares(client, since, end) == whole[:-3]
    client.inject("negative_counts", "linkedin", times=1)
    assert all(row["totalShareStatistics"]["likeCount"] <= 0 for row in shares(client, since, end))
    client.inject("restated", "linkedin", times=1, args={"factor": 2})
    assert [row["totalShareStatistics"]["impressionCount"] for row in shares(client, since, end)] == [
        2 * row["totalShareStatistics"]["impressionCount"] for row in whole
    ]


# --- the platform's own collection of requests ---


def requests_of(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield from requests_of(item["item"]) if "item" in item else (item,)


def test_requests_and_answers_are_those_of_the_platforms_own_collection(client: Client) -> None:
    """Its statistics are written in the older dotted form of the same parameters."""
    collection = document("linkedin/linkedin-marketing-community.postman_collection.json")
    known: dict[str, set[str]] = {}
    examples: dict[str, Any] = {}
    for item in requests_of(collection["item"]):
        url = item["request"]["url"]
        if item["request"]["method"] == "GET" and isinstance(url, dict):
            names = {each["key"].partition(".")[0] for each in url.get("query", [])}
            known.setdefault(url["path"][0], set()).update(names)
            bodies = [answer.get("body") for answer in item.get("response", []) if answer.get("body")]
            examples[url["path"][0]] = json.loads(bodies[0]) if bodies else None
    day = interval(date(2026, 10, 2), date(2026, 10, 3))
    asked = {
        FOLLOWERS: f"q=organizationalEntity&organizationalEntity={urn()}&{day}",
        SHARES: f"q=organizationalEntity&organizationalEntity={urn()}&{day}",
        VIEWS: f"q=organization&organization={urn()}&{day}",
        f"networkSizes/{urn()}": "edgeType=COMPANY_FOLLOWED_BY_MEMBER",
    }
    for path, query in asked.items():
        resource = path.partition("/")[0]
        assert ask(client, f"{path}?{query}").status_code == 200
        assert {part.partition("=")[0] for part in query.split("&")} - {"timeIntervals"} <= known[resource]
    assert set(examples["networkSizes"]) == set(
        ask(client, f"networkSizes/{urn()}?{asked[f'networkSizes/{urn()}']}").json()
    )
