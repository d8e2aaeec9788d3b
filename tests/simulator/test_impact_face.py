"""The simulated network answers like impact.com: pages in an envelope of texts, actions by their last change."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.impact.account import SID, TOKEN
from pipeline.simulator.world.awin import changed
from pipeline.simulator.world.impact import number, payout, standing
from tests.simulator.client import Client
from tests.simulator.specifications import complaints, document

NIGHT = date(2026, 11, 2)
SPAN = {"StartDate": "2026-10-01T00:00:00Z", "EndDate": "2026-11-01T00:00:00Z"}


def ask(client: Client, partner: str = SID, token: str = TOKEN, **params: Any) -> requests.Response:
    coded = b64encode(f"{SID}:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {coded}"}
    return client.get(f"/impact/Mediapartners/{partner}/Actions", params={**SPAN, **params}, headers=headers)


def listed(client: Client, **params: Any) -> dict[str, Any]:
    answer = ask(client, **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_actions_of_a_range_are_those_that_changed_in_it(client: Client) -> None:
    known = {
        number(action): action
        for action in standing(client.world.seed, client.world.calendar, NIGHT)
        if f"{changed(action):%Y-%m}" == "2026-10"
    }
    told = listed(client)
    found = {row["Id"]: row for row in told["Actions"]}
    assert found.keys() == known.keys()
    assert told["@total"] == str(len(found))
    for name, row in found.items():
        assert row["Payout"] == f"{payout(known[name]):.2f}"
        assert row["SubId1"] == (known[name].reference or "")
    assert {row["State"] for row in found.values()} == {"PENDING", "APPROVED", "REVERSED"}
    assert any(row["EventDate"] < "2026-09-25" for row in found.values())
    (state,) = {row["State"] for row in listed(client, State="REVERSED")["Actions"]}
    assert state == "REVERSED"


def test_pages_lead_on_by_addresses_without_a_host(client: Client) -> None:
    whole = listed(client)["Actions"]
    page, seen = listed(client, PageSize=10), []
    while True:
        seen += page["Actions"]
        assert all(isinstance(page[name], str) for name in page if name.startswith("@"))
        if not page["@nextpageuri"]:
            break
        assert page["@nextpageuri"].startswith(f"/Mediapartners/{SID}/Actions?")
        coded = b64encode(f"{SID}:{TOKEN}".encode()).decode()
        page = client.get(f"/impact{page['@nextpageuri']}", headers={"Authorization": f"Basic {coded}"}).json()
    assert seen == whole
    assert int(page["@numpages"]) > 2


def test_actions_are_what_the_published_description_says(client: Client) -> None:
    specification = document("affiliate/impact-partner-actions-v16.yaml")
    told = listed(client)
    assert complaints(specification, "/Mediapartners/{AccountSID}/Actions", told) == []
    described = specification["components"]["schemas"]["Action"]["properties"]
    assert set(told["Actions"][0]) == set(described)


def test_without_dates_it_is_the_last_week(client: Client) -> None:
    week = listed(client, StartDate=None, EndDate=None)
    assert 0 < int(week["@total"]) < int(listed(client)["@total"])


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"EndDate": "2026-11-16T00:00:00Z"}, 400),
        ({"EndDate": None}, 400),
        ({"StartDate": "yesterday"}, 400),
        ({"StartDate": "2026-10-01"}, 400),
        ({"State": "ODD"}, 400),
        ({"PageSize": "20001"}, 400),
        ({"Page": "0"}, 400),
        ({"Sort": "Id"}, 400),
        ({"partner": "IR7"}, 403),
        ({"token": "nobody"}, 401),
    ],
)
def test_what_the_network_does_not_know_it_refuses(client: Client, params: dict[str, Any], expected: int) -> None:
    answer = ask(client, **params)
    assert (answer.status_code, answer.json()["Status"]) == (expected, "ERROR")


@pytest.mark.parametrize(
    ("kind", "status"), [("rate_limit", 429), ("expired_token", 401), ("no_scope", 403), ("unavailable", 503)]
)
def test_it_fails_in_the_platforms_own_words(client: Client, kind: str, status: int) -> None:
    client.inject(kind, "impact")
    answer = ask(client)
    assert (answer.status_code, answer.json().keys()) == (status, {"Status", "Message"})


def test_lists_can_be_bent(client: Client) -> None:
    plain = listed(client, PageSize=20)
    client.inject("short_page", "impact", times=1)
    assert listed(client, PageSize=20)["Actions"] == plain["Actions"][:10]
    client.inject("missing_next", "impact", times=1)
    assert listed(client, PageSize=20) == {**plain, "@nextpageuri": ""}
    client.inject("empty_page", "impact", times=1)
    assert listed(client, PageSize=20) == {**plain, "Actions": []}
