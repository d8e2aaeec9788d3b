"""LinkedIn Ads: statistics by campaign and day in Rest.li 2.0, money as texts, names from a list of their own."""

from __future__ import annotations

import json
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
from pipeline.sources import linkedin_ads
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, check, fetch, names, unit

TOKEN = "member-token-aaaa-1111"


def error(status: int, code: str, message: str, **headers: str) -> Reply:
    return Reply({"status": status, "code": code, "message": message}, status, headers)


def statistic(campaign: str, day: date, **more: Any) -> dict[str, Any]:
    told = {"year": day.year, "month": day.month, "day": day.day}
    row = {"dateRange": {"start": told, "end": told}, "pivotValues": [f"urn:li:sponsoredCampaign:{campaign}"]}
    counts = {"impressions": 100, "clicks": 4, "landingPageClicks": 3, "costInLocalCurrency": "1.250000000000000000"}
    return {**row, **counts, **more}


class AdAccount:
    """One row for each campaign and day; campaigns in pages of ``size``."""

    def __init__(self, server: Loopback, campaigns: tuple[str, ...] = ("11", "12"), *, size: int = 100) -> None:
        self.server, self.campaigns, self.size = server, campaigns, size
        self.account: object = {"id": 507101001, "name": "Shop", "currency": "EUR"}
        self.more: dict[str, Any] = {}
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.path.endswith("/adCampaigns"):
            start = int(asked.query.get("pageToken", "0"))
            rows = [{"id": int(each), "name": f"Campaign {each}"} for each in self.campaigns]
            end = start + self.size
            metadata = {"nextPageToken": str(end)} if end < len(rows) else {}
            return Reply({"elements": rows[start:end], "metadata": metadata})
        if asked.path != "/adAnalytics":
            return Reply(self.account)
        rows = [statistic(each, day, **self.more) for day in self._days(asked) for each in self.campaigns]
        return Reply({"paging": {"start": 0, "count": 10, "links": []}, "elements": rows})

    def _days(self, asked: Asked) -> list[date]:
        numbers = [int(part.strip("()")) for part in asked.query["dateRange"].replace(":", ",").split(",")
                   if part.strip("()").isdecimal()]  # fmt: skip
        first, last = date(*numbers[:3]), date(*numbers[3:])
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    found = account("linkedin_ads", server.base, **options)
    return fetch(found, unit(found, days=days))


def test_statistics_are_asked_for_in_the_platforms_own_syntax_a_month_at_a_time(server: Loopback) -> None:
    AdAccount(server)
    found = read(server, days=44)
    assert len({(row["campaign_id"], row["day"]) for row in found.records("costs")}) == 90
    first, second = (asked.target for asked in server.asked if asked.path == "/adAnalytics")
    assert "&dateRange=(start:(year:2026,month:9,day:19),end:(year:2026,month:10,day:18))&" in first
    assert "&dateRange=(start:(year:2026,month:10,day:19),end:(year:2026,month:11,day:2))&" in second
    assert "&accounts=List(urn%3Ali%3AsponsoredAccount%3A507101001)&" in first
    assert len(first.rpartition("fields=")[2].split(",")) <= 20


def test_names_are_read_from_every_page_of_the_campaigns(server: Loopback) -> None:
    AdAccount(server, ("11", "12", "13"), size=1)
    found = read(server, days=0)
    assert names(found.records("costs"), "campaign_name") == ["Campaign 11", "Campaign 12", "Campaign 13"]
    assert len([asked for asked in server.asked if asked.path.endswith("/adCampaigns")]) == 3


def test_a_campaign_that_no_list_names_costs_all_the_same(server: Loopback) -> None:
    known = AdAccount(server)
    full = known.answer
    empty = Reply({"elements": []})
    server.answers = lambda asked: empty if asked.path.endswith("/adCampaigns") else full(asked)
    assert names(read(server, days=0).records("costs"), "campaign_name") == [None, None]


