"""WooCommerce: orders by modification, refunds by order, and nothing about the buyer."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, check, fetch, names, unit
from tests.sources.wp import Rows, Site, error, listed, order, route

ORDERS = "/wc/v3/orders"


class Shop(Site):
    """Orders by state, each with its refunds."""

    def __init__(self, server: Loopback, orders: Rows, refunds: dict[int, Rows] | None = None) -> None:
        super().__init__(server, {ORDERS: orders})
        self.trash: Rows = []
        for number, rows in (refunds or {}).items():
            self.lists[f"{ORDERS}/{number}/refunds"] = rows

    def answer(self, asked: Asked) -> Reply:
        if route(asked) == ORDERS and asked.query.get("status") == "trash":
            return listed(self.trash, asked)
        return super().answer(asked)


def refund(number: int, amount: str) -> dict[str, Any]:
    return {"id": number, "date_created_gmt": "2026-11-02T10:00:00", "amount": amount, "reason": "Person was ill"}


def given_back(number: int, total: str) -> dict[str, Any]:
    return {"id": number, "reason": "Person was ill", "total": total}


def read(server: Loopback, **options: Any) -> Read:
    return fetch(account("woocommerce", server.base, **options))


def test_all_pages_of_orders_are_read_and_counted(server: Loopback) -> None:
    Shop(server, [order(n) for n in range(1, 203)])
    found = read(server)
    assert names(found.records("orders"), "id") == list(range(1, 203))
    assert (found.announced("orders"), found.announced("refunds")) == (202, 0)
    assert found.requests == 4


def test_trashed_orders_are_read_too_because_any_state_leaves_them_out(server: Loopback) -> None:
    Shop(server, [order(1)]).trash = [order(2, status="trash")]
    found = read(server)
    assert {o["id"]: o["status"] for o in found.records("orders")} == {1: "completed", 2: "trash"}
    assert found.announced("orders") == 2


def test_orders_are_found_by_modification_in_greenwich_and_end_with_the_night(server: Loopback) -> None:
    Shop(server, [order(1)])
    there = account("woocommerce", server.base)
    fetch(there, unit(there, days=10))
    query = server.asked[-1].query
    # Midnight in Paris: in summer 22:00, in winter 23:00; after and before are exclusive.
    assert (query["modified_after"], query["before"]) == ("2026-10-22T21:59:59", "2026-11-02T23:00:00")
    assert (query["dates_are_gmt"], query["order"]) == ("true", "asc")


def test_the_pages_after_the_first_answer_end_at_the_platforms_own_clock(server: Loopback) -> None:
    Shop(server, [order(n) for n in range(1, 150)])
    read(server)
    pages = [a.query for a in server.asked if a.query.get("status") == "any"]
    assert "modified_before" not in server.asked[0].query
    assert [q.get("modified_before") for q in pages] == ["2026-11-03T03:00:01"] * 2


def test_an_order_that_is_changed_while_the_list_is_read_takes_no_other_with_it(server: Loopback) -> None:
    shop = Shop(server, [order(n) for n in range(1, 251)])

    def sell(asked: Asked) -> None:
        if asked.query.get("page") == "3" and len(shop.lists[ORDERS]) == 250:
            del shop.lists[ORDERS][7]

    shop.before_page = sell
    found = read(server)
    assert names(found.records("orders"), "id") == list(range(1, 251))
    assert found.announced("orders") == 250


def test_nothing_about_the_buyer_is_asked_for_or_kept(server: Loopback) -> None:
    Shop(server, [order(1, refunds=[given_back(7, "-10.00")])], {1: [refund(7, "10.00")]})
    found = read(server)
    kept = b"".join(found.raw["orders"] + found.raw["refunds"])
    assert b"Person" not in kept
    assert b"192.0.2.7" not in kept
    asked = ",".join(a.query["_fields"] for a in server.asked).split(",")
    assert not {"billing", "shipping", "customer_note", "customer_ip_address", "reason"} & set(asked)


def test_where_the_buyer_came_from_is_kept(server: Loopback) -> None:
    Shop(server, [order(1)])
    (found,) = read(server).records("orders")
    assert found["meta_data"] == [{"key": "_wc_order_attribution_utm_campaign", "value": "autumn-2026"}]


def noted(server: Loopback, **notes: object) -> dict[str, object]:
    """What is kept of an order's notes."""
    Shop(server, [order(1, meta_data=[{"id": n, "key": key, "value": notes[key]} for n, key in enumerate(notes)])])
    (found,) = read(server).records("orders")
    return {meta["key"]: meta["value"] for meta in found["meta_data"]}


