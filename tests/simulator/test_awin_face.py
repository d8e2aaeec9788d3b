"""The simulated affiliate network answers like Awin: one bare list of at most 31 days, states that change for weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from pipeline.simulator.platforms.awin.account import TOKEN
from pipeline.simulator.world.awin import commissions
from tests.simulator.client import Client
from tests.simulator.specifications import complaints, document

NIGHT = date(2026, 11, 2)
PATH = "/publishers/{publisherId}/transactions/"


def ask(client: Client, publisher: str = "204069", **params: Any) -> requests.Response:
    span = {"startDate": "2026-10-01T00:00:00", "endDate": "2026-10-31T23:59:59", "timezone": "Europe/Paris"}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return client.get(f"/awin/publishers/{publisher}/transactions/", params={**span, **params}, headers=headers)


def rows(client: Client, **params: Any) -> list[dict[str, Any]]:
    answer = ask(client, **params)
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def test_the_sales_of_a_range_are_those_of_the_world_in_the_zone_that_is_asked_for(client: Client) -> None:
    paris = ZoneInfo("Europe/Paris")
    known = {
        sale.id: sale
        for sale in commissions(client.world.seed, client.world.calendar).standing(NIGHT)
        if f"{sale.sold.astimezone(paris):%Y-%m}" == "2026-10"
    }
    found = {row["id"]: row for row in rows(client)}
    assert found.keys() == known.keys()
    assert len(found) > 50
    for number, row in found.items():
        sale = known[number]
        assert row["commissionAmount"] == {"amount": float(sale.commission), "currency": "EUR"}
        assert row["transactionDate"] == f"{sale.sold.astimezone(paris):%Y-%m-%dT%H:%M:%S}"
        assert row["commissionStatus"] == sale.status
        assert (row["clickRefs"] or {}).get("clickRef") == sale.reference
    assert {row["commissionStatus"] for row in found.values()} == {"pending", "approved", "declined", "deleted"}
    utc = {row["id"]: row["transactionDate"] for row in rows(client, timezone="UTC")}
    assert all(utc[number] < row["transactionDate"] for number, row in found.items() if number in utc)


def test_old_sales_come_back_by_the_day_on_which_they_were_validated_or_amended(client: Client) -> None:
    span = {"startDate": "2026-10-30T00:00:00", "endDate": "2026-11-02T23:59:59"}
    validated = rows(client, dateType="validation", **span)
    assert any(row["transactionDate"] < "2026-10-20" for row in validated)
    assert all("2026-10-30" <= row["validationDate"] < "2026-11-03" for row in validated)
    assert all(row["amended"] for row in rows(client, dateType="amendment", **span))
    (status,) = {row["commissionStatus"] for row in rows(client, dateType="validation", status="declined")}
    assert status == "declined"


def test_a_sale_is_pending_for_weeks_and_then_it_is_not(client: Client) -> None:
    sale = next(row for row in rows(client, dateType="validation") if row["commissionStatus"] == "approved")
    client.night(date.fromisoformat(sale["validationDate"][:10]) - timedelta(days=1))
    day = sale["transactionDate"][:10]
    sold = rows(client, startDate=f"{day}T00:00:00", endDate=f"{day}T23:59:59")
    (before,) = [row for row in sold if row["id"] == sale["id"]]
    assert (before["commissionStatus"], before["validationDate"]) == ("pending", None)


def test_sales_are_what_the_published_description_says(client: Client) -> None:
    specification = document("affiliate/awin_transactions_openapi.yml")
    # The description knows no null; the documentation's own example has them.
    told = [{name: value for name, value in row.items() if value is not None} for row in rows(client)]
    assert complaints(specification, PATH, told) == []
    parameters = specification["components"]["parameters"]
    assert set(parameters["dateTypeTx"]["schema"]["enum"]) == {"transaction", "validation", "amendment"}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"endDate": "2026-11-01T00:00:00"}, 400),
        ({"endDate": "2026-09-01T00:00:00"}, 400),
        ({"startDate": "yesterday"}, 400),
        ({"timezone": "Moon/Base"}, 400),
        ({"dateType": "payment"}, 400),
        ({"status": "odd"}, 400),
        ({"publisher": "7"}, 403),
    ],
)
def test_what_the_network_does_not_know_it_refuses(client: Client, params: dict[str, str], expected: int) -> None:
    answer = ask(client, **params)
    assert (answer.status_code, set(answer.json())) == (expected, {"error", "description"})


def test_a_token_that_nobody_has_is_refused_as_it_was_recorded(client: Client) -> None:
    answer = client.get("/awin/publishers/204069/transactions/", headers={"Authorization": "Bearer nobody"})
    said = {"error": "unauthorized", "description": "Full authentication is required to access this resource"}
    assert (answer.status_code, answer.json()) == (401, said)
