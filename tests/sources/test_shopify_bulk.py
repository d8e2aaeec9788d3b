"""Shopify's bulk operations: counted before they are believed, read piece by piece, from where no token is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.sources.shopify import bulk, results
from tests.sources.loopback import Loopback, Reply
from tests.sources.reading import Read, account, fetch, names
from tests.sources.shopfront import Shopfront, data, order, sent


def read(server: Loopback, **options: Any) -> Read:
    home = {"bulk_above": 2, "results_base": server.base, **options}
    return fetch(account("shopify", server.base, **home))


def test_many_orders_are_asked_for_at_once(server: Loopback) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    found = read(server)
    assert names(found.records("orders"), "legacyResourceId") == ["1", "2", "3"]
    assert found.announced("orders") == 3
    assert (len(shop.asked("Run")), len(shop.asked("Orders"))) == (1, 0)
    query = sent(shop.asked("Run")[0])["variables"]["query"]
    assert query.startswith('{orders(query:"updated_at:>=')
    assert len(read(server, bulk_above=3).records("orders")) == 3
    assert (len(shop.asked("Run")), len(shop.asked("Orders"))) == (1, 1)


def test_more_orders_than_are_counted_are_asked_for_at_once(server: Loopback) -> None:
    shop = Shopfront(server, [order(1)])
    shop.over["Count"] = [data({"ordersCount": {"count": 1, "precision": "AT_LEAST"}})]
    read(server)
    assert len(shop.asked("Run")) == 1


def test_the_file_is_read_in_pieces_and_no_line_is_torn(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PIECE", 777)
    orders = [order(n, note="x" * (n % 50)) for n in range(1, 40)]
    shop = Shopfront(server, orders)
    found = read(server)
    assert names(found.records("orders"), "legacyResourceId") == [str(n) for n in range(1, 40)]
    spans = [asked.headers["range"] for asked in shop.asked("")]
    assert spans[:2] == ["bytes=0-776", "bytes=777-1553"]
    assert len(spans) == -(-len(shop.lines) // 777)
    shop.lines = shop.lines.removesuffix("\n")
    assert len(read(server).records("orders")) == 39


def test_a_store_that_knows_no_ranges_gives_the_whole_file(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "PIECE", 777)
    shop = Shopfront(server, [order(n) for n in range(1, 10)])
    shop.result = Reply(shop.lines.encode())
    assert len(read(server).records("orders")) == 9
    assert len(shop.asked("")) == 1


def test_what_belongs_to_an_order_is_counted_and_is_none(server: Loopback) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    shop.lines += json.dumps({"id": "gid://shopify/LineItem/1", "__parentId": "gid://shopify/Order/1"}) + "\n"
    assert read(server).announced("orders") == 3


@pytest.mark.parametrize(
    "announced",
    [
        {"objectCount": "4"},
        {"rootObjectCount": "2"},
        {"objectCount": "4", "rootObjectCount": "4"},
        {"objectCount": "2"},
    ],
)
def test_a_file_that_holds_another_number_than_announced_is_not_believed(
    server: Loopback, announced: dict[str, str]
) -> None:
    Shopfront(server, [order(n) for n in range(1, 4)]).operation = announced
    with pytest.raises(SourceChanged, match="the bulk operation announced"):
        read(server)


def test_a_file_that_was_never_written_is_only_right_where_nothing_was_found(server: Loopback) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    shop.operation = {"url": None}
    with pytest.raises(SourceChanged, match="announced 3 objects"):
        read(server)
    shop.operation = {"url": None, "fileSize": None, "objectCount": "0", "rootObjectCount": "0"}
    assert read(server).announced("orders") == 0


def test_no_token_is_sent_to_the_store_of_files(server: Loopback) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    read(server)
    (asked,) = shop.asked("")
    assert not {"x-shopify-access-token", "authorization"} & set(asked.headers)
    assert "shpat_" not in str(asked)
    assert asked.target == "/files/7.jsonl?Expires=1&Signature=a-signature-1"


@pytest.mark.parametrize(
    "url", ["https://evil.example/7.jsonl?a=b", "http://169.254.169.254/x", "file:///etc/passwd", ""]
)
def test_a_result_on_another_host_is_not_asked_for(server: Loopback, url: str) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    shop.operation = {"url": url}
    with pytest.raises(SourceChanged, match="another host"):
        read(server)
    assert shop.asked("") == []


def test_an_address_whose_signature_ended_is_asked_for_once_more(server: Loopback) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    shop.over[""] = [Reply(b"<Error><Code>ExpiredToken</Code></Error>", 400, {"Content-Type": "application/xml"})]
    assert len(read(server).records("orders")) == 3
    assert [asked.query["Signature"] for asked in shop.asked("")] == ["a-signature-1", "a-signature-2"]
    shop.result = Reply(b"<Error><Code>AccessDenied</Code></Error>", 403, {"Content-Type": "application/xml"})
    with pytest.raises(SourceRefused, match="signed address") as caught:
        read(server)
    assert "a-signature" not in str(caught.value)


def test_a_file_that_is_cut_is_no_smaller_file(server: Loopback) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    shop.result = Reply(shop.lines.encode()[:-20], 206)
    with pytest.raises(SourceUnavailable, match="cut"):
        read(server)


def test_an_operation_is_waited_for(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_FIRST_PAUSE", 0.001)
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    at_work = {"id": "gid://shopify/BulkOperation/7", "status": "RUNNING", "objectCount": "1"}
    shop.over["Poll"] = [data({"node": at_work})] * 3
    assert len(read(server).records("orders")) == 3
    assert len(shop.asked("Poll")) == 4


@pytest.mark.parametrize(
    ("operation", "kind", "words"),
    [
        ({"status": "FAILED", "errorCode": "ACCESS_DENIED"}, SourceRefused, "read_orders"),
        ({"status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR"}, SourceUnavailable, "INTERNAL_SERVER_ERROR"),
        ({"status": "CANCELED", "errorCode": None}, SourceUnavailable, "CANCELED"),
        ({"status": "EXPIRED", "errorCode": None}, SourceUnavailable, "EXPIRED"),
        ({"objectCount": None}, SourceChanged, "how many"),
        ({"fileSize": None}, SourceChanged, "how large"),
    ],
)
def test_every_other_end_of_an_operation_has_one_meaning(
    server: Loopback, operation: dict[str, Any], kind: type[SourceError], words: str
) -> None:
    Shopfront(server, [order(n) for n in range(1, 4)]).operation = operation
    with pytest.raises(kind, match=words):
        read(server)


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("OPERATION_IN_PROGRESS", "A bulk query operation is already in progress", SourceUnavailable),
        ("INVALID", "Invalid bulk query: Field 'x' doesn't exist", SourceChanged),
    ],
)
def test_an_operation_that_is_not_accepted_says_why(
    server: Loopback, code: str, message: str, kind: type[SourceError]
) -> None:
    shop = Shopfront(server, [order(n) for n in range(1, 4)])
    errors = [{"field": ["query"], "message": message, "code": code}]
    shop.over["Run"] = [data({"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": errors}})]
    with pytest.raises(kind, match=message[:20]):
        read(server)
