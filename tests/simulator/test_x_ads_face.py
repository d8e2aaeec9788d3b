"""The face of X's Ads API says what the platform's contract says: signed requests, cursors, lists of values."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests

from pipeline.http.oauth1 import Signature
from pipeline.settings import Secret
from pipeline.simulator.platforms.x_ads.account import KEYS
from pipeline.simulator.world.advertisers.x_ads import AMERICAN, DELETED, MAIN
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
WEEK: dict[str, Any] = {"start_time": "2026-10-26T23:00:00Z", "end_time": "2026-11-02T23:00:00Z"}
ALL: dict[str, Any] = {
    "entity": "CAMPAIGN",
    "granularity": "DAY",
    "metric_groups": "ENGAGEMENT,BILLING",
    "placement": "ALL_ON_TWITTER",
}


def signature(**other: str) -> Signature:
    return Signature(*(Secret(name, value) for name, value in {**KEYS, **other}.items()))


def ask(client: Client, path: str, sign: Signature | None = None, **params: Any) -> requests.Response:
    url = f"{client.url}/x_ads/12/{path}"
    whole = f"{url}?{urlencode(params, quote_via=quote)}" if params else url
    return client.session.get(whole, headers={"Authorization": (sign or signature()).header("GET", whole)}, timeout=10)


def told(client: Client, path: str, **params: Any) -> Any:
    answer = ask(client, path, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def statistics(client: Client, ids: str, account: str = MAIN, **params: Any) -> Any:
    return told(client, f"stats/accounts/{account}", entity_ids=ids, **{**ALL, **WEEK, **params})


def test_an_account_tells_its_zone_and_its_campaigns_their_currency(client: Client) -> None:
    assert told(client, f"accounts/{AMERICAN}")["data"]["timezone"] == "America/Los_Angeles"
    assert {one["currency"] for one in told(client, f"accounts/{AMERICAN}/campaigns")["data"]} == {"USD"}


def test_campaigns_come_by_cursor_and_deleted_ones_where_they_are_wanted(client: Client) -> None:
    first = told(client, f"accounts/{MAIN}/campaigns", count=2, with_deleted="true")
    second = told(client, f"accounts/{MAIN}/campaigns", count=2, with_deleted="true", cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    assert [one["id"] for one in first["data"] + second["data"]] == ["sim0a", "sim0b", DELETED]
    assert DELETED not in {one["id"] for one in told(client, f"accounts/{MAIN}/campaigns")["data"]}


def test_statistics_have_a_value_for_each_day_in_millionths_or_null_for_all_of_them(client: Client) -> None:
    found = statistics(client, f"sim0a,{DELETED}")
    assert found["time_series_length"] == 7
    assert [one["id"] for one in found["data"]] == ["sim0a", DELETED]
    metrics = found["data"][0]["id_data"][0]["metrics"]
    assert {len(values) for values in metrics.values() if values is not None} == {7}
    rows = client.world.advertising.days("x_ads", MAIN, date(2026, 10, 27), NIGHT, NIGHT)
    money = {row.day: row.spend for row in rows if row.campaign.id == "sim0a" and row.network == "x"}
    told_money = [round(value / 1_000_000, 2) for value in metrics["billed_charge_local_micro"]]
    assert told_money == [float(money.get(date.fromordinal(date(2026, 10, 27).toordinal() + n), 0)) for n in range(7)]
    assert sum(told_money) > 50
    assert metrics["retweets"] is None
    # It ended before the week began.
    assert set(found["data"][1]["id_data"][0]["metrics"].values()) == {None}


def test_each_placement_is_asked_for_by_itself(client: Client) -> None:
    here = statistics(client, "sim0a")["data"][0]["id_data"][0]["metrics"]["impressions"]
    beyond = statistics(client, "sim0a", placement="PUBLISHER_NETWORK")["data"][0]["id_data"][0]["metrics"]
    assert sum(here) > sum(beyond["impressions"]) > 0
    found = statistics(client, "sim0b", placement="PUBLISHER_NETWORK")["data"][0]["id_data"][0]["metrics"]
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start_time": "2026-10-26T22:00:00Z"}, "INVALID_PARAMETER"),
        ({"start_time": "2026-10-25T23:00:00Z"}, "INVALID_PARAMETER"),
        ({"end_time": "2026-10-26T23:00:00Z"}, "INVALID_PARAMETER"),
        ({"placement": "EVERYWHERE"}, "INVALID_PARAMETER"),
        ({"granularity": "HOUR"}, "INVALID_PARAMETER"),
        ({"metric_groups": "MONEY"}, "INVALID_PARAMETER"),
        ({"entity_ids": "sim0d"}, "INVALID_PARAMETER"),
        ({"entity_ids": ",".join(["sim0a"] * 21)}, "INVALID_PARAMETER"),
        ({"nonsense": "1"}, "INVALID_PARAMETER"),
    ],
)
def test_what_it_does_not_know_it_refuses_by_a_code(client: Client, change: dict[str, str], code: str) -> None:
    answer = ask(client, f"stats/accounts/{MAIN}", **{**ALL, **WEEK, "entity_ids": "sim0a", **change})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


def test_a_parameter_that_is_left_out_is_named(client: Client) -> None:
    fault = ask(client, f"stats/accounts/{MAIN}", **ALL).json()["errors"][0]
    assert (fault["code"], fault["parameter"]) == ("MISSING_PARAMETER", "entity_ids")


@pytest.mark.parametrize("name", KEYS)
def test_every_one_of_the_four_keys_must_be_right(client: Client, name: str) -> None:
    assert ask(client, f"accounts/{MAIN}").status_code == 200
    answer = ask(client, f"accounts/{MAIN}", signature(**{name: "another-one"}))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED_ACCESS")


def test_a_signature_is_good_for_its_own_address_alone(client: Client) -> None:
    header = signature().header("GET", f"{client.url}/x_ads/12/accounts/{MAIN}")
    for path, status in ((f"accounts/{MAIN}", 200), (f"accounts/{MAIN}/campaigns", 401), (f"accounts/{AMERICAN}", 401)):
        url = f"{client.url}/x_ads/12/{path}"
        assert client.session.get(url, headers={"Authorization": header}, timeout=10).status_code == status


def test_an_account_of_somebody_else_is_not_found(client: Client) -> None:
    assert ask(client, "accounts/18ce5other").json()["errors"][0]["code"] == "NOT_FOUND"
    assert ask(client, f"accounts/{MAIN}/line_items").json()["errors"][0]["code"] == "ROUTE_NOT_FOUND"


@pytest.mark.parametrize(
    ("kind", "status"), [("rate_limit", 429), ("expired_token", 401), ("no_app", 403), ("unavailable", 503)]
)
def test_it_fails_as_it_does(client: Client, kind: str, status: int) -> None:
    client.inject(kind, "x_ads")
    assert ask(client, f"accounts/{MAIN}").status_code == status


def test_lists_can_be_bent(client: Client) -> None:
    plain = statistics(client, "sim0a,sim0b")
    client.inject("short_page", "x_ads", times=1)
    assert statistics(client, "sim0a,sim0b")["data"] == plain["data"][:1]
    client.inject("empty_page", "x_ads", times=1)
    assert statistics(client, "sim0a")["data"] == []
    client.inject("missing_next", "x_ads", times=1)
    assert "next_cursor" not in told(client, f"accounts/{MAIN}/campaigns", count=1)
    client.inject("negative_spend", "x_ads", times=1)
    money = statistics(client, "sim0a")["data"][0]["id_data"][0]["metrics"]["billed_charge_local_micro"]
    assert max(money) <= 0 > min(money)
    client.inject("string_numbers", "x_ads", times=1)
    texts = statistics(client, "sim0a")["data"][0]["id_data"][0]["metrics"]["impressions"]
    assert {type(text) for text in texts} == {str}
