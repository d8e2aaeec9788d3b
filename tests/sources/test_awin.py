"""Awin: what was sold, validated or amended, in the account's zone, and nothing about the buyer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.sources import awin
from pipeline.streams import Unit, Window
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, check, fetch, names, unit
from tests.sources.samples import sample


def sale(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "advertiserId": 7052,
        "commissionStatus": "pending",
        "commissionAmount": {"amount": 5.59, "currency": "EUR"},
        "saleAmount": {"amount": 55.96, "currency": "EUR"},
        "clickRefs": None,
        "clickDate": "2026-10-30T12:18:00",
        "transactionDate": "2026-11-01T22:04:00",
        "validationDate": None,
        "amended": False,
        **more,
    }


def publisher(server: Loopback, **by_date: list[dict[str, Any]]) -> None:
    """Sales by the kind of date that is asked for."""
    server.answers = lambda asked: Reply(by_date.get(asked.query["dateType"], []))


def read(server: Loopback, **options: Any) -> Read:
    return fetch(account("awin", server.base, **options))


def test_what_was_sold_validated_or_amended_is_read_once_as_it_was_told_last(server: Loopback) -> None:
    publisher(
        server,
        transaction=[sale(1), sale(2)],
        validation=[sale(2, commissionStatus="approved"), sale(3, commissionStatus="declined")],
        amendment=[sale(3, amended=True, commissionStatus="declined")],
    )
    found = read(server).records("transactions")
    assert [(s["id"], s["commissionStatus"], s["amended"]) for s in found] == [
        (1, "pending", False),
        (2, "approved", False),
        (3, "declined", True),
    ]
    assert [asked.query["dateType"] for asked in server.asked] == ["transaction", "validation", "amendment"]


def test_a_night_is_one_call_of_31_days_for_each_kind_of_date(server: Loopback) -> None:
    publisher(server)
    there = account("awin", server.base)
    found = fetch(there, unit(there, days=awin.RESTATEMENT_DAYS))
    assert (found.requests, found.delivered(), found.records("transactions")) == (3, {"transactions"}, [])
    query = server.asked[0].query
    assert (query["startDate"], query["endDate"]) == ("2026-10-03T00:00:00", "2026-11-02T23:59:59")
    assert query["timezone"] == "Europe/Paris"
    assert {asked.path for asked in server.asked} == {"/publishers/189069/transactions/"}


def test_longer_windows_are_asked_for_in_parts_that_touch(server: Loopback) -> None:
    publisher(server)
    there = account("awin", server.base)
    fetch(there, Unit("awin", there.id, NIGHT, Window(date(2026, 8, 1), NIGHT)))
    spans = [(a.query["startDate"][:10], a.query["endDate"][:10]) for a in server.asked[::3]]
    assert spans == [
        ("2026-08-01", "2026-08-31"),
        ("2026-09-01", "2026-10-01"),
        ("2026-10-02", "2026-11-01"),
        ("2026-11-02", "2026-11-02"),
    ]


def test_the_zone_of_the_dates_stands_in_every_record(server: Loopback) -> None:
    publisher(server, transaction=[sale(1, timezone="Moon/Base")])
    (record,) = read(server).raw["transactions"]
    assert record.startswith(b'{"timezone":"Europe/Paris","id":1,')
    assert b"Moon" not in record


def test_nothing_about_the_buyer_is_kept(server: Loopback) -> None:
    buyer = {
        "ipHash": "-81",
        "customerCountry": "GB",
        "voucherCode": "PERSON",
        "orderRef": "1171",
        "clickDevice": "iPad",
    }
    publisher(server, transaction=[sale(1, **buyer, declineReason="Person was ill", customParameters=[{"value": "p"}])])
    (found,) = read(server).records("transactions")
    assert not {*buyer, "declineReason", "customParameters"} & set(found)


def test_money_and_numbers_stay_as_the_platform_wrote_them(server: Loopback) -> None:
    wrote = b'[{"id":9007199254740993,"commissionAmount":{"amount":5.50,"currency":"EUR"},"transactionDate":null}]'
    server.answers = lambda _: Reply(wrote)
    (record,) = read(server).raw["transactions"]
    assert b'"id":9007199254740993,"commissionAmount":{"amount":5.50,"currency":"EUR"}' in record


def test_the_example_of_the_documentation_is_read(server: Loopback) -> None:
    rows = sample("affiliate/CONSTRUCTED_awin_publisher_transactions.json")
    publisher(server, transaction=rows)
    found = read(server).records("transactions")
    assert names(found, "id") == names(rows, "id")
    assert found[0]["clickRefs"]["clickRef"] == "12345"
    assert found[0]["commissionAmount"] == {"amount": 5.59, "currency": "GBP"}


def test_the_token_travels_in_a_header_only(server: Loopback) -> None:
    publisher(server)
    read(server)
    assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer awin-0123456789abcdef"}
    assert not any("awin-0123" in asked.target for asked in server.asked)


def test_calls_keep_the_platforms_pace(server: Loopback, tmp_path: Path) -> None:
    from dataclasses import replace

    publisher(server, transaction=[sale(1)])
    waited: list[float] = []
    there = replace(account("awin", server.base, paced="always"), state=tmp_path)
    with awin.open_session(there, NIGHT) as http:
        http.clock._sleep = waited.append
        list(awin.fetch(there, unit(there), http))
    # 20 a minute, of which a little stays unspent: one every three seconds.
    assert [round(seconds) for seconds in waited] == [3, 3]
    with pytest.raises(ConfigError, match="paced"):
        read(server, paced="often")


def test_a_check_counts_the_sales_of_today(server: Loopback) -> None:
    publisher(server, transaction=[sale(1), sale(2)])
    assert check(account("awin", server.base)).startswith("publisher 189069, 2 sales on ")


def told(name: str, status: int) -> Reply:
    return Reply({"error": name, "description": "Full authentication is required"}, status)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (told("unauthorized", 401), SourceRefused, "renew the token"),
        (told("unauthorized", 200), SourceRefused, "renew the token"),
        (told("forbidden", 403), SourceRefused, "access to the publisher"),
        (told("bad request", 400), SourceChanged, "bad request"),
        (told("exception", 404), SourceChanged, "exception"),
        (told("exception", 500), SourceUnavailable, "HTTP 500"),
        (Reply(b"", 429), SourceUnavailable, "20 calls"),
        (Reply(b"<html>log in</html>", 200, {"Content-Type": "text/html"}), SourceUnavailable, "login"),
        (Reply({"transactions": []}), SourceChanged, "the sales"),
        (Reply([1]), SourceChanged, "no object"),
        (Reply([{"commissionStatus": "pending"}]), SourceChanged, "a sale"),
    ],
)
def test_every_error_of_the_platform_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    def once(asked: Asked) -> Reply:
        del asked
        return reply

    server.answers = once
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("awin 189069, night 2026-11-02")
    assert "awin-0123" not in str(caught.value)
