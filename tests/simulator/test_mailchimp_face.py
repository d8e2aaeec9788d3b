"""The newsletter's face: an audience, members by their last change, pages by offset, problems in its own form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.mailchimp.account import KEY
from pipeline.simulator.world.mailchimp import LIST, newsletter
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)


def ask(client: Client, path: str, **params: Any) -> requests.Response:
    return client.get(f"/mailchimp/3.0/{path}", params=params, auth=("anybody", KEY))


def told(client: Client, path: str, **params: Any) -> dict[str, Any]:
    answer = ask(client, path, **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_audience_has_the_numbers_of_the_night(client: Client) -> None:
    known = newsletter(client.world.seed, client.world.calendar)
    stats = told(client, f"lists/{LIST}")["stats"]
    assert stats["member_count"] == known.level(NIGHT)
    assert stats["unsubscribe_count"] == known.level(NIGHT, "unsubscribed")
    client.night(NIGHT - timedelta(days=30))
    assert told(client, f"lists/{LIST}")["stats"]["member_count"] == known.level(NIGHT - timedelta(days=30))


def test_members_come_in_the_order_of_their_last_change_page_by_page(client: Client) -> None:
    known = newsletter(client.world.seed, client.world.calendar).standing(NIGHT)
    whole = told(client, f"lists/{LIST}/members", count=1000)
    assert (len(whole["members"]), whole["total_items"]) == (len(known), len(known))
    pages = [told(client, f"lists/{LIST}/members", count=40, offset=n) for n in range(0, len(known), 40)]
    assert [row["id"] for page in pages for row in page["members"]] == [member.id for member in known]
    assert {page["total_items"] for page in pages} == {len(known)}
    assert len(told(client, f"lists/{LIST}/members")["members"]) == 10
    assert told(client, f"lists/{LIST}/members", offset=len(known))["members"] == []
    down = told(client, f"lists/{LIST}/members", count=1000, sort_field="timestamp_opt", sort_dir="DESC")["members"]
    dates = [row["timestamp_opt"] for row in down]
    assert dates == sorted(dates, reverse=True)


def test_since_is_exclusive_and_before_is_not(client: Client) -> None:
    rows = told(client, f"lists/{LIST}/members", count=1000)["members"]
    at = rows[-5]["last_changed"]
    later = told(client, f"lists/{LIST}/members", count=1000, since_last_changed=at)["members"]
    earlier = told(client, f"lists/{LIST}/members", count=1000, before_last_changed=at)["members"]
    assert all(row["last_changed"] > at for row in later)
    assert len(later) + len(earlier) == len(rows)
    assert earlier[-1]["last_changed"] == at
    assert all(row["status"] == "pending" for row in told(client, f"lists/{LIST}/members", status="pending")["members"])


def test_a_date_that_is_not_there_is_an_empty_text(client: Client) -> None:
    rows = told(client, f"lists/{LIST}/members", count=1000)["members"]
    dates = {(row["status"], bool(row["timestamp_signup"]), bool(row["timestamp_opt"])) for row in rows}
    assert ("pending", True, False) in dates
    assert ("subscribed", False, True) in dates
    assert ("transactional", False, False) in dates
    assert {row["status"] for row in rows} == {"subscribed", "pending", "unsubscribed", "cleaned", "transactional"}
    assert all(row["email_address"] for row in rows)


def test_fields_reach_into_rows(client: Client) -> None:
    found = told(client, f"lists/{LIST}/members", fields="members.id,members.status,total_items")
    assert set(found) == {"members", "total_items"}
    assert {tuple(row) for row in found["members"]} == {("id", "status")}
    assert told(client, f"lists/{LIST}", fields="id,stats.member_count").keys() == {"id", "stats"}


def test_reports_are_those_of_letters_that_were_sent_and_grow_for_a_week(client: Client) -> None:
    since = f"{NIGHT - timedelta(days=28)}T00:00:00+00:00"
    rows = told(client, "reports", count=100, since_send_time=since)["reports"]
    assert len(rows) == 4
    newest = rows[0]
    assert all(row["send_time"] > since for row in rows)
    client.night(NIGHT - timedelta(days=1))
    before = next(row for row in told(client, "reports", count=100)["reports"] if row["id"] == newest["id"])
    assert before["clicks"]["clicks_total"] < newest["clicks"]["clicks_total"]


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("lists/another", {}, 404),
        (f"lists/{LIST}/activity", {}, 404),
        (f"lists/{LIST}/members", {"count": "many"}, 400),
        (f"lists/{LIST}/members", {"offset": -1}, 400),
        (f"lists/{LIST}/members", {"since_last_changed": "yesterday"}, 400),
        (f"lists/{LIST}/members", {"since_last_changed": "2026-11-01T00:00:00"}, 400),
        (f"lists/{LIST}/members", {"sort_field": "email"}, 400),
        (f"lists/{LIST}/members", {"sort_dir": "asc"}, 400),
        ("reports", {"since": "2026-11-01"}, 400),
    ],
)
def test_what_it_does_not_know_it_refuses_with_a_problem(
    client: Client, path: str, params: dict[str, Any], status: int
) -> None:
    answer = ask(client, path, **params)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.json().keys() == {"type", "title", "status", "detail", "instance"}


@pytest.mark.parametrize("auth", [None, ("anybody", "nobodys-us51"), (KEY, "")])
def test_without_the_key_nothing_is_told(client: Client, auth: tuple[str, str] | None) -> None:
    answer = client.get(f"/mailchimp/3.0/lists/{LIST}", auth=auth)
    assert (answer.status_code, answer.json()["title"]) == (401, "API Key Invalid")
