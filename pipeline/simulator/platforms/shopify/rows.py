"""Orders as a shop writes them: money as text, buyers in full, addresses of visits with the ids of clicks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from pipeline.simulator.platforms.shopify.account import SITES
from pipeline.simulator.world.shopify import Shop, ShopifyOrder, Visit

Row = dict[str, Any]


def instant(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def bag(amount: Decimal, currency: str) -> Row:
    # As the platform writes decimals: no second zero behind the point.
    money = {"amount": f"{amount:.2f}".removesuffix("0"), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def order_row(order: ShopifyOrder, shop: Shop) -> Row:
    """Everything that the platform knows of an order, with what must never be kept."""
    email = f"buyer-{order.id}@example.invalid"
    return {
        "id": f"gid://shopify/Order/{order.id}",
        "legacyResourceId": str(order.id),
        "name": f"#{order.id % 100_000}",
        "email": email,
        "phone": "+44 0000 000000",
        "note": "Please wrap it",
        "clientIp": "192.0.2.1",
        "createdAt": instant(order.created),
        "updatedAt": instant(order.updated),
        "processedAt": instant(order.processed),
        "cancelledAt": instant(order.cancelled),
        "test": order.is_test,
        "displayFinancialStatus": order.status,
        "currencyCode": order.currency,
        "totalPriceSet": bag(order.total, order.currency),
        "currentTotalPriceSet": bag(order.total - order.refunded, order.currency),
        "subtotalPriceSet": bag(order.total, order.currency),
        "totalRefundedSet": bag(order.refunded, order.currency),
        "customer": {"id": "gid://shopify/Customer/1", "firstName": "Nobody", "lastName": "Invented", "email": email},
        "customerJourneySummary": _journey(order, shop),
    }


def _journey(order: ShopifyOrder, shop: Shop) -> Row:
    if not order.is_ready or order.visits is None:
        return {"ready": order.is_ready, "firstVisit": None, "lastVisit": None}
    first, last = (_visit(visit, shop) for visit in order.visits)
    return {"ready": True, "firstVisit": first, "lastVisit": last}


def _visit(visit: Visit, shop: Shop) -> Row:
    names = ("source", "medium", "campaign", "content")
    utm = None if visit.utm is None else dict(zip(names, visit.utm, strict=True))
    query = {f"utm_{name}": text for name, text in (utm or {}).items() if text} | {
        "gclid": f"sim{int(visit.at.timestamp())}"
    }
    return {
        "id": f"gid://shopify/CustomerVisit/{int(visit.at.timestamp())}",
        "occurredAt": instant(visit.at),
        "source": visit.source,
        "sourceType": visit.source_type,
        "referrerUrl": visit.referrer,
        "landingPage": f"https://{SITES[shop.name]}/products/coat?{urlencode(query)}",
        "utmParameters": None if utm is None else {**utm, "term": None},
    }
