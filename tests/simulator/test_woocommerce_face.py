"""The simulated shop answers like WooCommerce: money as text, two zones, refunds with either sign."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.simulator.platforms.woocommerce.account import CREDENTIALS
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
LIST = {"orderby": "modified", "order": "asc", "dates_are_gmt": "true", "status": "any"}


def test_orders_come_in_pages_that_add_up_to_the_total(client: Client) -> None:
    since = "2026-10-30T00:00:00"
    first = client.woo("orders", per_page=10, modified_after=since, **LIST)
    numbers = range(1, int(first.headers["X-WP-TotalPages"]) + 1)
    pages = [client.woo("orders", per_page=10, page=n, modified_after=since, **LIST).json() for n in numbers]
    expected = [o for o in client.world.woocommerce.orders(NIGHT) if o.modified.isoformat() > since]
    assert len(pages) >= 3
    assert sum(map(len, pages)) == len(expected) == int(first.headers["X-WP-Total"])
    listed = [row["date_modified_gmt"] for page in pages for row in page]
    assert listed == sorted(listed)
    assert 'rel="next"' in first.headers["Link"]
    beyond = client.woo("orders", per_page=10, page=len(pages) + 1, modified_after=since, **LIST)
    assert (beyond.status_code, beyond.json()["code"]) == (400, "rest_post_invalid_page_number")


def test_an_order_says_what_the_world_says(client: Client) -> None:
    for order in client.world.woocommerce.orders(NIGHT)[-40:]:
        row = client.woo(f"orders/{order.id}").json()
        assert (row["id"], row["status"], row["currency"]) == (order.id, order.status, "EUR")
        assert Decimal(row["total"]) == order.total
        assert isinstance(row["total"], str)
        assert row["date_created_gmt"] == order.created.strftime("%Y-%m-%dT%H:%M:%S")
        assert (row["date_paid_gmt"] is None) == (order.paid is None)
        meta = {item["key"]: item["value"] for item in row["meta_data"]}
        prefix = "_wc_order_attribution_"
        assert {k.removeprefix(prefix): v for k, v in meta.items() if k.startswith(prefix)} == order.attribution
        # What must never be kept is there to be dropped.
        assert row["billing"]["email"] == meta["_newsletter_contact"]


def test_without_dates_are_gmt_the_window_is_the_shops(client: Client) -> None:
    order = client.world.woocommerce.orders(NIGHT)[-1]
    just_before = order.modified - timedelta(seconds=1)
    naive = just_before.strftime("%Y-%m-%dT%H:%M:%S")

    def found(**params: str) -> list[int]:
        rows = client.woo("orders", per_page=100, _fields="id", modified_after=naive, **params).json()
        return [row["id"] for row in rows]

    assert order.id in found(dates_are_gmt="true")
    local = datetime.fromisoformat(naive) + timedelta(hours=1)
    assert order.id in found(modified_before=(local + timedelta(minutes=2)).isoformat())
    assert order.id not in found(modified_before=local.isoformat())


def test_creation_filters_miss_what_changed_later(client: Client) -> None:
    changed = [o for o in client.world.woocommerce.orders(NIGHT) if o.modified - o.created > timedelta(days=5)][-1]
    since = (changed.modified - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    created = client.woo("orders", per_page=100, after=since, dates_are_gmt="true").json()
    modified = client.woo("orders", per_page=100, modified_after=since, dates_are_gmt="true").json()
    assert changed.id not in [row["id"] for row in created]
    assert changed.id in [row["id"] for row in modified]


def test_refunds_are_positive_in_their_list_and_negative_in_their_order(client: Client) -> None:
    orders = [order for order in client.world.woocommerce.orders(NIGHT) if len(order.refunds) == 2]
    order = orders[-1]
    row = client.woo(f"orders/{order.id}").json()
    pages = [client.woo(f"orders/{order.id}/refunds", per_page=1, page=n).json() for n in (1, 2)]
    listed = [refund for page in pages for refund in page]
    assert [Decimal(refund["amount"]) for refund in listed] == [refund.amount for refund in order.refunds]
    assert [-Decimal(refund["total"]) for refund in row["refunds"]] == [refund.amount for refund in order.refunds]
    assert [refund["id"] for refund in listed] == [refund["id"] for refund in row["refunds"]]
    one = client.woo(f"orders/{order.id}/refunds/{listed[0]['id']}", _fields="id,amount").json()
    assert one == {"id": listed[0]["id"], "amount": listed[0]["amount"]}


def test_a_status_changes_from_night_to_night(client: Client) -> None:
    order = next(o for o in client.world.woocommerce.orders(NIGHT) if o.status == "refunded" and o.paid)
    paid = order.paid
    assert paid is not None
    seen = []
    for night in (paid.date(), NIGHT):
        client.night(night)
        seen.append(client.woo(f"orders/{order.id}").json()["status"])
    assert seen == ["processing", "refunded"]
    client.night(paid.date() - timedelta(days=5))
    assert client.woo(f"orders/{order.id}").json()["code"] == "woocommerce_rest_shop_order_invalid_id"


def test_fields_keep_the_buyer_out(client: Client) -> None:
    rows = client.woo("orders", per_page=2, _fields="id,total,meta_data").json()
    assert [set(row) for row in rows] == [{"id", "total", "meta_data"}] * 2


@pytest.mark.parametrize(
    ("route", "params", "expected"),
    [
        ("orders", {"per_page": 200}, (400, "rest_invalid_param")),
        ("orders", {"status": "lost"}, (400, "rest_invalid_param")),
        ("orders", {"modified_since": "2026-10-01T00:00:00"}, (400, "rest_invalid_param")),
        ("orders", {"modified_after": "yesterday"}, (400, "rest_invalid_param")),
        ("orders/7", {}, (404, "woocommerce_rest_shop_order_invalid_id")),
        ("customers", {}, (404, "rest_no_route")),
    ],
)
def test_what_the_shop_does_not_know_it_refuses(
    client: Client, route: str, params: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = client.woo(route, **params)
    assert (answer.status_code, answer.json()["code"]) == expected


def test_key_and_secret_are_checked(client: Client) -> None:
    path = "/woocommerce/wp-json/wc/v3/orders"
    key, secret = CREDENTIALS
    for credentials, expected in (
        (None, "woocommerce_rest_cannot_view"),
        (("ck_wrong", secret), "woocommerce_rest_authentication_error"),
        ((key, "cs_wrong"), "woocommerce_rest_authentication_error"),
    ):
        answer = client.get(path, auth=credentials)
        assert (answer.status_code, answer.json()["code"]) == (401, expected)
    params = {"consumer_key": key, "consumer_secret": secret, "per_page": "1"}
    assert client.get(path, params=params).status_code == 200
    plain = {"rest_route": "/wc/v3/orders", "per_page": "1"}
    assert client.get("/woocommerce/", params=plain, auth=CREDENTIALS).status_code == 200