def test_of_the_pages_of_a_visit_only_what_names_a_campaign_or_a_click_is_kept(server: Loopback) -> None:
    assert noted(
        server,
        _wc_order_attribution_session_entry="https://person:word@shop.example/bag?email=person%40example.invalid"
        "&utm_source=facebook&fbclid=IwAR0-x_1&utm_campaign=autumn%202026#person",
        _wc_order_attribution_referrer="https://search.example/find?q=Person",
    ) == {
        "_wc_order_attribution_session_entry": "https://shop.example/bag"
        "?utm_source=facebook&fbclid=IwAR0-x_1&utm_campaign=autumn+2026",
        "_wc_order_attribution_referrer": "https://search.example/find",
    }


def test_when_the_visit_began_and_by_what_click_is_kept_and_nothing_else_that_is_noted(server: Loopback) -> None:
    prefix = "_wc_order_attribution_"
    kept = {f"{prefix}session_start_time": "2026-11-01 08:30:00", f"{prefix}device_type": "Mobile", "_gclid": "Cj0"}
    notes = {
        **kept,
        f"{prefix}user_agent": "Mozilla/5.0 Person",
        f"{prefix}utm_term": "gift for Person",
        f"{prefix}session_entry": {"odd": "Person"},
        f"{prefix}referrer": "Person",
        "_customer_gclid_note": "Person",
    }
    assert noted(server, **notes) == kept


def test_a_key_that_is_spelled_with_escapes_is_known_for_what_it_is(server: Loopback) -> None:
    totals = {"X-WP-Total": "1", "X-WP-TotalPages": "1"}
    names = (
        b"_wc_order_attribution_user\\u005fagent",
        b"_wc_order_attribution_utm\\u005fsource",
        b"_billing\\u005fvat",
    )
    metas = b",".join(b'{"key":"%b","value":"facebook"}' % name for name in names)
    server.answers = lambda _: Reply(b'[{"id":5,"total":"1.00","meta_data":[%b]}]' % metas, headers=totals)
    found = read(server).records("orders")
    assert {meta["key"] for order in found for meta in order["meta_data"]} == {"_wc_order_attribution_utm_source"}


def test_money_and_numbers_stay_as_the_shop_wrote_them(server: Loopback) -> None:
    wrote = b'[{"id":9007199254740993,"total":"90.10","total_tax":1.50,"status":"completed"}]'
    totals = {"X-WP-Total": "1", "X-WP-TotalPages": "1"}
    shop = Shop(server, [])

    def answers(asked: Asked) -> Reply:
        wanted = route(asked) == ORDERS and asked.query["status"] == "any"
        return Reply(wrote, headers=totals) if wanted else shop.answer(asked)

    server.answers = answers
    (record,) = read(server).raw["orders"]
    assert record == b'{"id":9007199254740993,"status":"completed","total":"90.10","total_tax":1.50}'


def test_every_order_with_refunds_has_them_read_under_its_own_number_and_date(server: Loopback) -> None:
    orders = [order(1, refunds=[given_back(7, "-9.00")]), order(2), order(3, refunds=[given_back(8, "-1.00")])]
    Shop(server, orders, {1: [refund(7, "4.00"), refund(17, "5.00")], 3: [refund(8, "1.00")]})
    found = read(server)
    assert [(r["order_id"], r["id"], r["amount"]) for r in found.records("refunds")] == [
        (1, 7, "4.00"),
        (1, 17, "5.00"),
        (3, 8, "1.00"),
    ]
    assert set(names(found.records("refunds"), "order_created_gmt")) == {"2026-11-01T09:00:00"}
    assert found.announced("refunds") == 3
    assert found.records("orders")[0]["refunds"] == [{"id": 7, "total": "-9.00"}]


