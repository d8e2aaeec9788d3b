"""The simulated shop answers like Shopify: GraphQL and its errors in HTTP 200, points, bulk operations."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from pipeline.simulator.platforms.shopify.account import CLIENT_ID, CLIENT_SECRET, TOKEN
from pipeline.simulator.world.shopify import AU, UK, ShopOrders, shop_orders
from pipeline.sources.shopify import queries
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
SEARCH = "updated_at:>='2026-10-20T00:00:00Z' updated_at:<='2026-11-03T03:00:00Z'"


def ask(client: Client, document: str, shop: str = UK.name, /, **variables: Any) -> requests.Response:
    url = f"{client.url}/shopify/{shop}/admin/api/2026-07/graphql.json"
    token = TOKEN if shop == UK.name else granted(client)
    told = {"query": document, "variables": variables}
    return client.session.post(url, json=told, headers={"X-Shopify-Access-Token": token}, timeout=10)


def granted(client: Client) -> str:
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = client.session.post(f"{client.url}/shopify/{AU.name}/admin/oauth/access_token", data=form, timeout=10)
    assert answer.json()["expires_in"] == 86_399
    return str(answer.json()["access_token"])


def data(answer: requests.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]


def code(answer: requests.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["errors"][0]["extensions"]["code"])


def orders(client: Client, shop: str = UK.name) -> ShopOrders:
    return shop_orders(shop, client.world.seed, client.world.calendar)


def listed(client: Client, first: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = data(ask(client, queries.ORDERS, first=first, after=after, query=SEARCH))["orders"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def test_orders_come_in_pages_sorted_by_modification_and_are_counted(client: Client) -> None:
    found = listed(client, 11)
    assert [row["updatedAt"] for row in found] == sorted(row["updatedAt"] for row in found)
    expected = {o.id for o in orders(client).standing(NIGHT) if o.updated.isoformat() >= "2026-10-20T00:00"}
    assert {int(row["legacyResourceId"]) for row in found} == expected
    assert len(found) > 33
    assert data(ask(client, queries.COUNT, query=SEARCH))["ordersCount"] == {"count": len(found), "precision": "EXACT"}
    told = data(ask(client, "query A($q:String!){ordersCount(query:$q,limit:5){count precision}}", q=SEARCH))
    assert told["ordersCount"] == {"count": 5, "precision": "AT_LEAST"}


def test_an_order_says_what_the_world_says_and_nothing_that_was_not_asked_for(client: Client) -> None:
    known = {order.id: order for order in orders(client).standing(NIGHT)}
    for row in listed(client, 50):
        order = known[int(row["legacyResourceId"])]
        assert Decimal(row["totalPriceSet"]["shopMoney"]["amount"]) == order.total
        assert row["totalPriceSet"]["shopMoney"]["currencyCode"] == "GBP"
        assert Decimal(row["totalRefundedSet"]["shopMoney"]["amount"]) == order.refunded
        assert (row["displayFinancialStatus"], row["test"]) == (order.status, order.is_test)
        assert row["customerJourneySummary"]["ready"] == order.is_ready
        assert "email" not in row
    row = data(ask(client, "{orders(first:1,sortKey:UPDATED_AT){nodes{email customer{firstName}}}}"))
    assert row["orders"]["nodes"][0]["customer"]["firstName"] == "Nobody"


def test_a_journey_is_ready_later_without_the_order_being_modified(client: Client) -> None:
    order = next(o for o in orders(client).standing(NIGHT - timedelta(days=4)) if not o.is_ready and o.visits)
    seen = []
    for night in (NIGHT - timedelta(days=4), NIGHT - timedelta(days=2)):
        client.night(night)
        (row,) = [row for row in listed(client, 50) if row["legacyResourceId"] == str(order.id)]
        seen.append((row["customerJourneySummary"]["ready"], row["updatedAt"]))
    assert [ready for ready, _ in seen] == [False, True]
    assert seen[0][1] == seen[1][1] or order.status == "AUTHORIZED"


def test_two_shops_have_the_same_numbers(client: Client) -> None:
    uk, au = ({order.id for order in orders(client, shop.name).standing(NIGHT)} for shop in (UK, AU))
    assert len(uk & au) > 100


def test_a_bulk_operation_leaves_a_file_that_is_counted_and_signed(client: Client) -> None:
    ran = data(ask(client, queries.RUN, AU.name, query=queries.bulk(SEARCH)))["bulkOperationRunQuery"]
    assert ran["userErrors"] == []
    done = data(ask(client, queries.POLL, AU.name, id=ran["bulkOperation"]["id"]))["node"]
    answer = client.session.get(done["url"], timeout=10)
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert done["status"] == "COMPLETED"
    assert int(done["objectCount"]) == int(done["rootObjectCount"]) == len(rows) > 20
    assert int(done["fileSize"]) == len(answer.content)
    part = client.session.get(done["url"], headers={"Range": "bytes=5-24"}, timeout=10)
    assert (part.status_code, part.content) == (206, answer.content[5:25])
    assert part.headers["Content-Range"] == f"bytes 5-24/{len(answer.content)}"
    beyond = client.session.get(done["url"], headers={"Range": "bytes=99999999-99999999"}, timeout=10)
    assert beyond.status_code == 416
    unsigned = urlsplit(done["url"])._replace(query="").geturl()
    assert client.session.get(unsigned, timeout=10).status_code == 403
    with_token = client.session.get(done["url"], headers={"X-Shopify-Access-Token": TOKEN}, timeout=10)
    assert with_token.status_code == 400


def test_a_bulk_operation_that_finds_nothing_leaves_no_file(client: Client) -> None:
    query = queries.bulk("created_at:<'2001-01-01T00:00:00Z'")
    ran = data(ask(client, queries.RUN, query=query))["bulkOperationRunQuery"]
    done = data(ask(client, queries.POLL, id=ran["bulkOperation"]["id"]))["node"]
    assert (done["url"], done["fileSize"], done["objectCount"]) == (None, None, "0")
    refused = data(ask(client, queries.RUN, query="{orders{edges{node{nonsense}}}}"))["bulkOperationRunQuery"]
    assert (refused["bulkOperation"], refused["userErrors"][0]["code"]) == (None, "INVALID")


def test_every_answer_tells_its_version_and_its_points(client: Client) -> None:
    answer = ask(client, queries.ORDERS, first=80, after=None, query=SEARCH)
    assert answer.headers["X-Shopify-API-Version"] == "2026-07"
    cost = answer.json()["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 962
    assert cost["throttleStatus"] == {"maximumAvailable": 2000.0, "currentlyAvailable": 1038.0, "restoreRate": 100.0}


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{orders(first:1){nodes{nonsense}}}", {}, "undefinedField"),
        ("{nonsense}", {}, "undefinedField"),
        ("{shop{name}", {}, "parseError"),
        ("{shop(name:$missing){name}}", {}, "parseError"),
        ("subscription{shop{name}}", {}, "parseError"),
        (queries.ORDERS, {"first": 100, "after": None, "query": SEARCH}, "MAX_COST_EXCEEDED"),
        (queries.ORDERS, {"first": 0, "after": None, "query": SEARCH}, "INVALID_QUERY"),
        (queries.ORDERS, {"first": 5, "after": "nonsense", "query": SEARCH}, "INVALID_QUERY"),
        (queries.COUNT, {"query": "modified:>'2026-10-01'"}, "INVALID_QUERY"),
        (queries.COUNT, {"query": "nonsense"}, "INVALID_QUERY"),
    ],
)
def test_what_the_shop_does_not_know_it_refuses_in_http_200(
    client: Client, query: str, variables: dict[str, Any], expected: str
) -> None:
    assert code(ask(client, query, **variables)) == expected


def test_tokens_are_checked_and_a_granted_one_lives_for_a_day(client: Client) -> None:
    old = granted(client)
    client.night(NIGHT - timedelta(days=2))
    url = f"{client.url}/shopify/{AU.name}/admin/api/2026-07/graphql.json"
    for token in (old, TOKEN, ""):
        headers = {"X-Shopify-Access-Token": token}
        answer = client.session.post(url, json={"query": "{shop{name}}"}, headers=headers, timeout=10)
        assert (answer.status_code, "Invalid API key" in answer.json()["errors"]) == (401, True)
    assert data(ask(client, "{shop{name}}", AU.name))["shop"] == {"name": "Atelier Marin"}
    form = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": "nobody's"}
    answer = client.session.post(f"{client.url}/shopify/{AU.name}/admin/oauth/access_token", data=form, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "application_cannot_be_found")


@pytest.mark.parametrize(
    ("kind", "status"), [("rate_limit", 200), ("frozen_shop", 402), ("locked_shop", 423), ("expired_token", 401)]
)
def test_a_shop_refuses_in_its_own_words(client: Client, kind: str, status: int) -> None:
    client.inject(kind, "shopify")
    answer = ask(client, "{shop{name}}")
    assert (answer.status_code, "errors" in answer.json()) == (status, True)


def test_a_scope_that_was_lost_and_a_version_that_is_gone_are_told(client: Client) -> None:
    client.inject("scope_lost", "shopify")
    client.inject("older_version", "shopify")
    answer = ask(client, queries.SHOP)
    assert data(answer)["currentAppInstallation"]["accessScopes"] == [{"handle": "read_orders"}]
    assert answer.headers["X-Shopify-API-Version"] == "2026-10"
