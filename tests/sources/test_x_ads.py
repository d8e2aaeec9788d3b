"""X Ads: signed requests, campaigns by cursor, lists of values taken apart into days, money in millionths."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote

import pytest

from pipeline.errors import QuotaExhausted, SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.http.oauth1 import base_string, signed
from pipeline.sources.x_ads.statistics import moment
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, check, fetch, names, unit

KEYS = {name: secret.reveal() for name, secret in account("x_ads", "https://example.org").secrets.items()}


def campaign(number: str, **more: Any) -> dict[str, Any]:
    told = {"id": number, "name": f"Campaign {number}", "currency": "EUR", "created_at": "2026-09-01T08:00:00Z"}
    return {**told, "end_time": None, "deleted": False, **more}


def metrics(days: int) -> dict[str, Any]:
    return {
        "impressions": [100 + n for n in range(days)],
        "url_clicks": list(range(days)),
        "billed_charge_local_micro": [1_500_000] * days,
        "tweets_send": None,
    }


class Ads:
    """One account. ``pages`` are those of its campaigns; ``statistics`` makes the metrics of a campaign."""

    def __init__(self, server: Loopback) -> None:
        self.pages = [[campaign("a"), campaign("b")], [campaign("c", deleted=True)]]
        self.statistics: Callable[[str, str, int], Any] = lambda _, placement, days: (
            metrics(days) if placement == "ALL_ON_TWITTER" else {"impressions": None}
        )
        self.zone = "Europe/Paris"
        self.instead: Callable[[Asked], Reply | None] = lambda _: None
        self.server = server
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if (told := self.instead(asked)) is not None:
            return told
        if asked.path.endswith("/campaigns"):
            number = int(asked.query.get("cursor", "0"))
            following = str(number + 1) if number + 1 < len(self.pages) else None
            return Reply({"data": self.pages[number], "next_cursor": following, "request": {}})
        if "/stats/" not in asked.path:
            return Reply({"data": {"id": "18ce54d4x5t", "name": "Atelier", "timezone": self.zone}})
        days = days_of(asked)
        data = [
            {"id": one, "id_data": [{"segment": None, "metrics": self.statistics(one, asked.query["placement"], days)}]}
            for one in asked.query["entity_ids"].split(",")
        ]
        return Reply({"data_type": "stats", "time_series_length": days, "data": data, "request": {}})

    def asked(self, part: str) -> list[Asked]:
        return [asked for asked in self.server.asked if part in asked.path]


def days_of(asked: Asked) -> int:
    first, last = (datetime.fromisoformat(asked.query[name]) for name in ("start_time", "end_time"))
    return round((last - first).total_seconds() / 86_400)


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    there = account("x_ads", server.base, **options)
    return fetch(there, unit(there, days=days))


def test_a_night_reads_every_campaign_and_day_of_both_placements(server: Loopback) -> None:
    there = Ads(server)
    found = read(server)
    assert len(found.records("costs")) == 3 * 4
    assert found.records("costs")[0] == {
        "campaign_id": "a",
        "day": "2026-10-30",
        "placement": "ALL_ON_TWITTER",
        "campaign_name": "Campaign a",
        "currency": "EUR",
        "billed_charge_local_micro": 1_500_000,
        "billed_engagements": None,
        "impressions": 100,
        "engagements": None,
        "clicks": None,
        "url_clicks": 0,
    }
    query = there.asked("/stats/")[0].query
    assert (query["entity_ids"], query["granularity"], query["entity"]) == ("a,b,c", "DAY", "CAMPAIGN")
    # Midnight of the account's zone, and the end is not part of it.
    assert (query["start_time"], query["end_time"]) == ("2026-10-29T23:00:00Z", "2026-11-02T23:00:00Z")
    assert {a.query["placement"] for a in there.asked("/stats/")} == {"ALL_ON_TWITTER", "PUBLISHER_NETWORK"}
    assert {a.path for a in there.asked("/stats/")} == {"/12/stats/accounts/18ce54d4x5t"}


def test_every_request_is_signed_for_itself_and_no_key_is_in_an_address(server: Loopback) -> None:
    Ads(server)
    read(server)
    seen = set()
    for asked in server.asked:
        told = dict(re.findall(r'(\w+)="([^"]*)"', asked.headers["authorization"]))
        told = {name: unquote(value) for name, value in told.items()}
        signature = told.pop("oauth_signature")
        base = base_string("GET", server.base + asked.target, told.items())
        assert signature == signed(base, KEYS["consumer_secret"], KEYS["token_secret"])
        assert (told["oauth_consumer_key"], told["oauth_token"]) == (KEYS["consumer_key"], KEYS["token"])
        seen.add(told["oauth_nonce"])
        assert not any(value in asked.target for value in KEYS.values())
        assert KEYS["consumer_secret"] not in str(asked.headers)
        assert KEYS["token_secret"] not in str(asked.headers)
    assert len(seen) == len(server.asked) == 5


def test_campaigns_are_read_to_the_last_cursor_however_short_a_page_is(server: Loopback) -> None:
    there = Ads(server)
    there.pages = [[campaign("a")], [], [campaign("a"), campaign("z")]]
    assert set(names(read(server).records("costs"), "campaign_id")) == {"a", "z"}
    assert [a.query.get("cursor") for a in there.asked("/campaigns")] == [None, "1", "2"]
    assert {a.query["with_deleted"] for a in there.asked("/campaigns")} == {"true"}


def test_campaigns_that_did_not_run_are_not_asked_for(server: Loopback) -> None:
    there = Ads(server)
    there.pages = [
        [
            campaign("old", end_time="2026-10-20T10:00:00Z"),
            campaign("ended", end_time="2026-10-30T10:00:00Z"),
            campaign("new", created_at="2026-11-20T10:00:00Z"),
            campaign("odd", created_at="once", end_time="upon a time"),
        ]
    ]
    read(server)
    assert {a.query["entity_ids"] for a in there.asked("/stats/")} == {"ended,odd"}


def test_an_account_without_campaigns_costs_nothing_and_asks_nothing(server: Loopback) -> None:
    there = Ads(server)
    there.pages = [[]]
    found = read(server)
    assert (found.delivered(), found.records("costs"), there.asked("/stats/")) == ({"costs"}, [], [])


def test_at_most_twenty_campaigns_and_seven_days_are_asked_for_at_once(server: Loopback) -> None:
    there = Ads(server)
    there.pages = [[campaign(f"c{n}") for n in range(41)]]
    found = read(server, days=15, placements=("ALL_ON_TWITTER",))
    asked = there.asked("/stats/")
    assert [len(a.query["entity_ids"].split(",")) for a in asked] == [20, 20, 1] * 3
    # Twice past the end of summer time: seven days are seven midnights.
    assert [a.query["start_time"] for a in asked[::3]] == [
        "2026-10-17T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-10-31T23:00:00Z",
    ]
    assert asked[3].query["end_time"] == "2026-10-31T23:00:00Z"
    keys = {(record["campaign_id"], record["day"]) for record in found.records("costs")}
    assert len(keys) == len(found.records("costs")) == 41 * 16


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("America/Los_Angeles", "2026-11-02T08:00:00Z"),
        ("Asia/Kolkata", "2026-11-02T00:00:00+05:30"),
        ("UTC", "2026-11-02T00:00:00Z"),
    ],
)
def test_a_day_begins_at_a_whole_hour_of_its_zone(zone: str, told: str) -> None:
    assert moment(date(2026, 11, 2), zone) == told


def test_a_day_without_delivery_is_no_row_and_a_credit_is_one(server: Loopback) -> None:
    Ads(server).statistics = lambda one, placement, _: {
        "impressions": [0, 0, None, "0"] if one == "a" else None,
        "billed_charge_local_micro": [0, -250_000, 0, None] if one == "a" and placement == "ALL_ON_TWITTER" else None,
    }
    found = read(server).records("costs")
    assert [(record["day"], record["billed_charge_local_micro"]) for record in found] == [("2026-10-31", -250_000)]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"impressions": [1, 2, 3]}, "3 values for 4 days"),
        ({"billed_charge_local_micro": 5}, "the metric billed_charge_local_micro"),
        ({"impressions": {"0": 1}}, "the metric impressions"),
    ],
)
def test_lists_of_another_length_or_kind_are_an_error(server: Loopback, told: dict[str, Any], words: str) -> None:
    Ads(server).statistics = lambda _one, _placement, _days: told
    with pytest.raises(SourceChanged, match=words):
        read(server)


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"id": "a", "id_data": []}, {"id": "b", "id_data": []}, {"id": "c", "id_data": []}],
        [{"id": each, "id_data": [{"segment": None, "metrics": {}}]} for each in ("a", "b", "d")],
        [{"id": "a", "id_data": [{"segment": "x", "metrics": {}}] * 2}] + [{"id": o, "id_data": []} for o in "bc"],
    ],
)
def test_statistics_of_other_campaigns_or_segments_are_an_error(server: Loopback, data: object) -> None:
    told = Reply({"data_type": "stats", "time_series_length": 4, "data": data})
    Ads(server).instead = lambda asked: told if "/stats/" in asked.path else None
    with pytest.raises(SourceChanged):
        read(server)


def test_an_account_that_counts_in_another_zone_is_refused(server: Loopback) -> None:
    Ads(server).zone = "America/New_York"
    with pytest.raises(SourceRefused, match="set time_zone to America/New_York"):
        read(server)


def fault(code: str, message: str, status: int, **headers: str) -> Reply:
    return Reply({"errors": [{"code": code, "message": message}], "request": {}}, status, headers)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (fault("UNAUTHORIZED_ACCESS", "This request is not properly authenticated", 401), SourceRefused, "four keys"),
        (fault("UNAUTHORIZED_CLIENT_APPLICATION", "no access to Ads API", 403), SourceRefused, "no access to Ads"),
        (fault("NOT_FOUND", "User does not have access to account", 404), SourceRefused, "check the account's id"),
        (fault("INVALID_PARAMETER", "Expected time", 400), SourceChanged, "INVALID_PARAMETER: Expected time"),
        (fault("VERSION_DEPRECATED", "moved on", 410), SourceChanged, "410"),
        (fault("TOO_MANY_REQUESTS", "Request rate limit exceeded", 429), SourceUnavailable, "429"),
        (fault("SERVICE_UNAVAILABLE", "overload", 503), SourceUnavailable, "503"),
        (fault("INTERNAL_ERROR", "oops", 500), SourceUnavailable, "500"),
        (Reply(b"<html>Log in</html>"), SourceUnavailable, "login"),
        (Reply(b"Forbidden", 403), SourceRefused, "no reason given"),
        (Reply({"data": {"name": "x"}}), SourceChanged, "the ad account"),
    ],
)
def test_every_error_of_the_ads_api_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[SourceError], words: str
) -> None:
    Ads(server).instead = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("x_ads 18ce54d4x5t, night 2026-11-02")


@pytest.mark.parametrize("prefix", ["x-account-rate-limit", "x-rate-limit"])
def test_a_spent_limit_names_its_reset_whoever_it_is_of(server: Loopback, prefix: str) -> None:
    # 05:00, two hours after the clock of the server.
    headers = {f"{prefix}-limit": "250", f"{prefix}-remaining": "0", f"{prefix}-reset": "1793682000"}
    refusal = fault("TOO_MANY_REQUESTS", "Request rate limit exceeded", 429, **headers)
    Ads(server).instead = lambda asked: refusal if "/stats/" in asked.path else None
    with pytest.raises(QuotaExhausted) as caught:
        read(server)
    assert caught.value.resets_at is not None
    assert f"{caught.value.resets_at:%Y-%m-%d %H:%M}" == "2026-11-03 05:00"


def test_a_check_is_one_call_for_the_account(server: Loopback) -> None:
    Ads(server)
    assert check(account("x_ads", server.base)) == "ad account Atelier, zone Europe/Paris"
    assert len(server.asked) == 1
