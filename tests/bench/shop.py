"""A shop for benchmarks that speaks Shopify and WooCommerce: orders made from their number, buyers and all.

``python -m tests.bench.shop <orders>`` prints its port and serves until its input closes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.bench.measure import ROOT

DATE: Final = "Tue, 03 Nov 2026 03:00:00 GMT"
_GID: Final = "gid://shopify/BulkOperation/1"
_POINTS: Final = {
    "cost": {
        "requestedQueryCost": 12,
        "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 1988, "restoreRate": 100.0},
    }
}


@contextmanager
def running(orders: int) -> Iterator[int]:
    """The shop in a process of its own; gives its port."""
    command = [sys.executable, "-m", "tests.bench.shop", str(orders)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def _moment(number: int) -> str:
    return f"{2024 + number % 2}-{number % 12 + 1:02d}-{number % 28 + 1:02d}T{number % 24:02d}:{number % 60:02d}:07"


def shopify_order(number: int) -> dict[str, Any]:
    """An order with two visits, as a bulk operation writes it."""

    def money(cents: int) -> dict[str, Any]:
        return {"shopMoney": {"amount": f"{cents / 100:.2f}", "currencyCode": "EUR"}}

    at = _moment(number) + "Z"
    utm = {"source": "facebook", "medium": "social", "campaign": f"campaign-{number % 90}", "content": str(number)}
    visit = {
        "occurredAt": at,
        "source": "Facebook",
        "sourceType": "SOCIAL",
        "referrerUrl": f"https://l.facebook.com/l.php?u={number}",
        "landingPage": f"https://shop.example/products/{number}?fbclid={number * 7919:x}",
        "utmParameters": utm,
    }
    return {
        "id": f"gid://shopify/Order/{number}",
        "legacyResourceId": str(number),
        "createdAt": at,
        "updatedAt": at,
        "processedAt": at,
        "cancelledAt": None,
        "test": False,
        "displayFinancialStatus": "PAID",
        "totalPriceSet": money(number % 99_991),
        "currentTotalPriceSet": money(number % 99_991),
        "totalRefundedSet": money(0),
        "customerJourneySummary": {"ready": True, "firstVisit": visit, "lastVisit": visit},
    }


def woocommerce_order(number: int) -> dict[str, Any]:
    at = _moment(number)
    meta = [
        {"id": number * 9 + n, "key": f"_wc_order_attribution_{name}", "value": f"{name}-{number % 90}"}
        for n, name in enumerate(("source_type", "utm_source", "utm_medium", "utm_campaign", "utm_content"))
    ]
    return {
        "id": number,
        "number": str(number),
        "status": "completed",
        "currency": "EUR",
        "date_created_gmt": at,
        "date_modified_gmt": at,
        "date_paid_gmt": at,
        "date_completed_gmt": at,
        "total": f"{number % 99_991 / 100:.2f}",
        "total_tax": "0.00",
        "discount_total": "0.00",
        "shipping_total": "0.00",
        "refunds": [],
        "meta_data": meta,
        "created_via": "checkout",
        "billing": {"first_name": "Nobody", "email": f"buyer-{number}@example.invalid"},
    }


class Shop:
    """All orders of it; the file of a bulk operation is made once."""

    def __init__(self, orders: int) -> None:
        self.orders = orders
        made = (json.dumps(shopify_order(n), separators=(",", ":")) + "\n" for n in range(1, orders + 1))
        self.file = "".join(made).encode()

    def graphql(self, body: bytes, base: str) -> dict[str, Any]:
        query = json.loads(body)["query"]
        if query.startswith("query Shop"):
            place = {"myshopifyDomain": "a.myshopify.com", "ianaTimezone": "Europe/Paris", "currencyCode": "EUR"}
            scopes = {"accessScopes": [{"handle": "read_all_orders"}]}
            return {"data": {"shop": place, "currentAppInstallation": scopes}, "extensions": _POINTS}
        if query.startswith("query Count"):
            return {"data": {"ordersCount": {"count": self.orders, "precision": "EXACT"}}, "extensions": _POINTS}
        if query.startswith("mutation"):
            ran = {"bulkOperation": {"id": _GID, "status": "CREATED"}, "userErrors": []}
            return {"data": {"bulkOperationRunQuery": ran}, "extensions": _POINTS}
        done = {"id": _GID, "status": "COMPLETED", "url": f"{base}/files/1.jsonl?Signature=a"}
        counts = dict.fromkeys(("objectCount", "rootObjectCount"), str(self.orders))
        return {"data": {"node": {**done, **counts, "fileSize": str(len(self.file))}}, "extensions": _POINTS}

    def page(self, query: dict[str, list[str]]) -> tuple[bytes, dict[str, str]]:
        total = 0 if query["status"] == ["trash"] else self.orders
        first = (int(query["page"][0]) - 1) * 100 + 1
        rows = [woocommerce_order(n) for n in range(first, min(first + 100, total + 1))]
        return json.dumps(rows).encode(), {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // 100))}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def __init__(self, shop: Shop, *rest: Any) -> None:
        self._shop = shop
        super().__init__(*rest)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._send(json.dumps(self._shop.graphql(body, f"http://{self.headers['Host']}")).encode())

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if not address.path.startswith("/files/"):
            self._send(*self._shop.page(parse_qs(address.query)))
            return
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"])
        assert span is not None
        self._send(self._shop.file[int(span[1]) : int(span[2]) + 1], status=206)

    def _send(self, body: bytes, headers: dict[str, str] | None = None, *, status: int = 200) -> None:
        self.send_response_only(status)
        told = {"Date": DATE, "Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


def main() -> None:
    shop = Shop(int(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, shop))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.buffer.read()  # until the one who started us is done, or gone


if __name__ == "__main__":
    main()