def test_refunds_of_an_order_are_read_page_by_page(server: Loopback) -> None:
    given = [refund(n, "0.10") for n in range(10, 215)]
    Shop(server, [order(1, refunds=[given_back(n, "-0.10") for n in range(10, 215)])], {1: given})
    found = read(server)
    assert names(found.records("refunds"), "id") == list(range(10, 215))
    assert found.announced("refunds") == 205
    pages = [asked.query["page"] for asked in server.asked if route(asked).endswith("/refunds")]
    assert pages == ["1", "2", "3"]


def test_an_order_that_is_deleted_before_its_refunds_are_read_has_none(server: Loopback) -> None:
    both = [order(1, refunds=[given_back(7, "-9.00")]), order(2, refunds=[given_back(8, "-1.00")])]
    shop = Shop(server, both, {2: [refund(8, "1.00")]})
    gone = error("woocommerce_rest_shop_order_invalid_id", "Invalid order ID.", 404)
    server.answers = lambda asked: gone if route(asked) == f"{ORDERS}/1/refunds" else shop.answer(asked)
    found = read(server)
    assert names(found.records("orders"), "id") == [1, 2]
    assert [(r["order_id"], r["id"]) for r in found.records("refunds")] == [(2, 8)]
    assert found.announced("refunds") == 1


def test_a_refund_that_is_larger_than_its_order_and_a_currency_of_its_own_are_kept_as_told(server: Loopback) -> None:
    Shop(server, [order(1, currency="USD", refunds=[given_back(7, "-90.01")])], {1: [refund(7, "90.01")]})
    found = read(server)
    assert [(o["currency"], o["total"], o["refunds"]) for o in found.records("orders")] == [
        ("USD", "90.00", [{"id": 7, "total": "-90.01"}])
    ]
    assert [r["amount"] for r in found.records("refunds")] == ["90.01"]


def test_a_list_without_its_totals_is_never_taken_for_whole(server: Loopback) -> None:
    server.answers = lambda _: Reply([order(1)])
    with pytest.raises(SourceChanged, match="X-WP-Total"):
        read(server)


def test_a_field_that_comes_twice_makes_a_record_that_the_load_sets_aside(server: Loopback) -> None:
    totals = {"X-WP-Total": "1", "X-WP-TotalPages": "1"}
    twice = b'[{"id":5,"total":"1.00","total":"2.00","billing":{"email":"person@example.invalid"}}]'
    server.answers = lambda _: Reply(twice, headers=totals)
    found = read(server).raw["orders"]
    assert set(found) == {b'{"id":5,"id":5}'}


def test_the_key_travels_in_a_header_only(server: Loopback) -> None:
    Shop(server, [order(1)])
    read(server, rest="plain")
    coded = b64encode(b"ck_0123456789abcdef:cs_fedcba9876543210").decode()
    assert {a.headers["authorization"] for a in server.asked} == {f"Basic {coded}"}
    assert not any("cs_" in json.dumps([a.path, *a.query.values()]) for a in server.asked)
    assert {a.query["rest_route"] for a in server.asked} == {ORDERS}


def test_a_check_counts_the_orders(server: Loopback) -> None:
    Shop(server, [order(n) for n in range(1, 6)])
    assert check(account("woocommerce", server.base)) == f"shop {server.base}, 5 orders"
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401), SourceRefused, "renew"),
        (error("woocommerce_rest_authentication_error", "Consumer key is invalid.", 401), SourceRefused, "renew"),
        (error("woocommerce_rest_cannot_view", "Sorry.", 200), SourceRefused, "renew"),
        (error("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404), SourceChanged, "Invalid ID"),
        (error("rest_no_route", "No route was found.", 404), SourceRefused, 'rest = "plain"'),
        (Reply(b"<html>slow down</html>", 429, {"Content-Type": "text/html"}), SourceUnavailable, "HTTP 429"),
        (Reply(b"", 503), SourceUnavailable, "HTTP 503"),
        (Reply({"id": 1}, headers={"X-WP-Total": "1", "X-WP-TotalPages": "1"}), SourceChanged, "the orders"),
    ],
)
def test_every_error_of_the_shop_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("woocommerce boutique, night 2026-11-02")
    assert "cs_fedcba9876543210" not in str(caught.value)
