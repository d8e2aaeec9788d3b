"""The part of the Admin API's schema that is played: types, their fields, and what a query costs.

A field whose type is "" is a plain value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipeline.simulator.platforms.shopify.language import Field


def _plain(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "")


_MONEY_FIELDS: Final = dict.fromkeys(
    ("totalPriceSet", "currentTotalPriceSet", "totalRefundedSet", "subtotalPriceSet"), "MoneyBag"
)
TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "QueryRoot": {
        "shop": "Shop",
        "currentAppInstallation": "AppInstallation",
        "orders": "OrderConnection",
        "ordersCount": "Count",
        "node": "Node",
    },
    "Mutation": {"bulkOperationRunQuery": "BulkOperationRunQueryPayload"},
    "BulkOperationRunQueryPayload": {"bulkOperation": "BulkOperation", "userErrors": "UserError"},
    "UserError": dict.fromkeys(("field", "message", "code"), ""),
    "BulkOperation": _plain(
        "id status errorCode objectCount rootObjectCount fileSize url partialDataUrl createdAt completedAt query type"
    ),
    "Node": {"id": ""},
    "Shop": dict.fromkeys(("id", "name", "email", "myshopifyDomain", "ianaTimezone", "currencyCode"), ""),
    "AppInstallation": {"id": "", "accessScopes": "AccessScope"},
    "AccessScope": {"handle": "", "description": ""},
    "Count": {"count": "", "precision": ""},
    "OrderConnection": {"pageInfo": "PageInfo", "nodes": "Order", "edges": "OrderEdge"},
    "OrderEdge": {"cursor": "", "node": "Order"},
    "PageInfo": dict.fromkeys(("hasNextPage", "hasPreviousPage", "startCursor", "endCursor"), ""),
    "Order": {
        **_plain(
            "id legacyResourceId name email phone note createdAt updatedAt processedAt cancelledAt test "
            "displayFinancialStatus currencyCode clientIp"
        ),
        **_MONEY_FIELDS,
        "customer": "Customer",
        "customerJourneySummary": "CustomerJourneySummary",
    },
    "Customer": dict.fromkeys(("id", "firstName", "lastName", "email"), ""),
    "MoneyBag": {"shopMoney": "MoneyV2", "presentmentMoney": "MoneyV2"},
    "MoneyV2": {"amount": "", "currencyCode": ""},
    "CustomerJourneySummary": {"ready": "", "firstVisit": "CustomerVisit", "lastVisit": "CustomerVisit"},
    "CustomerVisit": {
        **dict.fromkeys(("id", "occurredAt", "source", "sourceType", "referrerUrl", "landingPage"), ""),
        "utmParameters": "UTMParameters",
    },
    "UTMParameters": dict.fromkeys(("source", "medium", "campaign", "content", "term"), ""),
}


class UndefinedFieldError(ValueError):
    """A field that its type does not have."""

    def __init__(self, name: str, on: str) -> None:
        super().__init__(f"Field '{name}' doesn't exist on type '{on}'")
        self.name, self.on = name, on


def check(selected: tuple[Field, ...], on: str) -> None:
    """Raises UndefinedFieldError for a field that nobody knows."""
    for each in selected:
        if each.on:
            check(each.selected, each.on)
            continue
        fields = TYPES.get(on, {})
        if each.name not in fields:
            raise UndefinedFieldError(each.name, on)
        if bool(fields[each.name]) != bool(each.selected):
            raise UndefinedFieldError(each.name, on)
        check(each.selected, fields[each.name])


def picked(selected: tuple[Field, ...], value: Any) -> Any:
    """The value with the fields that were asked for alone."""
    if isinstance(value, list):
        return [picked(selected, each) for each in value]
    if not isinstance(value, Mapping) or not selected:
        return value
    found: dict[str, Any] = {}
    for each in selected:
        found |= picked(each.selected, value) if each.on else {each.name: picked(each.selected, value.get(each.name))}
    return found


def cost(selected: tuple[Field, ...], times: int = 1, page: int = 1) -> int:
    """One point for every object; a list costs the objects of its page."""
    total = 0
    for each in selected:
        if each.selected:
            many = times * page if each.name in {"nodes", "edges"} else times
            total += (0 if each.on else many) + cost(each.selected, many, int(each.arguments.get("first", 1)))
    return total
