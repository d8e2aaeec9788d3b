"""The face of the shop: WooCommerce REST v3, orders and their refunds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date

from pipeline.simulator import rest
from pipeline.simulator.distortions import string_numbers
from pipeline.simulator.face import Args, Distortion, Face, Refusal
from pipeline.simulator.platforms.woocommerce.account import CREDENTIALS
from pipeline.simulator.platforms.woocommerce.rows import order_row, refund_row
from pipeline.simulator.refusals import html_page, maintenance, unavailable
from pipeline.simulator.wire import Reply, Request, page
from pipeline.simulator.world import Order, World
from pipeline.simulator.world.calendar import PARIS

PREFIX = "/woocommerce"
FILTERS = frozenset(
    {"after", "before", "modified_after", "modified_before", "dates_are_gmt", "include", "status", "dp"}
    | {"consumer_key", "consumer_secret"}
)
STATUSES = frozenset(
    {"any", "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash"}
    | {"checkout-draft"}
)


def account_of(request: Request) -> str | None:
    return "boutique" if request.path.startswith(PREFIX) else None


@rest.answering
def answer(request: Request, world: World, night: date) -> Reply:
    """What the shop answers as of that night."""
    route = rest.route_of(request, PREFIX)
    if route is None:
        return page("<!DOCTYPE html><html><head><title>Page not found – Boutique</title></head></html>", 404)
    parts = route.strip("/").split("/")
    if parts[:2] != ["wc", "v3"] or request.method != "GET":
        return rest.no_route()
    match parts[2:]:
        case ["orders"]:
            _authorise(request)
            return _orders(request, world, night)
        case ["orders", number, *rest_of_path] if number.isdecimal():
            _authorise(request)
            order = world.woocommerce.order(int(number), night)
            if order is None:
                return rest.error("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404)
            return _of_order(request, order, rest_of_path)
        case _:
            return rest.no_route()


def _authorise(request: Request) -> None:
    """Key and secret as Basic authorisation, or as parameters where a host drops the header."""
    params = request.params
    given = rest.basic_credentials(request)
    given = given or (params.get("consumer_key", ""), params.get("consumer_secret", ""))
    if not any(given):
        raise rest.RestError(refused())
    if given[0] != CREDENTIALS[0]:
        raise rest.RestError(rest.error("woocommerce_rest_authentication_error", "Consumer key is invalid.", 401))
    if given[1] != CREDENTIALS[1]:
        raise rest.RestError(rest.error("woocommerce_rest_authentication_error", "Consumer secret is invalid.", 401))


def refused() -> Reply:
    return rest.error("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401)


def _of_order(request: Request, order: Order, path: list[str]) -> Reply:
    fields = request.params.get("_fields")
    rest.known(request, frozenset({"dp", "consumer_key", "consumer_secret"}))
    match path:
        case []:
            return Reply(rest.picked(order_row(order), fields))
        case ["refunds"]:
            beyond = rest.error("rest_post_invalid_page_number", "The page number is too large.", 400)
            return rest.collection(request, order.refunds, refund_row, beyond)
        case ["refunds", number]:
            found = [refund_row(refund) for refund in order.refunds if str(refund.id) == number]
            if found:
                return Reply(rest.picked(found[0], fields))
            return rest.error("woocommerce_rest_shop_order_refund_invalid_id", "Invalid order refund ID.", 404)
        case _:
            return rest.no_route()


def _orders(request: Request, world: World, night: date) -> Reply:
    rest.known(request, FILTERS)
    zone = UTC if request.params.get("dates_are_gmt", "").lower() in {"true", "1"} else PARIS
    statuses = set(request.params.get("status", "any").split(","))
    if not statuses <= STATUSES:
        raise rest.invalid("status", f"status[0] is not one of {', '.join(sorted(STATUSES))}.")
    orders = [order for order in world.woocommerce.orders(night) if {"any", order.status} & statuses]
    orders = rest.within(request, orders, "after", "before", lambda order: order.created, zone)
    orders = rest.within(request, orders, "modified_after", "modified_before", lambda order: order.modified, zone)
    if "include" in request.params:
        wanted = set(request.params["include"].split(","))
        orders = [order for order in orders if str(order.id) in wanted]
    keys = {
        "date": lambda order: order.created,
        "modified": lambda order: order.modified,
        "id": lambda order: order.id,
    }
    message = "The page number requested is larger than the number of pages available."
    beyond = rest.error("rest_post_invalid_page_number", message, 400)
    return rest.collection(request, rest.ordered(request, orders, keys, lambda order: order.id), order_row, beyond)


def _expired(request: Request, args: Args) -> Reply | None:
    del request, args
    return refused()


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": rest.too_many,
    "expired_token": _expired,
    "unavailable": unavailable(maintenance("Briefly unavailable for scheduled maintenance. Check back in a minute.")),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "short_page": rest.short_page,
    "empty_page": rest.empty_page,
    "missing_next": rest.missing_next,
    "page_drift": rest.page_drift,
}
FACE = Face(
    name="woocommerce",
    platform="woocommerce",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
)
