"""Google Ads: two queries of an account, batches of rows, links of campaigns and accounts, and every refusal."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
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
from pipeline.settings import Account
from pipeline.sources import google_ads
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.nights import fixture
from tests.sources.nights.google_ads import OPTIONS
from tests.sources.reading import NIGHT, Read, account, check, fetch, names, unit

ACCESS = fixture("google_ads/grant")["access_token"]


def row(campaign: str, day: date, network: str = "SEARCH", **metrics: Any) -> dict[str, Any]:
    numbers = {"costMicros": "1250000", "impressions": "100", "clicks": "3", "conversions": 0.5, **metrics}
    return {
        "campaign": {"id": campaign, "name": f"Campaign {campaign}"},
        "segments": {"date": f"{day}", "adNetworkType": network},
        "metrics": numbers,
        "customer": {"currencyCode": "EUR"},
    }


class AdAccount:
    """One row for each campaign and day, in batches of ``size``."""

    def __init__(self, server: Loopback, campaigns: tuple[str, ...] = ("11", "12"), *, size: int = 10_000) -> None:
        self.server, self.campaigns, self.size = server, campaigns, size
        self.customer: dict[str, Any] = {
            "id": "1070000101",
            "descriptiveName": "Shop",
            "currencyCode": "EUR",
            "timeZone": "Europe/Paris",
        }
        self.more: dict[str, Any] = {}
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/token":
            return Reply(fixture("google_ads/grant"))
        query = json.loads(asked.body)["query"]
        if query.endswith("FROM customer"):
            return Reply([{"results": [{"customer": self.customer}]}])
        return self.costs(*map(date.fromisoformat, re.findall(r"'([\d-]{10})'", query)))

    def costs(self, since: date, until: date) -> Reply:
        days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
        rows = [row(each, day) for day in days for each in self.campaigns]
        for each in rows:
            each["campaign"] |= self.more
        parts = [rows[start : start + self.size] for start in range(0, len(rows), self.size)]
        return Reply([{"results": part, "fieldMask": "campaign.id", "requestId": "r"} for part in parts])

    def queries(self) -> list[str]:
        return [json.loads(asked.body)["query"] for asked in self.server.asked if asked.path != "/token"]


def here(server: Loopback, **options: Any) -> Account:
    return account("google_ads", server.base, **{**OPTIONS, "token_base": server.base, **options})


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    there = here(server, **options)
    return fetch(there, unit(there, days=days))


def test_a_night_is_two_queries_and_all_batches_of_the_second(server: Loopback) -> None:
    known = AdAccount(server, size=3)
    found = read(server)
    assert found.requests == 2
    assert names(found.records("costs"), "campaign_id") == ["11", "12"] * 4
    assert names(found.records("costs"), "date")[::2] == ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]
    assert "BETWEEN '2026-10-30' AND '2026-11-02'" in known.queries()[1]


def test_long_histories_are_asked_for_in_parts(server: Loopback) -> None:
    known = AdAccount(server, ("11",))
    found = read(server, days=200)
    assert len(found.records("costs")) == len(set(names(found.records("costs"), "date"))) == 201
    assert len(known.queries()) == 1 + 3


def test_numbers_are_kept_as_they_were_written_and_what_is_not_told_is_null(server: Loopback) -> None:
    known = AdAccount(server)
    odd = row("11", NIGHT, "YOUTUBE", clicks=None, conversionsValue=12.50)
    del odd["metrics"]["clicks"], odd["customer"], odd["campaign"]["name"]
    known.costs = lambda since, until: Reply([{"results": [odd]}])  # type: ignore[method-assign]  # noqa: ARG005
    assert read(server).records("costs") == [
        {
            "date": "2026-11-02",
            "adNetworkType": "YOUTUBE",
            "campaign_id": "11",
            "campaign_name": None,
            "currency": "EUR",
            "costMicros": "1250000",
            "impressions": "100",
            "clicks": None,
            "conversions": 0.5,
            "conversionsValue": 12.5,
            "finalUrlSuffix": None,
            "trackingUrlTemplate": None,
            "urlCustomParameters": [],
        }
    ]


@pytest.mark.parametrize("told", [[], [{}], [{"results": []}], [{"fieldMask": "campaign.id"}]])
def test_days_on_which_nothing_was_shown_have_no_rows(server: Loopback, told: list[Any]) -> None:
    AdAccount(server).costs = lambda since, until: Reply(told)  # type: ignore[method-assign]  # noqa: ARG005
    found = read(server)
    assert "costs" in found.delivered()
    assert found.records("costs") == []


def test_a_campaign_without_links_of_its_own_has_those_of_its_account(server: Loopback) -> None:
    known = AdAccount(server)
    known.customer |= {"finalUrlSuffix": "utm_campaign={campaignid}", "trackingUrlTemplate": "{lpurl}?a=b"}
    own = [{"key": "name", "value": "made"}]
    known.more = {"finalUrlSuffix": "utm_campaign={_name}", "urlCustomParameters": own}
    first = read(server).records("costs")[0]
    assert (first["finalUrlSuffix"], first["trackingUrlTemplate"]) == ("utm_campaign={_name}", "{lpurl}?a=b")
    assert first["urlCustomParameters"] == own
    known.more = {"finalUrlSuffix": ""}
    assert read(server).records("costs")[0]["finalUrlSuffix"] == "utm_campaign={campaignid}"


def test_who_asks_stands_in_headers_and_is_granted_an_hour(server: Loopback) -> None:
    AdAccount(server)
    read(server)
    grant, *queries = server.asked
    assert grant.form["grant_type"] == "refresh_token"
    assert {asked.target for asked in queries} == {"/v26/customers/1070000101/googleAds:searchStream"}
    for asked in queries:
        assert asked.headers["authorization"] == f"Bearer {ACCESS}"
        assert asked.headers["developer-token"] == "google-ads-developer-aaaa-1111"
        assert asked.headers["login-customer-id"] == "1070000001"


def test_without_a_manager_account_none_is_named(server: Loopback) -> None:
    AdAccount(server)
    read(server, login_customer_id="")
    assert not any("login-customer-id" in asked.headers for asked in server.asked)


@pytest.mark.parametrize("number", ["12a", "1070000101/..", ""])
def test_the_number_of_an_account_is_digits(server: Loopback, number: str) -> None:
    AdAccount(server)
    there = here(server)
    object.__setattr__(there, "id", number)
    with pytest.raises(ConfigError, match="ten digits"):
        fetch(there)


def test_without_an_app_nobody_can_sign_in(server: Loopback) -> None:
    with pytest.raises(ConfigError, match="client_id"):
        read(server, client_id="")


def test_a_version_may_be_named_and_its_end_is_known(server: Loopback) -> None:
    AdAccount(server)
    there = account("google_ads", f"{server.base}/v24", client_id="107.apps.example", token_base=server.base)
    fetch(there)
    assert server.asked[-1].path.startswith("/v24/customers/")
    assert google_ads.version_ends(there) == ("v24", date(2027, 4, 30))
    assert google_ads.version_ends(here(server)) == ("v26", date(2027, 10, 31))
    assert google_ads.version_ends(account("google_ads", f"{server.base}/v99")) is None


def test_days_of_another_zone_are_refused(server: Loopback) -> None:
    AdAccount(server).customer["timeZone"] = "America/New_York"
    with pytest.raises(SourceRefused, match="set time_zone to America/New_York"):
        read(server)


def test_a_manager_account_is_told_to_be_none_of_ours(server: Loopback) -> None:
    AdAccount(server).customer["manager"] = True
    with pytest.raises(SourceRefused, match="Shop is a manager account"):
        read(server)


def test_a_check_names_the_account_its_currency_and_its_zone(server: Loopback) -> None:
    known = AdAccount(server)
    assert check(here(server)) == "ad account Shop, EUR, zone Europe/Paris"
    del known.customer["descriptiveName"]
    assert check(here(server)).startswith("ad account without a name")


def failed(kind: str, code: str, status: int = 400, message: str = "no", **details: Any) -> Reply:
    """An error as the stream gives it: in a list, with a failure of Google Ads in it."""
    told = {"errorCode": {kind: code}, "message": message, **({"details": details} if details else {})}
    error = {"code": status, "message": "…", "status": "X", "details": [{"@type": "t", "errors": [told]}]}
    return Reply([{"error": error}], status)


def quota(code: str, delay: object = "12s") -> Reply:
    return failed("quotaError", code, 429, "Too many requests", quotaErrorDetails={"retryDelay": delay})


def plain(status: int, name: str, **more: Any) -> Reply:
    return Reply({"error": {"code": status, "message": "no", "status": name, **more}}, status)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (failed("authenticationError", "OAUTH_TOKEN_EXPIRED", 401), TokenExpired, "not accepted"),
        (failed("authenticationError", "OAUTH_TOKEN_REVOKED", 400), TokenExpired, "not accepted"),
        (plain(401, "UNAUTHENTICATED"), TokenExpired, "not accepted"),
        (failed("authenticationError", "NOT_ADS_USER", 401), SourceRefused, "no Google Ads account"),
        (failed("authenticationError", "CUSTOMER_NOT_FOUND", 401), SourceRefused, "check the id"),
        (failed("authenticationError", "ORGANIZATION_NOT_RECOGNIZED", 400), SourceRefused, "may not read"),
        (failed("authorizationError", "CUSTOMER_NOT_ENABLED", 403), SourceRefused, "the ad account is closed"),
        (failed("authorizationError", "USER_PERMISSION_DENIED", 403), SourceRefused, "set login_customer_id"),
        (failed("authorizationError", "DEVELOPER_TOKEN_NOT_APPROVED", 403), SourceRefused, "Basic access"),
        (failed("authorizationError", "PROJECT_DISABLED", 403), SourceRefused, "may not read"),
        (failed("requestError", "UNSUPPORTED_VERSION"), SourceRefused, "name a newer one in base"),
        (failed("requestError", "INVALID_CUSTOMER_ID"), SourceRefused, "ten digits"),
        (failed("queryError", "REQUESTED_METRICS_FOR_MANAGER"), SourceRefused, "manager account"),
        (failed("queryError", "UNRECOGNIZED_FIELD"), SourceChanged, "UNRECOGNIZED_FIELD"),
        (failed("internalError", "TRANSIENT_ERROR", 500), SourceUnavailable, "TRANSIENT_ERROR"),
        (failed("internalError", "INTERNAL_ERROR"), SourceUnavailable, "INTERNAL_ERROR"),
        (plain(403, "PERMISSION_DENIED", details=[{"reason": "SERVICE_DISABLED"}]), SourceRefused, "enable the Google"),
        (plain(503, "UNAVAILABLE"), SourceUnavailable, "UNAVAILABLE"),
        (plain(429, "RESOURCE_EXHAUSTED"), SourceUnavailable, "RESOURCE_EXHAUSTED"),
        (plain(403, "X", errors=[{"reason": "rateLimitExceeded"}]), SourceUnavailable, "rateLimitExceeded"),
        (plain(403, "X", errors=[{"reason": "quotaExceeded"}]), QuotaExhausted, "quotaExceeded"),
        (quota("RESOURCE_TEMPORARILY_EXHAUSTED"), SourceUnavailable, "Too many requests"),
        (quota("RESOURCE_EXHAUSTED", "3600s"), QuotaExhausted, "2026-11-03 04:00"),
        (quota("RESOURCE_EXHAUSTED", ""), QuotaExhausted, "are spent"),
        (Reply([{"results": [7]}]), SourceChanged, "the ad account"),
        (Reply([{"results": []}]), SourceChanged, "0 ad accounts came"),
        (Reply({"results": []}), SourceChanged, "the ad account"),
        (Reply(b"<html>log in</html>", 200, {"Content-Type": "text/html"}), SourceError, "google_ads 107"),
        (Reply(b"<html>Error 404</html>", 404, {"Content-Type": "text/html"}), SourceError, "google_ads 107"),
    ],
)
def test_every_error_has_one_meaning(server: Loopback, reply: Reply, kind: type[Exception], words: str) -> None:
    known = AdAccount(server)
    server.answers = lambda asked: known.answer(asked) if asked.path == "/token" else reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("google_ads 107-000-0101, night 2026-11-02")
    assert not any(secret.reveal() in str(caught.value) for secret in here(server).secrets.values())


@pytest.mark.parametrize(("delay", "wait"), [("12s", 12), ("0.5s", 0.5), ("soon", None), ("", None)])
def test_how_long_to_wait_is_what_the_platform_says(server: Loopback, delay: str, wait: float | None) -> None:
    known = AdAccount(server)
    reply = quota("RESOURCE_TEMPORARILY_EXHAUSTED", delay)
    server.answers = lambda asked: known.answer(asked) if asked.path == "/token" else reply
    with pytest.raises(SourceUnavailable) as caught:
        read(server)
    assert caught.value.retry_after == wait


def test_the_operations_of_a_day_come_back_when_the_platform_says(server: Loopback) -> None:
    known = AdAccount(server)
    reply = quota("RESOURCE_EXHAUSTED", "7200s")
    server.answers = lambda asked: known.answer(asked) if asked.path == "/token" else reply
    with pytest.raises(QuotaExhausted) as caught:
        read(server)
    assert caught.value.resets_at == datetime(2026, 11, 3, 5, tzinfo=UTC)


def test_an_answer_that_breaks_off_is_no_short_night(server: Loopback) -> None:
    known = AdAccount(server)
    broken = failed("internalError", "INTERNAL_ERROR", 500).body
    assert isinstance(broken, list)
    known.costs = lambda since, until: Reply([{"results": [row("11", since)]}, *broken])  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(SourceUnavailable, match="INTERNAL_ERROR"):
        read(server)


def test_an_error_in_the_middle_of_the_list_counts_although_all_went_well(server: Loopback) -> None:
    known = AdAccount(server)
    for status, name, kind in ((503, "UNAVAILABLE", SourceUnavailable), (403, "PERMISSION_DENIED", SourceRefused)):
        told = [{"results": [row("11", NIGHT)]}, plain(status, name).body]
        known.costs = lambda since, until, told=told: Reply(told)  # type: ignore[method-assign,misc]  # noqa: ARG005
        with pytest.raises(kind, match=name):
            read(server)


@pytest.mark.parametrize("part", ["campaign", "segments", "metrics"])
@pytest.mark.parametrize("value", [None, 7, {}])
def test_a_row_of_another_shape_is_an_error(server: Loopback, part: str, value: object) -> None:
    known = AdAccount(server)
    odd = {**row("11", NIGHT), part: value}
    known.costs = lambda since, until: Reply([{"results": [odd]}])  # type: ignore[method-assign]  # noqa: ARG005
    if (part, value) == ("metrics", {}):
        assert read(server).records("costs")[0]["costMicros"] is None
        return
    with pytest.raises(SourceChanged, match="the costs"):
        read(server)
