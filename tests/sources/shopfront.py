"""A shop at Shopify as tests play it: orders, counts, bulk operations and the store of their files."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.sources.loopback import Asked, Loopback, Reply

Rows = list[dict[str, Any]]
COST = {
    "cost": {
        "requestedQueryCost": 900,
        "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 1900, "restoreRate": 100.0},
    }
}


def money(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}


def order(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Order/{number}",
        "legacyResourceId": str(number),
        "createdAt": "2026-11-01T09:00:00Z",
        "updatedAt": "2026-11-01T09:00:00Z",
        "processedAt": "2026-11-01T09:00:00Z",
        "cancelledAt": None,
        "test": False,
        "displayFinancialStatus": "PAID",
        "totalPriceSet": money("90.0"),
        "currentTotalPriceSet": money("90.0"),
        "totalRefundedSet": money("0.0"),
        "customerJourneySummary": {"ready": False, "firstVisit": None, "lastVisit": None},
        **more,
    }


def data(told: dict[str, Any]) -> Reply:
    return Reply({"data": told, "extensions": COST}, headers={"X-Shopify-API-Version": "2026-07"})


def failed(code: str, message: str = "No.", **extensions: Any) -> Reply:
    told = {"errors": [{"message": message, "extensions": {"code": code}}], **extensions}
    return Reply(told, headers={"X-Shopify-API-Version": "2026-07"})


def sent(asked: Asked) -> dict[str, Any]:
    return dict(json.loads(asked.body))


def kind(asked: Asked) -> str:
    """The name of the operation that was sent; "" for the store of files."""
    found = re.match(r"(?:query|mutation) (\w+)", sent(asked)["query"]) if asked.method == "POST" else None
    return found[1] if found else ""


class Shopfront:
    """Answers every request; ``over`` has the replies to an operation that come before its own."""

    def __init__(
        self, server: Loopback, orders: Rows, scopes: tuple[str, ...] = ("read_orders", "read_all_orders")
    ) -> None:
        self.server, self.orders, self.scopes = server, orders, list(scopes)
        self.zone, self.counts, self.polled = "Europe/Paris", [len(orders)], 0
        self.operation: dict[str, Any] = {}
        self.over: dict[str, list[Reply]] = {}
        self.lines = "".join(json.dumps(row) + "\n" for row in orders)
        self.result: Reply | None = None
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        name = kind(asked)
        if self.over.get(name):
            return self.over[name].pop(0)
        if not name:
            return self.result or self._part(asked)
        reply: Reply = getattr(self, f"_{name.lower()}")(sent(asked).get("variables", {}))
        return reply

    def asked(self, name: str) -> list[Asked]:
        return [asked for asked in self.server.asked if kind(asked) == name]

    def _shop(self, _: Any) -> Reply:
        shop = {"myshopifyDomain": "a.myshopify.com", "ianaTimezone": self.zone, "currencyCode": "EUR"}
        scopes = {"accessScopes": [{"handle": scope} for scope in self.scopes]}
        return data({"shop": shop, "currentAppInstallation": scopes})

    def _count(self, _: Any) -> Reply:
        count = self.counts.pop(0) if len(self.counts) > 1 else self.counts[0]
        return data({"ordersCount": {"count": count, "precision": "EXACT"}})

    def _orders(self, variables: Any) -> Reply:
        start = int(variables["after"] or 0)
        end = start + variables["first"]
        info = {"hasNextPage": end < len(self.orders), "endCursor": str(end)}
        return data({"orders": {"pageInfo": info, "nodes": self.orders[start:end]}})

    def _run(self, _: Any) -> Reply:
        told = {"bulkOperation": {"id": "gid://shopify/BulkOperation/7", "status": "CREATED"}, "userErrors": []}
        return data({"bulkOperationRunQuery": told})

    def _poll(self, _: Any) -> Reply:
        self.polled += 1
        rows = self.lines.splitlines()
        node = {
            "id": "gid://shopify/BulkOperation/7",
            "status": "COMPLETED",
            "errorCode": None,
            "objectCount": str(len(rows)),
            "rootObjectCount": str(sum("__parentId" not in row for row in rows)),
            "fileSize": str(len(self.lines)),
            "url": f"{self.server.base}/files/7.jsonl?Expires=1&Signature=a-signature-{self.polled}",
        }
        return data({"node": {**node, **self.operation}})

    def _part(self, asked: Asked) -> Reply:
        begin, end = map(int, asked.headers["range"].removeprefix("bytes=").split("-"))
        return Reply(self.lines.encode()[begin : end + 1], 206)
