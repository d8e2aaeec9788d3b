"""The face of the Marketing API says what the platform's contract says: lists, reports, quotas, refusals."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.simulator.platforms.meta_ads.account import APP_SECRET, TOKEN
from pipeline.simulator.platforms.meta_ads.orders import FIELDS, WINDOWS, Order, numbered
from pipeline.simulator.world.advertisers.meta_ads import ADVERTISERS, AMERICAN, MAIN
from tests.simulator.client import Client
from tests.simulator.specifications import document, graph_complaints

NIGHT = date(2026, 11, 2)
# What rows are broken down by is no field of theirs.
BROKEN_DOWN = frozenset({"publisher_platform"})


def ask(client: Client, path: str, token: str = TOKEN, **params: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return client.get(f"/meta_ads/v26.0/{path}", params=params, headers=headers)


def order(client: Client, account: str = MAIN, days: int = 28, **more: Any) -> Any:
    form = {
        "level": "campaign",
        "time_increment": "1",
        "time_range": json.dumps({"since": str(NIGHT - timedelta(days=days - 1)), "until": str(NIGHT)}),
        "breakdowns": "publisher_platform",
        "fields": ",".join(FIELDS),
        "action_attribution_windows": '["7d_click","1d_view"]',
        **more,
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{client.url}/meta_ads/v26.0/act_{account}/insights"
    return client.session.post(url, data=form, headers=headers, timeout=10)


def rows(client: Client, report: str, limit: int = 5000) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    place: dict[str, str] = {}
    while True:
        told = ask(client, f"{report}/insights", limit=limit, **place).json()
        found += told["data"]
        if "next" not in told.get("paging", {}):
            return found
        place = {"after": told["paging"]["cursors"]["after"]}


def code(answer: Any) -> tuple[int, int, int | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode")


def test_a_report_is_ordered_ready_and_read_page_by_page(client: Client) -> None:
    report = order(client).json()["report_run_id"]
    state = ask(client, report, fields="async_status,async_percent_completion").json()
    assert state == {"async_status": "Job Completed", "async_percent_completion": 100, "id": report}
    whole = rows(client, report)
    assert len(whole) > 100
    assert rows(client, report, limit=7) == whole
    page = ask(client, f"{report}/insights", limit=7).json()
    assert page["paging"]["next"].startswith(f"{client.url}/meta_ads/v26.0/{report}/insights?")
    assert f"access_token={TOKEN}" in page["paging"]["next"]


def test_rows_are_objects_as_the_platform_specifies_them_and_their_numbers_are_texts(client: Client) -> None:
    whole = rows(client, order(client).json()["report_run_id"])
    assert [fault for row in whole for fault in graph_complaints("AdsInsights", row, BROKEN_DOWN)] == []
    assert set(FIELDS) <= {field["name"] for field in document("meta/AdsInsights.json")["fields"]}
    for row in whole:
        assert all(isinstance(value, (str, list)) for value in row.values())
        assert Decimal(row["spend"]) > 0
        assert row.get("inline_link_clicks") != "0"
    account = ask(client, f"act_{MAIN}", fields="name,currency,timezone_name").json()
    assert [fault for fault in graph_complaints("AdAccount", account) if "currency" not in fault] == []


def test_costs_are_restated_in_the_nights_after_and_stand_from_the_28th(client: Client) -> None:
    def told(night: date, day: date) -> list[tuple[Any, ...]]:
        found = client.world.advertising.days("meta_ads", MAIN, day, day, night)
        return [(row.campaign.id, row.network, row.spend, row.clicks) for row in found]

    days = [NIGHT - timedelta(days=n) for n in range(30, 55)]
    changed = [day for day in days if told(day, day) != told(day + timedelta(days=27), day)]
    assert 5 < len(changed) <= len(days)
    assert all(told(day + timedelta(days=27), day) == told(NIGHT, day) for day in days)
    lost = [len(told(day, day)) - len(told(NIGHT, day)) for day in days]
    assert 0 < sum(lost) < 12
    assert min(lost) == 0


def test_a_day_that_had_not_ended_where_the_account_is_holds_less_and_grows(client: Client) -> None:
    def spent(night: date) -> Decimal:
        return sum(
            (row.spend for row in client.world.advertising.days("meta_ads", AMERICAN, NIGHT, NIGHT, night)), Decimal(0)
        )

    early = spent(NIGHT)
    assert Decimal("0.9") < early / spent(NIGHT + timedelta(days=1)) < 1


def test_a_filter_leaves_some_campaigns_and_its_opposite_the_others(client: Client) -> None:
    known = [row["id"] for row in ask(client, f"act_{MAIN}/campaigns", fields="id").json()["data"]]
    assert known == [campaign.id for campaign in ADVERTISERS[0].campaigns]

    def filtered(operator: str) -> list[dict[str, Any]]:
        rule = [{"field": "campaign.id", "operator": operator, "value": known[:1]}]
        return rows(client, order(client, filtering=json.dumps(rule)).json()["report_run_id"])

    some, others = filtered("IN"), filtered("NOT_IN")
    assert {row["campaign_id"] for row in some} == set(known[:1])
    assert known[0] not in {row["campaign_id"] for row in others}
    whole = rows(client, order(client).json()["report_run_id"])
    assert sorted(map(str, (*some, *others))) == sorted(map(str, whole))


def test_advertisements_carry_what_their_links_do(client: Client) -> None:
    found = ask(client, f"act_{MAIN}/ads", fields="id,campaign_id,creative{url_tags}", limit=100).json()["data"]
    tags = [row["creative"].get("url_tags") for row in found]
    assert {"{{campaign.name}}" in tag for tag in tags if tag} == {True, False}
    assert None in tags
    assert "name" not in found[0]


def test_an_order_is_its_number() -> None:
    some = frozenset({ADVERTISERS[1].campaigns[1].id})
    asked = Order(AMERICAN, date(2024, 2, 29), NIGHT, some, FIELDS[:3], WINDOWS[-2:])
    assert numbered(asked.number()) == asked
    assert numbered("6") is None
    assert numbered("6" + "0" * 21) is None
    assert numbered("69" + "0" * 20) is None


def test_what_the_platform_would_not_understand_is_refused(client: Client) -> None:
    refused: tuple[dict[str, Any], ...] = (
        {"level": "galaxy"},
        {"breakdowns": "weather"},
        {"fields": "spend,luck"},
        {"action_attribution_windows": '["28d_view"]'},
        {"action_attribution_windows": "["},
        {"time_range": "yesterday"},
        {"time_range": '{"since":"2026-11-02"}'},
        {"time_range": '{"since":"2026-11-02","until":"2026-11-01"}'},
        {"filtering": '[{"field":"weather","operator":"IN","value":[]}]'},
        {"a_new_parameter": "1"},
    )
    for more in refused:
        assert code(order(client, **more)) == (400, 100, None), more
    assert code(order(client, days=1200)) == (400, 3018, None)
    for path, params in (
        (f"act_{MAIN}", {"fields": "luck"}),
        (f"act_{MAIN}/ads", {"fields": "id", "after": "nonsense"}),
        (f"act_{MAIN}/ads", {"fields": "id", "limit": "0"}),
    ):
        assert code(ask(client, path, **params)) == (400, 100, None)
    assert code(ask(client, f"act_{MAIN}/ads", fields="id{"))[:2] == (400, 2500)
    assert code(ask(client, f"act_{MAIN}/weather"))[:2] == (400, 2500)
    assert code(ask(client, "act_1")) == (400, 100, 33)
    assert code(ask(client, "6090000000000000001")) == (400, 100, 33)


def test_a_token_is_needed_and_a_wrong_proof_is_refused(client: Client) -> None:
    assert code(client.get(f"/meta_ads/v26.0/act_{MAIN}"))[1] == 104
    assert code(ask(client, f"act_{MAIN}", token="another"))[1] == 190
    assert code(ask(client, f"act_{MAIN}", appsecret_proof="0" * 64))[1] == 100
    right = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert ask(client, f"act_{MAIN}", appsecret_proof=right).status_code == 200


def test_every_answer_tells_the_usage_of_the_account(client: Client) -> None:
    told = ask(client, f"act_{MAIN}", fields="name").headers
    assert json.loads(told["X-Business-Use-Case-Usage"])[MAIN][0]["type"] == "ads_insights"
    assert json.loads(told["X-Ad-Account-Usage"]) == {"acc_id_util_pct": 2.5}
    assert json.loads(told["x-fb-ads-insights-throttle"])["acc_id_util_pct"] == 2.5


@pytest.mark.parametrize(
    ("kind", "args", "expected"),
    [
        ("rate_limit", {}, (400, 80000, None)),
        ("rate_limit", {"code": 4}, (403, 4, None)),
        ("rate_limit", {"code": 80004}, (400, 80004, None)),
        ("expired_token", {}, (400, 190, 463)),
        ("too_much_data", {}, (400, 100, 1487534)),
        ("no_permission", {}, (403, 200, None)),
        ("unavailable", {}, (503, 2, None)),
    ],
)
def test_an_order_can_be_refused_in_the_platforms_own_words(
    client: Client, kind: str, args: dict[str, Any], expected: tuple[int, int, int | None]
) -> None:
    client.inject(kind, "meta_ads", args=args)
    assert code(order(client)) == expected


def test_reports_can_be_unknown_slow_failed_or_too_heavy(client: Client) -> None:
    report, small = (order(client, days=days).json()["report_run_id"] for days in (28, 3))
    client.inject("fresh_id", "meta_ads", times=1)
    assert code(ask(client, report)) == (400, 100, 33)
    client.inject("slow_report", "meta_ads", times=1)
    assert ask(client, report).json()["async_status"] == "Job Running"
    client.inject("failed_report", "meta_ads", args={"days": 7})
    assert ask(client, report).json()["async_status"] == "Job Failed"
    assert ask(client, report, fields="error_code,error_message").json()["error_code"] == 2
    assert ask(client, small, fields="async_status").json()["async_status"] == "Job Completed"
    client.inject("heavy_page", "meta_ads", args={"limit": 100})
    assert code(ask(client, f"{small}/insights", limit=200)) == (500, 1, None)
    assert ask(client, f"{small}/insights", limit=100).status_code == 200


def test_rows_can_be_bent(client: Client) -> None:
    report = order(client, days=3).json()["report_run_id"]
    client.inject("negative_spend", "meta_ads", times=1)
    assert all(row["spend"].startswith("-") for row in rows(client, report))
    client.inject("absurd_spend", "meta_ads", times=1)
    assert {row["spend"] for row in rows(client, report)} == {"99999999999999"}
    client.inject("missing_next", "meta_ads", times=1)
    assert "next" not in ask(client, f"{report}/insights", limit=2).json()["paging"]
