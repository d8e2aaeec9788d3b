"""The simulated Google Ads API answers two queries in batches, and refuses as Google does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.google_ads.account import APP, DEVELOPER_TOKEN, access_token
from pipeline.simulator.platforms.google_ads.face import TYPES
from pipeline.simulator.world.advertisers.google_ads import AMERICAN, MAIN, MANAGER, NUMBERED, WORDED
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
COSTS = (
    "SELECT segments.date, segments.ad_network_type, campaign.id, campaign.name, campaign.final_url_suffix,"
    " campaign.tracking_url_template, campaign.url_custom_parameters, customer.currency_code, metrics.cost_micros,"
    " metrics.impressions, metrics.clicks FROM campaign WHERE segments.date BETWEEN '2026-10-05' AND '2026-11-02'"
)


def ask(client: Client, query: str, customer: str = MAIN, version: str = "v26", **headers: str) -> requests.Response:
    sent = {
        "Authorization": f"Bearer {access_token(NIGHT)}",
        "developer-token": DEVELOPER_TOKEN,
        "login-customer-id": MANAGER,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    url = f"{client.url}/google_ads/{version}/customers/{customer}/googleAds:searchStream"
    return client.session.post(url, json={"query": query}, headers=sent, timeout=10)


def rows(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [row for batch in answer.json() for row in batch["results"]]


def code(answer: requests.Response) -> tuple[int, str]:
    [batch] = answer.json()
    [failure] = batch["error"]["details"][0]["errors"]
    [found] = failure["errorCode"].values()
    return answer.status_code, found


def test_costs_are_the_worlds_in_millionths_and_texts_in_several_batches(client: Client) -> None:
    answer = ask(client, COSTS)
    assert len(answer.json()) >= 2
    assert {batch["requestId"] for batch in answer.json()} == {"sim-request"}
    assert answer.json()[0]["fieldMask"].startswith("segments.date,segments.adNetworkType,campaign.id")
    told = client.world.advertising.days("google_ads", MAIN, date(2026, 10, 5), NIGHT, NIGHT)
    expected = [
        (f"{day.day}", day.campaign.id, TYPES[day.network], day.spend, f"{day.impressions}", f"{day.clicks}")
        for day in told
    ]
    found = [
        (
            row["segments"]["date"],
            row["campaign"]["id"],
            row["segments"]["adNetworkType"],
            Decimal(row["metrics"]["costMicros"]) / 1_000_000,
            row["metrics"]["impressions"],
            row["metrics"]["clicks"],
        )
        for row in rows(answer)
    ]
    assert found == expected
    assert len({day for day, *_ in found}) < 29 * len({campaign for _, campaign, *_ in found})


def test_the_account_says_its_zone_its_currency_and_what_its_links_carry(client: Client) -> None:
    query = "SELECT customer.id, customer.currency_code, customer.time_zone, customer.final_url_suffix FROM customer"
    [main], [american] = rows(ask(client, query)), rows(ask(client, query, AMERICAN))
    assert main == {"customer": {"id": MAIN, "currencyCode": "EUR", "timeZone": "Europe/Paris"}}
    assert american["customer"]["finalUrlSuffix"].endswith("utm_campaign={campaignid}")


def test_links_are_told_in_every_way_that_there_is(client: Client) -> None:
    told = {row["campaign"]["id"]: row["campaign"] for row in rows(ask(client, COSTS))}
    assert "{campaignid}" in told[NUMBERED]["trackingUrlTemplate"]
    assert {"key": "name", "value": "makers-2026"} in told[WORDED]["urlCustomParameters"]
    assert told["20500000101"]["finalUrlSuffix"].endswith("utm_campaign=brand-search")
    assert told["20500000104"].keys() == {"id", "name"}


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("SELECT campaign.luck FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT * FROM campaign", "UNEXPECTED_INPUT"),
        ("DELETE FROM campaign", "UNEXPECTED_INPUT"),
        (COSTS.replace("2026-10-05", "2026-13-05"), "INVALID_VALUE_WITH_BETWEEN_OPERATOR"),
        (COSTS.replace("2026-10-05", "2026-12-05"), "INVALID_VALUE_WITH_BETWEEN_OPERATOR"),
    ],
)
def test_a_query_that_is_none_is_refused(client: Client, query: str, refused: str) -> None:
    assert code(ask(client, query)) == (400, refused)


def test_whoever_may_not_ask_is_told_why(client: Client) -> None:
    assert ask(client, COSTS, Authorization="Bearer of-yesterday").status_code == 401
    assert code(ask(client, COSTS, developer_token="nobody")) == (401, "DEVELOPER_TOKEN_INVALID")
    assert code(ask(client, COSTS, login_customer_id="1")) == (403, "USER_PERMISSION_DENIED")
    assert code(ask(client, COSTS, "9999999999")) == (403, "USER_PERMISSION_DENIED")
    assert code(ask(client, COSTS, version="v20")) == (400, "UNSUPPORTED_VERSION")
    assert client.get("/google_ads/v26/customers").status_code == 404


def test_a_token_is_granted_for_the_night(client: Client) -> None:
    form = {
        "grant_type": "refresh_token",
        "client_id": APP.client_id,
        "client_secret": APP.client_secret,
        "refresh_token": APP.refresh_token,
    }
    url = f"{client.url}{APP.prefix}/token"
    told = client.session.post(url, data=form, timeout=10).json()
    assert told["access_token"] == access_token(NIGHT)
    dead = client.session.post(url, data={**form, "refresh_token": "other"}, timeout=10)
    assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("rate_limit", (429, "RESOURCE_TEMPORARILY_EXHAUSTED")),
        ("expired_token", (401, "OAUTH_TOKEN_EXPIRED")),
        ("closed_account", (403, "CUSTOMER_NOT_ENABLED")),
        ("retired_version", (400, "UNSUPPORTED_VERSION")),
    ],
)
def test_refusals_are_failures_of_google_ads(client: Client, kind: str, refused: tuple[int, str]) -> None:
    client.inject(kind, "google_ads")
    assert code(ask(client, COSTS)) == refused


def test_a_limit_says_how_long_to_wait(client: Client) -> None:
    client.inject("rate_limit", "google_ads", args={"retry_after": 7})
    answer = ask(client, COSTS)
    details = answer.json()[0]["error"]["details"][0]["errors"][0]["details"]
    assert details["quotaErrorDetails"]["retryDelay"] == "7s"
    assert answer.headers["Retry-After"] == "7"


def test_answers_can_be_bent(client: Client) -> None:
    whole = rows(ask(client, COSTS))

    def bent(kind: str) -> list[dict[str, Any]]:
        client.inject(kind, "google_ads", times=1)
        return [row for batch in ask(client, COSTS).json() for row in batch.get("results", [])]

    assert bent("empty_page") == []
    assert 0 < len(bent("broken_off")) < len(whole)
    assert isinstance(bent("number_metrics")[0]["metrics"]["costMicros"], int)
    assert {row["metrics"]["clicks"] for row in bent("missing_metrics")} == {None}
    assert isinstance(bent("changed_type")[0]["metrics"]["costMicros"], dict)
    assert all(row["metrics"]["costMicros"].startswith("-") for row in bent("negative_spend"))
    assert len(bent("absurd_spend")) == len(whole)
