"""impact.com: what changed, page by page to the announced end, and nothing about the buyer."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from pipeline.errors import QuotaExhausted, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer
from pipeline.http.dialects import seconds_left_headers
from pipeline.sources import impact
from pipeline.streams import Unit, Window
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, check, fetch, names, unit


def action(number: int, **more: Any) -> dict[str, Any]:
    return {
        "Id": f"1000.4636.{number}",
        "CampaignId": 1000,
        "State": "PENDING",
        "Payout": "0.88",
        "Amount": "21.99",
        "Currency": "USD",
        "EventDate": "2026-11-01T15:42:38-08:00",
        "ClearedDate": "",
        "SubId1": "",
        **more,
    }


class Partner:
    """Actions in pages of ``size``, in the platform's envelope."""

    def __init__(self, server: Loopback, *actions: dict[str, Any], size: int = 2) -> None:
        self.actions, self.size = list(actions), size
        self.more: dict[str, Any] = {}
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        page = int(asked.query.get("Page", "1"))
        rows = self.actions[(page - 1) * self.size : page * self.size]
        is_last = page * self.size >= len(self.actions)
        told = {
            "@page": str(page),
            "@numpages": str(-(-len(self.actions) // self.size)),
            "@pagesize": str(self.size),
            "@total": str(len(self.actions)),
            "@nextpageuri": "" if is_last else f"{asked.path}?PageSize={self.size}&Page={page + 1}",
            "Actions": rows,
        }
        return Reply({**told, **self.more})


def read(server: Loopback) -> Read:
    return fetch(account("impact", server.base))


def test_pages_are_followed_to_the_end_however_short_they_are(server: Loopback) -> None:
    Partner(server, *(action(n) for n in range(5)))
    found = read(server).records("actions")
    assert names(found, "Id") == [f"1000.4636.{n}" for n in range(5)]
    assert [asked.query.get("Page") for asked in server.asked] == [None, "2", "3"]
    assert {asked.query["PageSize"] for asked in server.asked} == {"1000"}
    assert {asked.path for asked in server.asked} == {"/Mediapartners/IRhand1/Actions"}


def test_a_partner_without_actions_is_an_empty_answer(server: Loopback) -> None:
    Partner(server)
    found = read(server)
    assert (found.delivered(), found.records("actions")) == ({"actions"}, [])


def test_actions_that_were_announced_and_did_not_come_are_missed(server: Loopback) -> None:
    partner = Partner(server, action(1), action(2), action(3))
    partner.more = {"@nextpageuri": ""}
    with pytest.raises(SourceChanged, match="3 were announced, 2 came"):
        read(server)
    partner.more = {"@total": "many", "@nextpageuri": ""}
    with pytest.raises(SourceChanged, match="does not say how many"):
        read(server)


def test_a_row_that_slipped_onto_the_next_page_is_kept_once(server: Loopback) -> None:
    partner = Partner(server, action(1), action(2), action(2, State="APPROVED"), action(3))
    partner.more = {"@total": "3"}
    found = read(server).records("actions")
    assert [(row["Id"][-1], row["State"]) for row in found] == [("1", "PENDING"), ("2", "APPROVED"), ("3", "PENDING")]


def test_the_address_of_the_next_page_is_never_followed_elsewhere(server: Loopback) -> None:
    partner = Partner(server, action(1), action(2), action(3))
    partner.more = {"@nextpageuri": "https://evil.example/Mediapartners/IRhand1/Actions?Page=2"}
    with pytest.raises(SourceChanged, match="leads elsewhere"):
        read(server)
    partner.more = {"@nextpageuri": "/Mediapartners/IRhand1/Actions?PageSize=2"}
    with pytest.raises(SourceChanged, match="no usable Page"):
        read(server)
    partner.more = {"@nextpageuri": "/Mediapartners/IRhand1/Actions?Page=2"}
    with pytest.raises(SourceChanged, match="circle"):
        read(server)


def test_the_days_of_a_list_are_the_accounts_and_at_most_forty_four(server: Loopback) -> None:
    Partner(server)
    there = account("impact", server.base)
    fetch(there, unit(there, days=impact.RESTATEMENT_DAYS))
    (asked,) = server.asked
    assert (asked.query["StartDate"], asked.query["EndDate"]) == ("2026-09-19T22:00:00Z", "2026-11-02T22:59:59Z")
    # The clocks changed in between: with one day more it would be longer than the platform allows.
    span = datetime(2026, 11, 2, 22, 59, 59, tzinfo=UTC) - datetime(2026, 9, 19, 22, tzinfo=UTC)
    assert span.days == 44
    server.asked.clear()
    fetch(there, Unit("impact", there.id, NIGHT, Window(date(2026, 8, 1), NIGHT)))
    assert [(a.query["StartDate"], a.query["EndDate"]) for a in server.asked] == [
        ("2026-07-31T22:00:00Z", "2026-09-13T21:59:59Z"),
        ("2026-09-13T22:00:00Z", "2026-10-27T22:59:59Z"),
        ("2026-10-27T23:00:00Z", "2026-11-02T22:59:59Z"),
    ]


def test_nothing_about_the_buyer_is_kept(server: Loopback) -> None:
    buyer = {"Oid": "1171", "PromoCode": "PERSON", "CustomerCity": "Town", "CustomerCountry": "US", "CustomerArea": "8"}
    Partner(server, action(1, **buyer, ReferringDomain="person.example", Uri="/Actions/1"))
    (found,) = read(server).records("actions")
    assert not {*buyer, "ReferringDomain", "Uri"} & set(found)


def test_amounts_and_ids_stay_as_the_platform_wrote_them(server: Loopback) -> None:
    rows = (
        b'{"Actions":[{"Id":"1000.10","Payout":"5.50","CampaignId":9007199254740993}],"@total":"1","@nextpageuri":""}'
    )
    server.answers = lambda _: Reply(rows)
    (record,) = read(server).raw["actions"]
    assert record == b'{"Id":"1000.10","Payout":"5.50","CampaignId":9007199254740993}'


def test_the_sid_and_the_token_travel_in_a_header_only(server: Loopback) -> None:
    Partner(server, action(1))
    read(server)
    (asked,) = server.asked
    coded = b64encode(b"IRhand1:impact-0123456789abcdef").decode()
    assert asked.headers["authorization"] == f"Basic {coded}"
    assert (asked.headers["accept"], asked.headers["ir-version"]) == ("application/json", "16")
    assert "impact-0123" not in asked.target


def test_a_check_counts_what_changed_today(server: Loopback) -> None:
    Partner(server, action(1), action(2))
    assert check(account("impact", server.base)).startswith("partner IRhand1, 2 actions changed on ")


def test_what_is_left_is_told_with_the_seconds_until_the_reset() -> None:
    told = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "998", "X-RateLimit-Reset": "1800"}
    answer = Answer(200, CaseInsensitiveDict({"Date": "Tue, 03 Nov 2026 03:00:00 GMT", **told}), b"{}")
    (allowance,) = seconds_left_headers("", answer)
    assert (allowance.limit, allowance.remaining) == (1000, 998)
    assert allowance.resets_at == datetime(2026, 11, 3, 3, 30, tzinfo=UTC)
    (undated,) = seconds_left_headers("", replace(answer, headers=CaseInsensitiveDict(told)))
    assert undated.resets_at is None


def said(status: int, **headers: str) -> Reply:
    return Reply({"Status": "ERROR", "Message": "No."}, status, headers)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (said(401), SourceRefused, "Account SID"),
        (said(403), SourceRefused, "scope to read Actions"),
        (said(400), SourceChanged, "No."),
        (said(404), SourceChanged, "No."),
        (said(500), SourceUnavailable, "No."),
        (said(503), SourceUnavailable, "No."),
        (said(429), SourceUnavailable, "No."),
        # Longer than these tests are patient.
        (said(429, **{"X-RateLimit-Reset": "1800"}), QuotaExhausted, "03:30"),
        (Reply(b"", 502), SourceUnavailable, "HTTP 502"),
        (Reply(b"<html>log in</html>", 200, {"Content-Type": "text/html"}), SourceUnavailable, "login"),
        (Reply(b"<?xml version='1.0'?><ImpactRadiusResponse/>", 200), SourceUnavailable, "login or maintenance"),
        (Reply([]), SourceChanged, "the list of actions"),
        (Reply({"Actions": [1], "@total": "1"}), SourceChanged, "no object"),
        (Reply({"Actions": [{"State": "PENDING"}], "@total": "1"}), SourceChanged, "an action"),
    ],
)
def test_every_error_of_the_platform_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert type(caught.value) is kind
    assert str(caught.value).startswith("impact IRhand1, night 2026-11-02")
    assert "impact-0123" not in str(caught.value)
