"""TikTok Ads: a report by campaign and day, in parts and pages, in the platform's odd way to write numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.errors import (
    ConfigError,
    QuotaExhausted,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.sources import tiktok_ads
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, check, fetch, names, unit
from tests.sources.samples import sample

TOKEN = "advertiser-token-aaaa-1111"


def ok(data: object) -> Reply:
    return Reply({"code": 0, "message": "OK", "request_id": "r1", "data": data})


def error(code: object, message: str = "no", status: int = 200, **headers: str) -> Reply:
    told = {"code": code, "message": message, "request_id": "r1", "data": {}}
    return Reply(told, status, {name.replace("_", "-"): value for name, value in headers.items()})


def row(campaign: str, day: date, **more: Any) -> dict[str, Any]:
    metrics = {"campaign_name": f"Campaign {campaign}", "spend": "1.25", "impressions": 100, "clicks": "3"}
    dimensions = {"stat_time_day": f"{day} 00:00:00", "campaign_id": campaign}
    return {"dimensions": dimensions, "metrics": {**metrics, "reach": "80", "conversion": 0, **more}}


class AdAccount:
    """One row for each campaign and day, in pages of ``size``; advertisements as they are given."""

    def __init__(self, server: Loopback, campaigns: tuple[str, ...] = ("11", "12"), *, size: int = 1000) -> None:
        self.server, self.campaigns, self.size = server, campaigns, size
        self.account: dict[str, Any] = {"name": "Shop", "currency": "EUR", "display_timezone": "Europe/Paris"}
        self.ads: list[dict[str, Any]] = []
        self.first = date(2020, 1, 1)
        self.metrics: dict[str, Any] = {}
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.path.endswith("/advertiser/info/"):
            return ok({"list": [self.account]})
        if asked.path.endswith("/ad/get/"):
            wanted = json.loads(asked.query["filtering"])["campaign_ids"]
            return self._page(asked, [ad for ad in self.ads if str(ad["campaign_id"]) in wanted])
        since, until = (date.fromisoformat(asked.query[name]) for name in ("start_date", "end_date"))
        if since < self.first:
            return error(40002, "start_date: the date must be within the last 365 days")
        days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
        return self._page(asked, [row(each, day, **self.metrics) for day in days for each in self.campaigns])

    def _page(self, asked: Asked, rows: list[dict[str, Any]]) -> Reply:
        number, size = int(asked.query["page"]), min(self.size, int(asked.query["page_size"]))
        info = {"page": number, "page_size": size, "total_number": len(rows), "total_page": -(-len(rows) // size)}
        return ok({"list": rows[(number - 1) * size : number * size], "page_info": info})

    def asked(self, end: str) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path.endswith(end)]


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    found = account("tiktok_ads", server.base, **options)
    return fetch(found, unit(found, days=days))


def test_all_pages_of_the_report_are_read_and_counted(server: Loopback) -> None:
    AdAccount(server, size=3)
    found = read(server)
    records = found.records("costs")
    assert len({(each["campaign_id"], each["stat_time_day"]) for each in records}) == len(records) == 8
    assert found.announced("costs") == 8


def test_a_report_is_about_thirty_days_at_most_and_the_newest_come_first(server: Loopback) -> None:
    known = AdAccount(server)
    found = read(server, days=70)
    assert [(a.query["start_date"], a.query["end_date"]) for a in known.asked("/report/integrated/get/")] == [
        ("2026-10-04", "2026-11-02"),
        ("2026-09-04", "2026-10-03"),
        ("2026-08-24", "2026-09-03"),
    ]
    assert (len(found.records("costs")), found.announced("costs")) == (142, 142)
    # Where its advertisements lead is asked once for each campaign of a night.
    assert len(known.asked("/ad/get/")) == 1


def test_an_empty_report_is_an_empty_night_that_says_so(server: Loopback) -> None:
    AdAccount(server, ())
    found = read(server)
    assert (found.records("costs"), found.announced("costs")) == ([], 0)


def test_dashes_are_nothing_and_numbers_stay_as_they_came(server: Loopback) -> None:
    AdAccount(server, ("11",)).metrics = {"reach": "-", "conversion": "-", "campaign_name": "-", "spend": "0.10"}
    record = read(server).raw["costs"][0]
    assert b'"reach":null,"conversion":null' in record
    assert b'"campaign_name":"-"' in record
    assert b'"spend":"0.10","impressions":100,"clicks":"3"' in record


def test_the_vendors_example_is_read_with_its_mixed_numbers(server: Loopback) -> None:
    told = sample("tiktok/airbyte_unit_campaigns_reports_hourly.json")
    rows = told["data"]["list"]
    known = AdAccount(server)
    info = {"page": 1, "page_size": 1000, "total_number": len(rows), "total_page": 1}
    example = {**told, "data": {**told["data"], "page_info": info}}
    server.answers = lambda asked: Reply(example) if "report" in asked.path else known.answer(asked)
    found = read(server).records("costs")
    assert [(each["spend"], each["reach"], each["likes"]) for each in found] == [("20.00", "3822", 18)] * 2
    assert names(found, "campaign_id") == [each["dimensions"]["campaign_id"] for each in rows]


def test_a_history_that_ends_keeps_what_came(server: Loopback) -> None:
    AdAccount(server, ("11",)).first = date(2025, 10, 1)
    found = read(server, days=500)
    days = sorted(each["stat_time_day"][:10] for each in found.records("costs"))
    assert (days[0], days[-1]) == ("2025-10-09", "2026-11-02")
    assert found.announced("costs") == len(days)
    assert [note.kind for note in found.notes] == ["history_ended"]


def test_a_refusal_of_days_that_are_surely_kept_is_an_error(server: Loopback) -> None:
    AdAccount(server).first = date(2026, 10, 1)
    with pytest.raises(SourceChanged, match="within the last 365 days"):
        read(server, days=60)


def test_rows_have_the_links_of_their_campaign_in_front_of_them(server: Loopback) -> None:
    known = AdAccount(server, ("11", "12", "13"), size=2)
    page = "https://shop.example/?utm_campaign=b"
    known.ads = [
        {"ad_id": "1", "campaign_id": "11", "landing_page_url": page, "utm_params": [{"key": "a", "value": "x"}]},
        {"ad_id": 2, "campaign_id": 11, "landing_page_url": page, "utm_params": []},
        {"ad_id": 3, "campaign_id": 11, "landing_page_url": page},
        {"ad_id": 3, "campaign_id": 11, "landing_page_url": page},
        {"ad_id": "4", "campaign_id": "12", "utm_params": None},
    ]
    links = {each["campaign_id"]: each["links"] for each in read(server).records("costs")}
    assert links == {"11": [page, "a=x"], "12": [], "13": []}


def test_links_of_many_campaigns_are_asked_for_a_hundred_at_a_time(server: Loopback) -> None:
    known = AdAccount(server, tuple(str(1000 + n) for n in range(230)))
    read(server, days=0)
    sizes = [len(json.loads(asked.query["filtering"])["campaign_ids"]) for asked in known.asked("/ad/get/")]
    assert sizes == [100, 100, 30]


def test_costs_are_read_although_nobody_tells_where_advertisements_lead(server: Loopback) -> None:
    known = AdAccount(server)
    full = known.answer
    refused = error(40002, "fields: utm_params is not one of the allowed values")
    server.answers = lambda asked: refused if "/ad/get/" in asked.path else full(asked)
    found = read(server, days=40)
    assert len(found.records("costs")) == 82
    assert {json.dumps(each["links"]) for each in found.records("costs")} == {"[]"}
    assert [note.kind for note in found.notes] == ["links_unknown"]
    assert len(known.asked("/ad/get/")) == 1


def test_days_of_another_zone_are_refused(server: Loopback) -> None:
    known = AdAccount(server)
    known.account["display_timezone"] = "Asia/Shanghai"
    with pytest.raises(SourceRefused, match="set time_zone to Asia/Shanghai"):
        read(server)
    known.account["display_timezone"] = None
    assert [note.kind for note in read(server).notes] == ["time_zone"]


def test_the_token_travels_in_its_header_alone(server: Loopback) -> None:
    AdAccount(server)
    read(server)
    assert {asked.headers["access-token"] for asked in server.asked} == {TOKEN}
    assert not any(TOKEN in asked.target for asked in server.asked)


def test_a_check_names_the_account_its_currency_and_its_zone(server: Loopback) -> None:
    AdAccount(server)
    assert check(account("tiktok_ads", server.base)) == "ad account Shop, EUR, zone Europe/Paris"


def test_requests_keep_the_pace_where_the_platform_is_asked(server: Loopback) -> None:
    for base, paced, kept in ((tiktok_ads.BASE, "", True), (server.base, "", False), (server.base, "always", True)):
        with tiktok_ads.open_session(account("tiktok_ads", base, paced=paced), NIGHT) as http:
            assert (http._budget is not None) == kept
    with pytest.raises(ConfigError, match=r'tiktok_ads .* not "often"'):
        tiktok_ads.open_session(account("tiktok_ads", server.base, paced="often"), NIGHT)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(40105, "Access token is incorrect or has been revoked."), TokenExpired, "renew the access token"),
        (error(40104, "Access token is empty"), TokenExpired, "renew the access token"),
        (error(40001, "No permission to operate advertiser"), SourceRefused, "grant the scopes"),
        (error(40002, "metrics: luck is unknown"), SourceChanged, "luck is unknown"),
        (error(40100, "Too many requests"), QuotaExhausted, "too many requests"),
        (error(40100, "Too many requests", Retry_After="1"), SourceUnavailable, "Too many requests"),
        (error(40200, "Task error"), SourceUnavailable, "40200"),
        (error(40700, "Internal service validation error"), SourceUnavailable, "40700"),
        (error(50000, "System error"), SourceUnavailable, "50000"),
        (error(50002, "Service error"), SourceUnavailable, "50002"),
        (error(50000, "System error", 503), SourceUnavailable, "50000"),
        (error(99999, "?"), SourceChanged, "99999"),
        (ok({"list": []}), SourceChanged, "0 ad accounts came"),
        (ok({"list": [7]}), SourceChanged, "the ad account"),
        (Reply({"data": {}}), SourceChanged, "no code of success or failure"),
        (Reply(b"<html>log in</html>", 200, {"Content-Type": "text/html"}), SourceError, "tiktok_ads 735"),
    ],
)
def test_every_error_has_one_meaning(server: Loopback, reply: Reply, kind: type[Exception], words: str) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("tiktok_ads 7350000000000010101, night 2026-11-02")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [{}, {"list": []}, {"list": [7], "page_info": {"total_page": 1, "total_number": 1}}, {"page_info": {}}, None],
)
@pytest.mark.parametrize("end", ["/report/integrated/get/", "/ad/get/"])
def test_an_answer_of_another_shape_is_no_empty_night(server: Loopback, end: str, data: object) -> None:
    full = AdAccount(server).answer
    server.answers = lambda asked: ok(data) if asked.path.endswith(end) else full(asked)
    with pytest.raises(SourceChanged):
        read(server)


def test_a_page_that_lost_a_row_is_seen_by_its_total(server: Loopback) -> None:
    full = AdAccount(server).answer

    def short(asked: Asked) -> Reply:
        reply = full(asked)
        if asked.path.endswith("/report/integrated/get/") and isinstance(reply.body, dict):
            data = reply.body["data"]
            return replace(reply, body={**reply.body, "data": {**data, "list": data["list"][:-1]}})
        return reply

    server.answers = short
    found = read(server)
    assert (len(found.records("costs")), found.announced("costs")) == (7, 8)
