"""The simulated instance answers like Mastodon."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.mastodon.account import TOKEN
from pipeline.simulator.world.networks.mastodon import NUMBERS, Mastodon, id_of
from tests.simulator.client import Client
from tests.simulator.specifications import complaints, document

NIGHT = date(2026, 11, 2)
MAIN = NUMBERS["atelier"]
SPECIFICATION = "mastodon/openapi_schema.json"


def ask(client: Client, path: str, token: str | None = TOKEN, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.get(f"/mastodon/api/v1/{path}", params=params, headers=headers)


def world(client: Client) -> Mastodon:
    return client.world.network("mastodon", Mastodon)


def all_pages(client: Client, **params: Any) -> list[list[Any]]:
    answer = ask(client, f"accounts/{MAIN}/statuses", **params)
    pages = [answer.json()]
    while "next" in answer.links:
        link = answer.links["next"]["url"]
        assert link.startswith(client.url)
        answer = client.session.get(link, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
        pages.append(answer.json())
    return pages


def test_statuses_are_complete_over_several_pages_newest_first(client: Client) -> None:
    pages = all_pages(client, limit=40, exclude_replies="true", exclude_reblogs="true")
    found = [row["id"] for page in pages for row in page]
    assert found == [id_of(story) for story in world(client).stories("atelier", NIGHT)]
    assert len(pages) > 2
    assert found == sorted(found, key=int, reverse=True)


def test_boosts_and_own_answers_are_listed_unless_they_are_excluded(client: Client) -> None:
    everything = [row for page in all_pages(client, limit=40) for row in page]
    assert any(row["reblog"] for row in everything)
    assert any(row["in_reply_to_id"] for row in everything)
    assert len({row["id"] for row in everything}) == len(everything)


def test_a_page_has_at_most_forty_statuses_and_twenty_by_default(client: Client) -> None:
    assert len(ask(client, f"accounts/{MAIN}/statuses").json()) == 20
    assert len(ask(client, f"accounts/{MAIN}/statuses", limit=500).json()) == 40


def test_what_stands_below_a_post_is_counted_by_the_post(client: Client) -> None:
    row = next(row for page in all_pages(client, limit=40) for row in page if row["replies_count"] > 2)
    below = ask(client, f"statuses/{row['id']}/context").json()
    assert len(below["descendants"]) == row["replies_count"]
    assert {each["account"]["id"] for each in below["descendants"]} > {MAIN}


def test_a_deleted_post_is_unknown_and_left_out_of_a_batch(client: Client) -> None:
    newest, second = world(client).stories("atelier", NIGHT)[:2]
    client.inject("deleted_post", "mastodon", args={"post": id_of(newest)})
    assert ask(client, f"statuses/{id_of(newest)}").status_code == 404
    assert ask(client, f"statuses/{id_of(newest)}").json() == {"error": "Record not found"}
    batch = client.get(
        "/mastodon/api/v1/statuses", params=[("id[]", id_of(newest)), ("id[]", id_of(second)), ("id[]", "5")]
    )
    assert [row["id"] for row in batch.json()] == [id_of(second)]


def test_every_answer_says_what_is_left_of_the_window_as_a_moment_in_iso_format(client: Client) -> None:
    answer = ask(client, "accounts/lookup", acct="atelier")
    assert answer.headers["X-RateLimit-Limit"] == "300"
    assert answer.headers["X-RateLimit-Reset"] == "2026-11-03T03:05:00.348080Z"


@pytest.mark.parametrize(
    ("path", "params", "status", "said"),
    [
        ("accounts/lookup", {"acct": "nobody"}, 404, "Record not found"),
        ("accounts/5/statuses", {}, 404, "Record not found"),
        ("statuses/5", {}, 404, "Record not found"),
        ("statuses/5/reblogged_by", {}, 404, "Not Found"),
        ("timelines/home", {}, 404, "Not Found"),
        (f"accounts/{MAIN}/statuses", {"exclude_replys": "true"}, 422, "Validation failed"),
        (f"accounts/{MAIN}/statuses", {"limit": "many"}, 422, "Validation failed"),
    ],
)
def test_what_the_instance_does_not_know_is_an_error_of_its_own(
    client: Client, path: str, params: dict[str, str], status: int, said: str
) -> None:
    answer = ask(client, path, **params)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(said)


def test_a_wrong_token_is_refused_although_everything_is_public(client: Client) -> None:
    assert ask(client, "accounts/lookup", token=None, acct="atelier").status_code == 200
    refused = ask(client, "accounts/lookup", token="stolen", acct="atelier")
    assert (refused.status_code, refused.json()["error"]) == (401, "The access token is invalid")


def test_followers_fall_on_the_day_of_the_purge(client: Client) -> None:
    there = world(client)
    purge = there.calendar.purge_day
    client.night(purge)
    shown = ask(client, "accounts/lookup", acct="atelier").json()["followers_count"]
    gained, lost = there.flows("atelier", purge)
    assert shown == there.level("atelier", purge.fromordinal(purge.toordinal() - 1)) + gained - lost - 31


@pytest.mark.parametrize("page", [0, 1, 2])
def test_statuses_are_what_the_specification_says(client: Client, page: int) -> None:
    rows = all_pages(client, limit=40)[page]
    assert len(rows) == 40
    assert complaints(document(SPECIFICATION), "/api/v1/accounts/{id}/statuses", rows) == []


def test_accounts_contexts_and_errors_are_what_the_specification_says(client: Client) -> None:
    specification = document(SPECIFICATION)
    shown = ask(client, "accounts/lookup", acct="atelier").json()
    assert complaints(specification, "/api/v1/accounts/lookup", shown) == []
    row = next(row for page in all_pages(client, limit=40) for row in page if row["replies_count"] > 2)
    below = ask(client, f"statuses/{row['id']}/context").json()
    assert complaints(specification, "/api/v1/statuses/{id}/context", below) == []
    refused = ask(client, "statuses/5").json()
    assert complaints(specification, "/api/v1/statuses/{id}/context", refused, "404") == []


def test_an_answer_that_breaks_the_specification_is_found(client: Client) -> None:
    shown = ask(client, "accounts/lookup", acct="atelier").json()
    broken = {**shown, "followers_count": "many"}
    assert "followers_count" in complaints(document(SPECIFICATION), "/api/v1/accounts/lookup", broken)[0]
