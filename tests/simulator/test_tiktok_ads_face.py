"""The face of TikTok's Marketing API says what the platform's contract says: one envelope, texts beside numbers."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.simulator.platforms.tiktok_ads.account import TOKEN
from pipeline.simulator.platforms.tiktok_ads.face import METRICS
from pipeline.simulator.world.advertisers.tiktok_ads import AMERICAN, MAIN
from tests.simulator.client import Client
from tests.sources.samples import sample

NIGHT = date(2026, 11, 2)


def ask(client: Client, path: str, token: str = TOKEN, **params: Any) -> Any:
    told = {name: value if isinstance(value, (str, int)) else json.dumps(value) for name, value in params.items()}
    headers = {"Access-Token": token}
    return client.get(f"/tiktok_ads/open_api/v1.3/{path}/", params=told, headers=headers).json()


def report(client: Client, account: str = MAIN, days: int = 28, **more: Any) -> Any:
    asked = {
        "advertiser_id": account,
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "stat_time_day"],
        "metrics": list(METRICS),
        "start_date": str(NIGHT - timedelta(days=days - 1)),
        "end_date": str(NIGHT),
        "page_size": 1000,
    }
    return ask(client, "report/integrated/get", **{**asked, **more})


def test_a_report_has_its_rows_in_pages_and_says_how_many_there_are(client: Client) -> None:
    whole = report(client)
    assert (whole["code"], whole["message"]) == (0, "OK")
    rows, info = whole["data"]["list"], whole["data"]["page_info"]
    assert info == {"page": 1, "page_size": 1000, "total_number": len(rows), "total_page": 1}
    pages = [report(client, page=n, page_size=10)["data"] for n in range(1, -(-len(rows) // 10) + 1)]
    assert [row for page in pages for row in page["list"]] == rows
    assert {page["page_info"]["total_page"] for page in pages} == {len(pages)}


def test_rows_are_written_as_the_vendors_example_has_them(client: Client) -> None:
    recorded = sample("tiktok/airbyte_unit_campaigns_reports_hourly.json")["data"]["list"][0]
    rows = report(client)["data"]["list"]
    for row in rows:
        assert set(row) <= set(recorded)
        assert row["dimensions"]["stat_time_day"].endswith(" 00:00:00")
        for name, value in row["metrics"].items():
            assert name not in recorded["metrics"] or type(value) is type(recorded["metrics"][name])
    assert "-" in {row["metrics"]["reach"] for row in rows}


def test_an_account_tells_its_currency_and_its_zone(client: Client) -> None:
    fields = ["advertiser_id", "name", "currency", "display_timezone"]
    (told,) = ask(client, "advertiser/info", advertiser_ids=[AMERICAN], fields=fields)["data"]["list"]
    assert told == {
        "advertiser_id": AMERICAN,
        "name": "Atelier Marin USA",
        "currency": "USD",
        "display_timezone": "America/Los_Angeles",
    }


def test_advertisements_say_where_they_lead_in_one_way_or_another(client: Client) -> None:
    known = sorted({row["dimensions"]["campaign_id"] for row in report(client)["data"]["list"]})
    fields = ["ad_id", "campaign_id", "landing_page_url", "utm_params"]
    asked: dict[str, Any] = {
        "advertiser_id": MAIN,
        "filtering": {"campaign_ids": known},
        "fields": fields,
        "page_size": 1000,
    }
    rows = ask(client, "ad/get", **asked)["data"]["list"]
    assert {row["campaign_id"] for row in rows} == set(known)
    assert any("utm_params" not in row and "utm_campaign=" in row["landing_page_url"] for row in rows)
    assert any(row.get("utm_params") == [] for row in rows)
    assert any(pair["value"] == "__CAMPAIGN_NAME__" for row in rows for pair in row.get("utm_params", ()))
    assert "ad_name" not in rows[0]


def test_what_the_platform_would_not_understand_is_refused(client: Client) -> None:
    refused: tuple[dict[str, Any], ...] = (
        {"report_type": "AUDIENCE"},
        {"data_level": "AUCTION_GALAXY"},
        {"dimensions": ["campaign_id"]},
        {"metrics": ["luck"]},
        {"metrics": "spend"},
        {"days": 31},
        {"start_date": "yesterday"},
        {"page": "0"},
        {"page_size": 1001},
        {"a_new_parameter": "1"},
    )
    for more in refused:
        assert report(client, **more)["code"] == 40002, more
    assert ask(client, "weather/get", advertiser_id=MAIN)["code"] == 40002
    assert ask(client, "advertiser/info", advertiser_ids=["1"], fields=["name"])["code"] == 40001
    assert ask(client, "advertiser/info", advertiser_ids="[", fields=["name"])["code"] == 40001
    assert report(client, token="another")["code"] == 40105
    assert report(client, token="")["code"] == 40104


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("rate_limit", 40100),
        ("expired_token", 40105),
        ("error_in_200", 50002),
        ("unavailable", 50000),
        ("no_permission", 40001),
        ("history_ends", 40002),
    ],
)
def test_it_fails_in_the_platforms_own_words(client: Client, kind: str, code: int) -> None:
    client.inject(kind, "tiktok_ads", args={"first": "2026-10-30"})
    assert report(client)["code"] == code


def test_rows_can_be_bent(client: Client) -> None:
    plain = report(client, days=3)["data"]
    client.inject("short_page", "tiktok_ads", times=1)
    assert report(client, days=3)["data"]["list"] == plain["list"][:-1]
    client.inject("empty_page", "tiktok_ads", times=1)
    assert report(client, days=3)["data"] == {**plain, "list": []}
    client.inject("missing_next", "tiktok_ads", times=1)
    assert report(client, days=3)["data"]["page_info"] == {"page": 1}
    client.inject("negative_spend", "tiktok_ads", times=1)
    assert all(row["metrics"]["spend"].startswith("-") for row in report(client, days=3)["data"]["list"])
    client.inject("absurd_spend", "tiktok_ads", times=1)
    assert {row["metrics"]["spend"] for row in report(client, days=3)["data"]["list"]} == {"99999999999999"}
    client.inject("no_links", "tiktok_ads", times=1)
    asked: dict[str, Any] = {"advertiser_id": MAIN, "fields": ["ad_id"], "filtering": {"campaign_ids": []}}
    assert ask(client, "ad/get", **asked)["code"] == 40002
