"""The face of the Data API says what the platform's contract says: texts, pages, flags, and errors of Google."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests

from pipeline.simulator.platforms.ga4.account import CURRENCY, PROPERTY, ZONE, access_token
from pipeline.simulator.world.ga4 import offers
from pipeline.sources.ga4.reports import DAYS, KEY_EVENTS, ORIGINS, PURCHASES, Report
from tests.simulator.client import Client
from tests.sources.samples import sample

NIGHT = date(2026, 11, 2)


def post(client: Client, body: object, *, token: str = "", number: str = PROPERTY) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or access_token(NIGHT)}"}
    url = f"{client.url}/ga4/v1beta/properties/{number}:runReport"
    return client.session.post(url, json=body, headers=headers, timeout=10)


def asked(report: Report, **more: Any) -> dict[str, Any]:
    return {
        "dateRanges": [{"startDate": "2026-10-24", "endDate": "2026-11-02"}],
        "dimensions": [{"name": name} for name in report.dimensions],
        "metrics": [{"name": name} for name in report.metrics],
        "limit": "10000",
        **more,
    }


def ask(client: Client, report: Report, **more: Any) -> dict[str, Any]:
    answer = post(client, asked(report, **more))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def values(table: dict[str, Any]) -> list[dict[str, str]]:
    names = [one["name"] for one in (*table["dimensionHeaders"], *table["metricHeaders"])]
    rows = table.get("rows", [])
    return [
        dict(zip(names, [v["value"] for v in (*row["dimensionValues"], *row["metricValues"])], strict=True))
        for row in rows
    ]


def test_every_value_is_a_text_in_the_form_of_the_documented_answer(client: Client) -> None:
    documented = sample("ga4/CONSTRUCTED_wire_website_overview.json")
    told = ask(client, DAYS)
    assert set(documented) <= set(told)
    assert told["kind"] == documented["kind"]
    assert told["metadata"] == {"currencyCode": CURRENCY, "timeZone": ZONE}
    row = told["rows"][0]
    assert set(row) == set(documented["rows"][0])
    assert all(isinstance(one["value"], str) for one in (*row["dimensionValues"], *row["metricValues"]))
    assert [one["date"] for one in values(told)] == [f"202610{n}" for n in range(24, 32)] + ["20261101", "20261102"]


def test_the_origins_of_a_day_are_all_of_its_visits_whatever_they_are_called(client: Client) -> None:
    whole = {row["date"]: int(row["sessions"]) for row in values(ask(client, DAYS))}
    told = ask(client, ORIGINS)
    parts: dict[str, int] = {}
    for row in values(told):
        parts[row["date"]] = parts.get(row["date"], 0) + int(row["sessions"])
    assert parts == whole
    assert told["metadata"]["dataLossFromOtherRow"] is True
    assert {row["date"] for row in values(told) if row["sessionSource"] == "(other)"} == {"20261027"}
    assert "dataLossFromOtherRow" not in ask(client, DAYS)["metadata"]


def test_pages_touch_and_each_says_how_many_rows_there_are(client: Client) -> None:
    whole = ask(client, ORIGINS)
    pages = [ask(client, ORIGINS, limit="7", offset=str(n)) for n in range(0, whole["rowCount"], 7)]
    assert len(pages) > 3
    assert {page["rowCount"] for page in pages} == {whole["rowCount"]} == {len(whole["rows"])}
    assert [row for page in pages for row in page["rows"]] == whole["rows"]


def test_what_nobody_counted_is_left_out(client: Client) -> None:
    empty = ask(client, DAYS, dateRanges=[{"startDate": "2020-01-01", "endDate": "2020-01-02"}])
    assert "rows" not in empty
    assert "rowCount" not in empty
    over = {"filter": {"fieldName": "keyEvents", "numericFilter": {"operation": "GREATER_THAN", "value": {}}}}
    over["filter"]["numericFilter"]["value"] = {"doubleValue": 0}  # type: ignore[index]
    events = values(ask(client, KEY_EVENTS, metricFilter=over))
    assert {row["eventName"] for row in events} >= {"generate_lead", "file_download"}
    assert all(int(row["keyEvents"]) > 0 for row in events)


def test_days_are_restated_and_the_newest_is_told_least(client: Client) -> None:
    site = offers(client.world.seed, client.world.calendar)
    last = site.day(NIGHT, NIGHT)
    assert last is not None
    row = values(ask(client, DAYS))[-1]
    assert int(row["sessions"]) == last.sessions
    later = site.day(NIGHT, date(2026, 11, 5))
    assert later is not None
    assert later.sessions > last.sessions


def test_purchases_are_told_by_day_and_in_the_propertys_currency(client: Client) -> None:
    told = values(ask(client, PURCHASES))
    assert sum(int(row["ecommercePurchases"]) for row in told) > 0
    assert all((row["ecommercePurchases"] == "0") == (float(row["purchaseRevenue"]) == 0) for row in told)


def test_what_is_left_of_the_quotas_is_told_where_it_is_asked_for(client: Client) -> None:
    assert "propertyQuota" not in ask(client, DAYS)
    quota = ask(client, DAYS, returnPropertyQuota=True)["propertyQuota"]
    assert quota["tokensPerDay"]["consumed"] + quota["tokensPerDay"]["remaining"] == 200_000


def test_what_the_platform_would_not_understand_is_refused(client: Client) -> None:
    refused: tuple[dict[str, Any], ...] = (
        {"metrics": [{"name": "conversions"}]},
        {"dimensions": [{"name": "moonPhase"}]},
        {"dimensions": []},
        {"dateRanges": []},
        {"dateRanges": [{"startDate": "yesterday", "endDate": "today"}]},
        {"dateRanges": [{"startDate": "2026-11-02", "endDate": "2026-11-01"}]},
        {"limit": "250001"},
        {"offset": "-1"},
        {"metricFilter": {"filter": {}}},
        {"metrics": [{"name": "purchaseRevenue"}, {"name": "sessions"}]},
        {"aNewField": 1},
    )
    for more in refused:
        answer = post(client, asked(DAYS, **more))
        assert answer.status_code == 400, more
        assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert post(client, [1]).status_code == 400
    assert post(client, asked(DAYS), number="1").status_code == 403
    assert post(client, asked(DAYS), token="of-another-night").status_code == 401


@pytest.mark.parametrize(
    ("kind", "args", "status", "words"),
    [
        ("rate_limit", {}, 429, "concurrent"),
        ("rate_limit", {"quota": "hour"}, 429, "per hour"),
        ("quota_exceeded", {}, 429, "per day"),
        ("expired_token", {}, 401, "credentials"),
        ("no_permission", {}, 403, "permissions"),
        ("unavailable", {}, 503, "unavailable"),
    ],
)
def test_it_fails_in_the_platforms_own_words(
    client: Client, kind: str, args: dict[str, str], status: int, words: str
) -> None:
    client.inject(kind, "ga4", args=args)
    answer = post(client, asked(DAYS))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)
    assert words in answer.json()["error"]["message"]


def test_reports_can_be_bent(client: Client) -> None:
    plain = ask(client, DAYS)
    client.inject("empty_page", "ga4", times=1)
    assert ask(client, DAYS) == {**plain, "rows": []}
    client.inject("short_page", "ga4", times=1)
    assert ask(client, DAYS) == {**plain, "rows": plain["rows"][:5]}
    client.inject("missing_next", "ga4", times=1)
    assert "rowCount" not in ask(client, DAYS)
    client.inject("late_data", "ga4", times=1)
    assert ask(client, DAYS) == {**plain, "rows": plain["rows"][:-1], "rowCount": 9}
    client.inject("page_drift", "ga4", times=1)
    assert ask(client, DAYS, offset="4")["rows"] == plain["rows"][3:]
    client.inject("negative_counts", "ga4", times=1)
    assert all(row["sessions"].startswith("-") for row in values(ask(client, DAYS)))
    client.inject("thresholded", "ga4", times=1)
    assert ask(client, DAYS)["metadata"]["subjectToThresholding"] is True
    client.inject("sampled", "ga4", times=1)
    assert ask(client, DAYS)["metadata"]["samplingMetadatas"]
    client.inject("revenue_hidden", "ga4", times=1)
    assert "schemaRestrictionResponse" in ask(client, PURCHASES)["metadata"]