def test_money_stays_the_text_that_came(server: Loopback) -> None:
    AdAccount(server, ("11",)).more = {"costInUsd": "-2E-18"}
    (record,) = read(server, days=0).raw["costs"]
    assert b'"costInLocalCurrency": "1.250000000000000000"' in record
    assert b'"costInUsd": "-2E-18"' in record
    assert json.loads(record)["currency"] == "EUR"


def test_a_next_link_is_followed_by_its_place(server: Loopback) -> None:
    known = AdAccount(server, ("11",))
    full = known.answer

    def linked(asked: Asked) -> Reply:
        if asked.path != "/adAnalytics":
            return full(asked)
        start = int(asked.query.get("start", "0"))
        links = [{"rel": "next", "href": "/rest/adAnalytics?start=1"}] if start == 0 else []
        rows = [statistic("11", NIGHT - timedelta(days=start))]
        return Reply({"paging": {"start": start, "links": links}, "elements": rows})

    server.answers = linked
    assert names(read(server).records("costs"), "day") == ["2026-11-02", "2026-11-01"]


def test_an_empty_account_is_an_empty_list(server: Loopback) -> None:
    AdAccount(server, ())
    found = read(server)
    assert (found.records("costs"), found.delivered()) == ([], {"costs"})


@pytest.mark.parametrize(
    "more",
    [
        {"pivotValues": []},
        {"pivotValues": ["urn:li:sponsoredCreative:1"]},
        {"pivotValues": ["urn:li:sponsoredCampaign:1", "urn:li:sponsoredCampaign:2"]},
        {"dateRange": {"start": {"year": 2026, "month": 13, "day": 1}}},
        {"dateRange": None},
    ],
)
def test_a_statistic_of_nothing_is_an_error(server: Loopback, more: dict[str, Any]) -> None:
    AdAccount(server).more = more
    with pytest.raises(SourceChanged, match="a statistic"):
        read(server)


def test_the_version_stands_in_a_header_ages_and_ends(server: Loopback) -> None:
    AdAccount(server)
    assert [note.kind for note in read(server, version="202601").notes] == ["version_ages"]
    assert {asked.headers["linkedin-version"] for asked in server.asked} == {"202601"}
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {TOKEN}"}
    found = account("linkedin_ads", server.base, version="202601")
    assert linkedin_ads.version_ends(found) == ("202601", date(2027, 1, 15))
    with pytest.raises(ConfigError, match="linkedin_ads 507101001: version must be a month"):
        read(server, version="soon")


def test_a_check_names_the_account_and_its_currency(server: Loopback) -> None:
    AdAccount(server)
    assert check(account("linkedin_ads", server.base)) == "ad account Shop, EUR, days in UTC"


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired"), TokenExpired, "renew"),
        (error(401, "REVOKED_ACCESS_TOKEN", "The token has been revoked"), SourceRefused, "authorise .* anew"),
        (
            error(403, "ACCESS_DENIED", "Not enough permissions to access: adAccounts"),
            SourceRefused,
            "r_ads to a member",
        ),
        (
            error(426, "NONEXISTENT_VERSION", "Requested version 202401 is not active"),
            SourceRefused,
            'version = "202610"',
        ),
        (error(429, "TOO_MANY", "Resource level throttle limit is reached."), QuotaExhausted, "midnight UTC"),
        (error(400, "ILLEGAL_ARGUMENT", "Invalid value for param"), SourceChanged, "Invalid value"),
        (error(503, "SERVICE_UNAVAILABLE", "Service Unavailable"), SourceUnavailable, "Service Unavailable"),
        (Reply({"name": "Shop"}), SourceChanged, "the ad account"),
        (Reply(b"<html>log in</html>", 200, {"Content-Type": "text/html"}), SourceError, "linkedin_ads 507101001"),
    ],
)
def test_every_error_has_one_meaning(server: Loopback, reply: Reply, kind: type[Exception], words: str) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("linkedin_ads 507101001, night 2026-11-02")
    assert TOKEN not in str(caught.value)
