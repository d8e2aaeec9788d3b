"""Rate limits that count: told in each platform's own words, refused in its own way, over at the reset."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from pipeline import simulator, steps
from pipeline.simulator import copies
from pipeline.simulator.allowance import Bucket, Meter
from pipeline.simulator.platforms import FACES, PLATFORMS
from pipeline.simulator.server import Server
from pipeline.simulator.wire import Reply, Request

NIGHT = date(2026, 11, 2)
NOW = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Server]:
    with simulator.serve(nights=3, limits=True) as playing:
        yield playing


def control(server: Server, verb: str, **params: object) -> Any:
    answer = requests.post(f"{server.url}/__sim/{verb}", params={k: str(v) for k, v in params.items()}, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def lookup(server: Server, copy: str = "", account: str = "atelier") -> requests.Response:
    url = f"{server.url}{copy}/mastodon/api/v1/accounts/lookup"
    return requests.get(url, params={"acct": account}, timeout=10)


def remaining(answer: requests.Response) -> int:
    return int(answer.headers["X-RateLimit-Remaining"])


def test_every_answer_tells_what_is_left_and_the_reset_gives_it_back(server: Server) -> None:
    control(server, "limits", on=1, share=0.01)
    told = [lookup(server) for _ in range(4)]
    assert [answer.status_code for answer in told] == [200, 200, 200, 429]
    assert [remaining(answer) for answer in told] == [2, 1, 0, 0]
    assert {answer.headers["X-RateLimit-Reset"] for answer in told} == {"2026-11-03T03:05:00.000000Z"}
    control(server, "clock", advance=299)
    assert lookup(server).status_code == 429
    control(server, "clock", advance=1)
    assert (lookup(server).status_code, remaining(lookup(server))) == (200, 1)


def test_nothing_counts_where_nobody_switched_it_on() -> None:
    with simulator.serve(nights=3) as playing:
        assert {remaining(lookup(playing)) for _ in range(3)} == {299}
        assert requests.get(f"{playing.url}/__sim/limits", timeout=10).json() == {"on": False, "buckets": []}


def test_a_spent_limit_of_one_platform_is_none_of_another_one(server: Server) -> None:
    control(server, "limits", on=1, share=0.001)
    lookup(server)
    assert lookup(server).status_code == 429
    url = f"{server.url}/bluesky/xrpc/app.bsky.actor.getProfile?actor=atelier-marin.example"
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.headers["RateLimit-Policy"]) == (200, "3;w=300")


def test_the_clock_runs_where_it_is_told_to_and_stands_where_not(server: Server) -> None:
    clock = server.simulator.clock
    assert clock.now == clock.now
    control(server, "clock", running=1)
    before = clock.now
    while clock.now == before:
        pass
    control(server, "clock", advance=60)
    assert clock.now - before >= timedelta(seconds=60)
    control(server, "clock", running=0)
    assert clock.now == clock.now
    answer = requests.post(f"{server.url}/__sim/clock", params={"advance": "-1"}, timeout=10)
    assert answer.status_code == 400


def test_a_window_of_a_day_ends_at_midnight_of_its_zone() -> None:
    assert Bucket("units", 1, "day in America/Los_Angeles").ends(NOW) == datetime(2026, 11, 3, 8, tzinfo=UTC)
    assert Bucket("calls", 1, "day in UTC").ends(NOW) == datetime(2026, 11, 4, tzinfo=UTC)
    assert Bucket("quarter", 1, 900.0).ends(NOW) == NOW + timedelta(minutes=15)


def test_every_api_with_an_announced_limit_refuses_as_it_does() -> None:
    asked = {
        "awin": Request("GET", "/awin/publishers/204069/transactions/", ()),
        "plausible": Request("POST", "/plausible/api/v2/query", ()),
        "impact": Request("GET", "/impact/Mediapartners/IRsim51a000041/Actions", ()),
        "mastodon": Request("GET", "/mastodon/api/v1/accounts/lookup", ()),
        "bluesky": Request("GET", "/bluesky/xrpc/app.bsky.actor.getProfile", ()),
        "x": Request("GET", "/x/2/users/me", (), {"authorization": "Bearer sim-x-user-token-not-a-secret"}),
        "x_ads": Request("GET", "/x_ads/12/stats/accounts/18ce5sim0a1", ()),
        "linkedin": Request("GET", "/linkedin/rest/posts", ()),
        "linkedin_ads": Request("GET", "/linkedin_ads/rest/adAnalytics", ()),
        "youtube": Request("GET", "/youtube/v3/channels", ()),
        "tiktok": Request("GET", "/tiktok/open_api/v1.3/business/get/", (("business_id", "-000atelier"),)),
        "tiktok_display": Request("GET", "/tiktok_display/v2/user/info/", ()),
        "tiktok_ads": Request("GET", "/tiktok_ads/open_api/v1.3/ad/get/", ()),
        "facebook": Request("GET", "/facebook/v26.0/104001", ()),
        "meta_ads": Request("GET", "/meta_ads/v26.0/act_2340017001001", ()),
        "instagram": Request("GET", "/instagram/v26.0/17841400000000101", ()),
        "instagram_login": Request("GET", "/instagram_login/v26.0/17841400000000102", ()),
    }
    assert asked.keys() == {name for name, face in FACES.items() if face.allowance}
    refused = {name: _spent(name, request) for name, request in asked.items()}
    statuses = {name: reply.status for name, reply in refused.items()}
    assert statuses == dict.fromkeys(asked, 429) | {
        "youtube": 403,
        "tiktok": 200,
        "tiktok_ads": 200,
        "facebook": 400,
        "meta_ads": 400,
        "instagram": 400,
        "instagram_login": 400,
    }
    headers = {name: dict(reply.headers) for name, reply in refused.items()}
    assert headers["x"]["x-rate-limit-reset"] == str(int((NOW + timedelta(minutes=15)).timestamp()))
    assert headers["bluesky"]["Retry-After"] == "300"
    assert '"estimated_time_to_regain_access":60' in headers["facebook"]["X-Business-Use-Case-Usage"]
    assert headers["linkedin"] == headers["youtube"] == {}


def _spent(name: str, request: Request) -> Reply:
    """The first refusal of a limit that is spent by asking the same again and again."""
    meter, allowance = Meter(), FACES[name].allowance
    assert allowance is not None
    for _ in range(10_001):
        refusal = meter.charge(name, allowance, request, NOW).refusal
        if refusal is not None:
            return refusal
    raise AssertionError(f"{name} never refuses")


def test_a_refused_request_spends_nothing_of_its_other_limits() -> None:
    meter, allowance = Meter(), FACES["tiktok"].allowance
    assert allowance is not None
    request = Request("GET", "/tiktok/open_api/v1.3/business/get/", (("business_id", "-000atelier"),))
    for _ in range(50):
        meter.charge("tiktok", allowance, request, NOW)
    used = {one["bucket"]: (sum(one["used"].values()), one["refused"]) for one in meter.as_json()}  # type: ignore[attr-defined]
    assert used == {"the app": (40, 0), "/business/get/ of -000atelier": (40, 10)}


def test_a_copy_answers_under_its_own_id(server: Server) -> None:
    plain, copied = lookup(server).json(), lookup(server, "/copy-07", "atelier07").json()
    assert copied["acct"] == "atelier07"
    own = {"acct", "username", "url", "uri"}
    assert {k: v for k, v in copied.items() if k not in own} == {k: v for k, v in plain.items() if k not in own}
    assert lookup(server, "/copy-07", "atelier08").status_code == 404


def test_copies_share_an_address_and_have_pages_of_their_own(server: Server) -> None:
    assert remaining(lookup(server, "/copy-07", "atelier07")) == 299
    assert remaining(lookup(server, "/copy-08", "atelier08")) == 298
    ids = {
        (account.platform, account.id) for _, account in copies.accounts(copies.MOST) if account.platform in PLATFORMS
    }
    assert len(ids) == (copies.MOST + 1) * len({(a.platform, a.id) for _, a in copies.accounts(0)})
    with pytest.raises(ValueError, match="at most 20"):
        list(copies.accounts(21))


def test_an_ordinary_night_of_all_platforms_and_their_copies_is_never_refused(server: Server, tmp_path: Path) -> None:
    """Every copy brings exactly what its original brings."""
    file = tmp_path / "vigie.toml"
    file.write_text(simulator.settings_toml(server.url, platforms=tuple(PLATFORMS), copies=1), encoding="utf-8")
    project = steps.open_project(file, {**os.environ, **simulator.environment(), **copies.environment(1, NIGHT)})
    done = steps.fetch_all(project, steps.plan(project, NIGHT), now=lambda: NOW)
    assert {f"{unit.platform} {unit.account}: {unit.message}" for unit in done if not unit.ok} == set()
    brought = {(unit.platform, unit.account): unit.records for unit in done}
    for number, account in copies.accounts(1):
        if number == 0:
            made = copies.alias(account.platform, account.id, 1)
            assert brought[account.platform, made] == brought[account.platform, account.id], account
    met = requests.get(f"{server.url}/__sim/limits", timeout=10).json()["buckets"]
    assert {one["platform"] for one in met} == {face.platform for face in FACES.values() if face.allowance}
    assert {one["refused"] for one in met} == {0}
