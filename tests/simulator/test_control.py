"""The control plane, the clock, and the server itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from pipeline import sources
from pipeline.settings import read
from pipeline.simulator import World, environment, night_dates, serve, settings_toml
from pipeline.streams import Page, Unit, Window
from tests.simulator.client import MAIN, Client

NIGHT = date(2026, 11, 2)


def asked_at(answer: requests.Response) -> datetime:
    return parsedate_to_datetime(answer.headers["Date"])


def test_every_answer_bears_the_date_of_the_virtual_clock(client: Client) -> None:
    for night in (date(2026, 10, 23), date(2026, 10, 24)):
        client.night(night)
        moment = client.world.observed_at(night)
        answers = [client.graph("104001"), client.graph("nobody"), client.wp("posts"), client.stats("stats")]
        answers += [
            client.matomo("Actions.get"),
            client.woo("orders"),
            client.get("/elsewhere"),
            client.get("/__sim/state"),
        ]
        assert {asked_at(answer) for answer in answers} == {moment}


def test_the_clock_may_stand_at_any_instant_and_answers_for_the_last_night_before_it(client: Client) -> None:
    for instant, night in (
        ("2026-10-10T01:59:59Z", "2026-10-08"),
        ("2026-10-10T02:00:00Z", "2026-10-09"),
        ("2026-10-10T21:00:00+02:00", "2026-10-09"),
    ):
        assert client.control("clock", params={"instant": instant}).json()["night"] == night
        assert asked_at(client.graph("104001")) == datetime.fromisoformat(instant).astimezone(UTC)
        followers = client.graph("104001", fields="followers_count").json()["followers_count"]
        assert followers == client.world.facebook.page("104001", date.fromisoformat(night)).followers_count
    assert client.get("/__sim/clock").json() == {"night": "2026-10-09", "instant": "2026-10-10T19:00:00Z"}


def test_reset_makes_a_new_world_and_forgets_everything(client: Client) -> None:
    client.inject("unavailable", "*")
    client.graph("104001")
    answer = client.control("reset", params={"seed": 11, "nights": 5, "posts_per_day": 30})
    assert answer.json()["nights"] == ["2026-10-29", "2026-11-02"]
    state = client.state()
    assert (state["seed"], state["requests"]["total"], state["faults"]) == (11, 0, [])
    expected = World(seed=11, nights=5, posts_per_day=30).facebook.posts("104001", NIGHT)
    assert client.graph("104001/published_posts", limit=1).json()["data"][0]["id"] == expected[0].id
    assert client.control("reset", params={"sead": 1}).status_code == 400
    assert client.control("reset", params={"nights": 0}).status_code == 400


def test_the_state_tells_what_was_asked_and_how(client: Client) -> None:
    client.graph("104001/insights", metric="page_follows", since="2026-10-01")
    client.graph("104001/insights", metric="page_media_view")
    client.matomo("Actions.get", date="2026-10-30")
    state = client.state()
    last = state["last"]["/facebook/v26.0/104001/insights"]
    assert last["query"] == {"metric": "page_media_view"}
    assert last["headers"]["authorization"] == f"Bearer {MAIN}"
    assert state["last"]["/matomo/index.php"]["form"]["method"] == "Actions.get"
    assert state["requests"]["by_path"]["/facebook/v26.0/104001/insights"] == 2
    assert state["requests"]["total"] == 3
    assert state["requests"]["by_status"] == {"200": 3}


def test_a_mutation_shows_on_every_face_and_in_the_state(client: Client) -> None:
    post, article = client.world.facebook.posts("104001", NIGHT)[0].id, client.world.wordpress.posts(NIGHT)[0].id
    comment = client.world.wordpress.comments(NIGHT)[-1].id
    visits = client.matomo("VisitsSummary.get", date="2026-10-30").json()["nb_visits"]
    for told in (
        {"kind": "delete_post", "platform": "facebook", "account": "104001", "target": post},
        {"kind": "delete_post", "platform": "wordpress", "account": "journal", "target": str(article)},
        {"kind": "delete_comment", "platform": "wordpress", "account": "journal", "target": str(comment)},
        {"kind": "restate_day", "platform": "matomo", "account": "1", "target": "2026-10-30", "factor": 3},
    ):
        assert client.control("mutate", told).json()["night"] == "2026-11-02"
    assert client.graph(post).status_code == 400
    assert client.wp(f"posts/{article}").status_code == 404
    assert client.wp(f"comments/{comment}").status_code == 404
    assert client.matomo("VisitsSummary.get", date="2026-10-30").json()["nb_visits"] > 2.9 * visits
    assert [change["kind"] for change in client.state()["changes"]] == [
        "delete_post",
        "delete_post",
        "delete_comment",
        "restate_day",
    ]
    client.night(date(2026, 11, 1))
    assert client.wp(f"posts/{article}").status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "delete_post", "platform": "matomo", "target": "1"},
        {"kind": "delete_post", "platform": "facebook"},
        {"kind": "delete_post", "platform": "facebook", "target": "1", "nigth": "2026-11-01"},
        ["delete_post"],
    ],
)
def test_a_mutation_that_makes_no_sense_is_refused(client: Client, told: Any) -> None:
    assert client.control("mutate", told).status_code == 400


def test_unknown_controls_and_methods_are_refused(client: Client) -> None:
    assert client.control("explode").status_code == 404
    assert client.get("/__sim/reset").status_code == 405
    assert client.get("/").status_code == 404


def test_one_connection_carries_many_answers_packed_where_the_client_takes_it(client: Client) -> None:
    host, port = client.url.removeprefix("http://").split(":")
    request = f"GET /facebook/v26.0/104001 HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {MAIN}\r\n\r\n".encode()
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(request * 3)
        received = b""
        while received.count(b'"id":"104001"}') < 3:
            received += connection.recv(65_536)
    assert received.count(b"HTTP/1.1 200 OK") == 3
    packed = client.wp("posts", per_page=50)
    plain = client.get(
        "/wordpress/wp-json/wp/v2/posts", params={"per_page": 50}, headers={"Accept-Encoding": "identity"}
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()


def test_what_is_no_http_is_answered_with_400(client: Client) -> None:
    host, port = client.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"HELLO\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400 ")


def test_many_clients_at_once_get_the_same_answers(client: Client) -> None:
    path, headers = f"{client.url}/facebook/v26.0/104001/published_posts", {"Authorization": f"Bearer {MAIN}"}

    def ask(n: int) -> Any:
        return requests.get(path, params={"limit": 5 + n % 3}, headers=headers, timeout=10).json()["data"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(24)))
    assert answers[:3] * 8 == answers
    assert client.state()["requests"]["total"] == 24


def test_two_simulators_live_side_by_side() -> None:
    with serve(seed=1, nights=3) as one, serve(seed=2, nights=3) as two:
        told = [requests.get(f"{each.url}/__sim/state", timeout=10).json()["seed"] for each in (one, two)]
    assert told == [1, 2]
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(one.url, timeout=1)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_a_process_of_its_own_that_says_where_it_is(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "pipeline.simulator", "--seed", "3", "--nights", "4"]
    environment_ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment_, text=True) as process:
        try:
            assert process.stdout is not None
            state = requests.get(process.stdout.readline().strip() + "/__sim/state", timeout=10).json()
            assert state["nights"] == [night.isoformat() for night in (night_dates(3, 4)[0], NIGHT)]
            process.send_signal(stop)
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()


def test_every_secret_that_the_settings_name_is_in_the_environment(client: Client) -> None:
    told = tomllib.loads(settings_toml(client.url))
    named = {
        value.removeprefix("env:")
        for accounts in told["sources"].values()
        for account in accounts
        for value in account.values()
        if isinstance(value, str) and value.startswith("env:")
    }
    assert named <= set(environment())
    assert all(name.startswith("VIGIE_SIM_") for name in environment())
    assert told["simulated"] is True
    assert {campaign["platform"]: campaign.get("daily_cost") for campaign in told["campaigns"]} == {
        "facebook": "40.00",
        "wordpress": None,
    }


def test_the_pipelines_own_sources_read_a_night_of_every_account(client: Client, tmp_path: Path) -> None:
    known = {name: sources.module(name) for name in sources.names()}
    file = tmp_path / "vigie.toml"
    file.write_text(settings_toml(client.url), encoding="utf-8")
    settings = read(file, environment(), known)
    counts: dict[tuple[str, str, str], int] = {}
    for account in settings.accounts:
        source = known[account.platform]
        since = date.fromordinal(NIGHT.toordinal() - source.RESTATEMENT_DAYS)
        unit = Unit(account.platform, account.id, NIGHT, Window(since, NIGHT))
        with source.open_session(account, NIGHT) as session:
            for item in source.fetch(account, unit, session):
                if isinstance(item, Page):
                    key = (account.platform, account.id, item.stream)
                    counts[key] = counts.get(key, 0) + len(item.records)
            assert session.first_date == "2026-11-03T03:00:00Z"
    world = client.world
    posts = world.facebook.posts("104001", NIGHT, date(2026, 10, 5), NIGHT)
    assert counts["facebook", "104001", "posts"] == len(posts)
    assert ("facebook", "104002", "page_insights") not in counts
    assert counts["wordpress", "journal", "stats_visits"] == 29
    assert counts["matomo", "1", "visits"] == 4
    changed = [o for o in world.woocommerce.orders(NIGHT) if o.modified >= datetime(2026, 10, 29, 23, tzinfo=UTC)]
    assert counts["woocommerce", "boutique", "orders"] == len(changed)
    assert client.state()["requests"]["total"] <= 50


def test_no_secret_looks_real() -> None:
    for name, value in environment().items():
        assert any(word in value for word in ("sim", "51a000")), name
