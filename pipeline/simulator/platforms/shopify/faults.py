"""What a shop's answers may do wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.simulator.distortions import string_numbers
from pipeline.simulator.face import Again, Args, Distortion
from pipeline.simulator.platforms.shopify.errors import HEADERS, error
from pipeline.simulator.platforms.shopify.results import line_lost
from pipeline.simulator.wire import Reply, Request


def of_a_page(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Distortion:
    """A change of the list of orders, where the answer has one."""

    def bend(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
        del request, args, again
        document: Any = reply.document
        page = document["data"].get("orders") if isinstance(document, dict) and "data" in document else None
        if page is None:
            return reply
        return replace(reply, document={**document, "data": {"orders": change(page)}})

    return bend


def _without_next(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "pageInfo": {"hasNextPage": False, "endCursor": None}}


def _error_in_200(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """``args``: ``code`` (INTERNAL_SERVER_ERROR) and ``message``."""
    del request, again
    told = error(str(args.get("message", "Internal error.")), str(args.get("code", "INTERNAL_SERVER_ERROR")))
    return told if reply.status == 200 else reply


def _older_version(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The version that was asked is gone; the answer is that of another."""
    del request, again
    others = tuple(pair for pair in reply.headers if pair not in HEADERS)
    return replace(reply, headers=(*others, (HEADERS[0][0], str(args.get("version", "2026-10")))))


def _scope_lost(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The app may read less; ``args``: ``scope`` (read_all_orders)."""
    del request, again
    document = reply.document
    if not isinstance(document, dict) or "currentAppInstallation" not in document.get("data", {}):
        return reply
    lost = args.get("scope", "read_all_orders")
    held = document["data"]["currentAppInstallation"]["accessScopes"]
    scopes = {"accessScopes": [scope for scope in held if scope["handle"] != lost]}
    return replace(reply, document={**document, "data": {**document["data"], "currentAppInstallation": scopes}})


DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "short_page": of_a_page(lambda page: {**page, "nodes": page["nodes"][:-1]}),
    "empty_page": of_a_page(lambda page: {**page, "nodes": []}),
    "missing_next": of_a_page(_without_next),
    "line_lost": line_lost,
    "error_in_200": _error_in_200,
    "older_version": _older_version,
    "scope_lost": _scope_lost,
}
