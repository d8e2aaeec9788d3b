"""The face of a shop: tokens for apps, GraphQL at one address, bulk operations."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pipeline.simulator.face import Args, Face, Refusal
from pipeline.simulator.platforms.shopify import results
from pipeline.simulator.platforms.shopify.account import CLIENT_ID, CLIENT_SECRET, DAY, granted, is_good
from pipeline.simulator.platforms.shopify.errors import (
    HEADERS,
    VERSION,
    RefusedError,
    costs,
    error,
    expired,
    said,
    throttled,
    unauthorized,
)
from pipeline.simulator.platforms.shopify.faults import DISTORTIONS
from pipeline.simulator.platforms.shopify.language import Field, SyntaxProblemError, read
from pipeline.simulator.platforms.shopify.rows import order_row
from pipeline.simulator.platforms.shopify.schema import UndefinedFieldError, check, cost, picked
from pipeline.simulator.platforms.shopify.search import found
from pipeline.simulator.refusals import html_page, maintenance, unavailable
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.shopify import AU, SHOPS, shop_orders

PREFIX: Final = "/shopify"
MOST_POINTS: Final = 1000
SCOPES: Final = ("read_orders", "read_all_orders")


def account_of(request: Request) -> str | None:
    """The shop whose host is asked; here it is the first part of the path."""
    name = request.path.removeprefix(f"{PREFIX}/").partition("/")[0]
    return name if name in SHOPS else None


def answer(request: Request, world: World, night: date) -> Reply:
    """What the shop answers as of that night."""
    shop = account_of(request)
    route = request.path.removeprefix(f"{PREFIX}/{shop}/")
    if shop is None or (request.query and not route.startswith(results.FOLDER)):
        return said("Not Found", 404) if shop is None else said("Bad Request", 400)
    if route.startswith(results.FOLDER) or route == "admin/oauth/access_token":
        beside = _grant if route.startswith("admin") else results.answer
        return beside(request, world, night, shop)
    if not is_good(shop, request.headers.get("x-shopify-access-token", ""), night):
        return unauthorized()
    if request.method != "POST" or route != f"admin/api/{VERSION}/graphql.json":
        return said("Not Found", 404)
    try:
        return _Query(request, world, night, shop).reply()
    except RefusedError as refused:
        return refused.reply


def _grant(request: Request, world: World, night: date, shop: str) -> Reply:
    del world
    form = request.form if request.method == "POST" else {}
    if set(form) != {"grant_type", "client_id", "client_secret"} or form["grant_type"] != "client_credentials":
        return Reply({"error": "invalid_request", "error_description": "The request is malformed."}, status=400)
    if (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET) or shop != AU.name:
        return Reply({"error": "application_cannot_be_found", "error_description": "Check the app."}, status=400)
    return Reply({"access_token": granted(night), "scope": ",".join(SCOPES), "expires_in": DAY - 1})


class _Query:
    """One operation on one shop."""

    def __init__(self, request: Request, world: World, night: date, shop: str) -> None:
        self._request, self._night, self._name = request, night, shop
        self._orders = shop_orders(shop, world.seed, world.calendar)
        self._sent = _sent(request)

    def reply(self) -> Reply:
        try:
            operation = read(str(self._sent["query"]), self._sent.get("variables") or {})
            check(operation.selected, "Mutation" if operation.kind == "mutation" else "QueryRoot")
        except UndefinedFieldError as unknown:
            return error(str(unknown), "undefinedField")
        except SyntaxProblemError as problem:
            return error(f"syntax error, {problem}", "parseError")
        points = cost(operation.selected)
        if points > MOST_POINTS:
            told = f"Query cost is {points}, which exceeds the single query max cost limit ({MOST_POINTS})."
            return error(told, "MAX_COST_EXCEEDED", {"cost": {"requestedQueryCost": points}})
        try:
            data = {each.name: picked(each.selected, self._value(each)) for each in operation.selected}
        except ValueError as problem:
            return error(str(problem), "INVALID_QUERY")
        return Reply({"data": data, "extensions": costs(points)}, headers=HEADERS)

    def _value(self, asked: Field) -> Any:
        match asked.name:
            case "shop":
                shop = self._orders.shop
                place = {"myshopifyDomain": f"{self._name}.myshopify.com", "ianaTimezone": str(shop.zone)}
                return {"name": "Atelier Marin", **place, "currencyCode": shop.currency}
            case "currentAppInstallation":
                return {"accessScopes": [{"handle": scope} for scope in SCOPES]}
            case "ordersCount":
                count = len(self._found(asked))
                most = asked.arguments.get("limit", 10_000)
                exact = most is None or count <= int(most)
                return {"count": count if exact else most, "precision": "EXACT" if exact else "AT_LEAST"}
            case "orders":
                return self._page(asked)
            case "bulkOperationRunQuery":
                return self._run(str(asked.arguments.get("query", "")))
            case _:
                return self._operation(str(asked.arguments.get("id", "")))

    def _found(self, asked: Field) -> list[Any]:
        return found(self._orders.standing(self._night), str(asked.arguments.get("query", "")))

    def _page(self, asked: Field) -> dict[str, Any]:
        first = int(asked.arguments.get("first", 0))
        if not 1 <= first <= 250 or asked.arguments.get("sortKey") != "UPDATED_AT":
            raise ValueError("first must be 1 to 250, and the list sorted by UPDATED_AT")
        orders, after = self._found(asked), asked.arguments.get("after")
        if after is not None:
            place = _place(str(after))
            orders = [order for order in orders if (order.updated.isoformat(), order.id) > place]
        rows = orders[:first]
        cursor = _cursor(rows[-1].updated.isoformat(), rows[-1].id) if rows else None
        info = {"hasNextPage": len(orders) > first, "endCursor": cursor}
        return {"pageInfo": info, "nodes": [order_row(order, self._orders.shop) for order in rows]}

    def _run(self, query: str) -> dict[str, Any]:
        """A bulk operation says itself what it does: its id holds the query."""
        try:
            check(read(query, {}).selected, "QueryRoot")
        except ValueError as problem:
            told = {"field": ["query"], "message": f"Invalid bulk query: {problem}", "code": "INVALID"}
            return {"bulkOperation": None, "userErrors": [told]}
        name = f"gid://shopify/BulkOperation/{_packed(query)}"
        return {"bulkOperation": {"id": name, "status": "CREATED"}, "userErrors": []}

    def _operation(self, name: str) -> dict[str, Any] | None:
        kind, _, packed = name.rpartition("/")
        if kind != "gid://shopify/BulkOperation":
            return None
        lines = results.lines(self._orders, self._night, _unpacked(packed))
        body = "".join(lines).encode()
        return {
            "id": name,
            "status": "COMPLETED",
            "errorCode": None,
            "objectCount": str(len(lines)),
            "rootObjectCount": str(len(lines)),
            "fileSize": str(len(body)) if lines else None,
            "url": results.address(self._request.base, self._name, packed, self._night) if lines else None,
        }


def _sent(request: Request) -> Mapping[str, Any]:
    try:
        told = json.loads(request.body)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("query"), str):
        raise RefusedError(said("Required parameter missing or invalid: query", 400))
    return told


def _packed(text: str) -> str:
    return b64encode(text.encode(), b"-_").decode().rstrip("=")


def _unpacked(text: str) -> str:
    return b64decode(text + "=" * (-len(text) % 4), b"-_").decode()


def _cursor(at: str, number: int) -> str:
    return _packed(f"{at} {number}")


def _place(cursor: str) -> tuple[str, int]:
    try:
        at, number = _unpacked(cursor).split()
        return at, int(number)
    except ValueError:
        raise ValueError(f"Invalid cursor for current pagination sort: {cursor}") from None


def _frozen(request: Request, args: Args) -> Reply | None:
    del request, args
    return said("Unavailable Shop", 402)


def _locked(request: Request, args: Args) -> Reply | None:
    del request, args
    return said("Locked", 423)


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": throttled,
    "expired_token": expired,
    "unavailable": unavailable(maintenance("Something went wrong")),
    "html_page": html_page,
    "frozen_shop": _frozen,
    "locked_shop": _locked,
}
FACE: Final = Face(
    name="shopify",
    platform="shopify",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
)
