"""The face of LinkedIn's advertising says what the platform's contract says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipeline.simulator.platforms.linkedin.account import TOKEN, VERSION
from pipeline.simulator.world.advertisers.linkedin_ads import AMERICAN, MAIN
from tests.simulator.client import Client

HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Linkedin-Version": VERSION,
    "X-Restli-Protocol-Version": "2.0.0",
}
FIELDS = "dateRange,pivotValues,impressions,clicks,landingPageClicks,costInLocalCurrency,costInUsd"
DAYS = "(start:(year:2026,month:10,day:6),end:(year:2026,month:11,day:2))"


def ask(client: Client, path: str, headers: dict[str, str] | None = None) -> Any:
    return client.get(f"/linkedin_ads/rest/{path}", headers=HEADERS if headers is None else headers)


def query(account: str = MAIN, **more: str) -> str:
    told = {
        "q": "analytics",
        "pivot": "CAMPAIGN",
        "timeGranularity": "DAILY",
        "dateRange": DAYS,
        "accounts": f"List(urn%3Ali%3AsponsoredAccount%3A{account})",
        "fields": FIELDS,
    }
    return "adAnalytics?" + "&".join(f"{name}={value}" for name, value in {**told, **more}.items())


def test_an_account_and_its_campaigns_are_told(client: Client) -> None:
    told = ask(client, f"adAccounts/{AMERICAN}").json()
    assert (told["name"], told["currency"]) == ("Atelier Marin USA", "USD")
    first = ask(client, f"adAccounts/{MAIN}/adCampaigns?q=search&pageSize=2").json()
    assert first["metadata"] == {"nextPageToken": "at-2"}
    second = ask(client, f"adAccounts/{MAIN}/adCampaigns?q=search&pageSize=2&pageToken=at-2").json()
    assert second["metadata"] == {}
    assert [each["name"] for each in first["elements"] + second["elements"]] == [
        "Outfitting crews",
        "yard-managers",
        "Careers",
    ]


def test_statistics_are_rows_of_a_campaign_and_day_with_money_as_texts(client: Client) -> None:
    rows = ask(client, query()).json()["elements"]
    assert len(rows) > 40
    for row in rows:
        assert set(row) == set(FIELDS.split(","))
        assert row["dateRange"]["start"] == row["dateRange"]["end"]
        assert row["pivotValues"][0].startswith("urn:li:sponsoredCampaign:")
        assert Decimal(row["costInLocalCurrency"]) > 0
        assert len(row["costInLocalCurrency"].partition(".")[2]) == 18
    assert "-2E-18" in {row["costInUsd"] for row in rows}


def test_a_long_query_may_travel_in_the_body(client: Client) -> None:
    path, _, body = query().partition("?")
    headers = {**HEADERS, "X-HTTP-Method-Override": "GET", "Content-Type": "application/x-www-form-urlencoded"}
    answer = client.session.post(f"{client.url}/linkedin_ads/rest/{path}", data=body, headers=headers, timeout=10)
    assert answer.json() == ask(client, query()).json()


def test_what_the_platform_would_not_understand_is_refused(client: Client) -> None:
    for more in (
        {"pivot": "GALAXY"},
        {"timeGranularity": "ALL"},
        {"dateRange": "yesterday"},
        {"dateRange": "(start:(year:2026,month:13,day:1),end:(year:2026,month:13,day:2))"},
        {"dateRange": "(start:(year:2026,month:11,day:2),end:(year:2026,month:11,day:1))"},
        {"accounts": "List(urn:li:sponsoredAccount:1)"},
        {"accounts": "List()"},
        {"fields": "luck"},
        {"nonsense": "1"},
    ):
        assert ask(client, query(**more)).status_code == 400, more
    assert ask(client, query("1")).status_code == 403
    assert ask(client, "adAccounts/1").status_code == 403
    assert ask(client, f"adAccounts/{MAIN}/adCampaigns?q=search&pageSize=0").status_code == 400
    assert ask(client, "adWeather").status_code == 404
    assert ask(client, query(), {**HEADERS, "Authorization": "Bearer another"}).status_code == 401
    assert ask(client, query(), {**HEADERS, "Linkedin-Version": "202401"}).status_code == 426
    assert ask(client, query(), {**HEADERS, "X-Restli-Protocol-Version": "1.0.0"}).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("rate_limit", 429),
        ("expired_token", 401),
        ("revoked_token", 401),
        ("access_denied", 403),
        ("expired_version", 426),
        ("unavailable", 503),
    ],
)
def test_it_fails_in_the_platforms_own_words(client: Client, kind: str, status: int) -> None:
    client.inject(kind, "linkedin_ads")
    answer = ask(client, query())
    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_rows_can_be_bent(client: Client) -> None:
    plain = ask(client, query()).json()["elements"]
    client.inject("short_page", "linkedin_ads", times=1)
    assert ask(client, query()).json()["elements"] == plain[:-1]
    client.inject("negative_spend", "linkedin_ads", times=1)
    assert {row["costInLocalCurrency"][0] for row in ask(client, query()).json()["elements"]} == {"-"}
    client.inject("absurd_spend", "linkedin_ads", times=1)
    assert {row["costInLocalCurrency"] for row in ask(client, query()).json()["elements"]} == {"99999999999999"}
