"""Lists in the shapes of the WordPress REST API, made by hand: for lists that move while they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from tests.sources.loopback import Asked, Loopback, Reply

Rows = list[dict[str, Any]]


def route(asked: Asked) -> str:
    """The REST route, whichever way it was addressed."""
    return asked.query.get("rest_route") or asked.path.removeprefix("/wp-json")


def listed(rows: Sequence[dict[str, Any]], asked: Asked, total: int | None = None) -> Reply:
    """One page of the rows, sorted by id, with the totals in the headers."""
    size, number = int(asked.query["per_page"]), int(asked.query.get("page", 1))
    found = sorted(rows, key=lambda row: row["id"])
    pages = ceil(len(found) / size)
    if number > max(pages, 1):
        return error("rest_post_invalid_page_number", "The page number requested is larger than …", 400)
    headers = {"X-WP-Total": str(len(found) if total is None else total), "X-WP-TotalPages": str(pages)}
    return Reply(found[(number - 1) * size : number * size], headers=headers)


def error(code: str, message: str, status: int) -> Reply:
    return Reply({"code": code, "message": message, "data": {"status": status}}, status)


class Site:
    """``lists`` by route; ``before_page`` may change them just before an answer is made."""

    def __init__(self, server: Loopback, lists: dict[str, Rows]) -> None:
        self.lists = lists
        self.before_page: Callable[[Asked], None] = lambda _: None
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        self.before_page(asked)
        rows = self.lists.get(route(asked))
        return error("rest_no_route", "No route was found.", 404) if rows is None else listed(rows, asked)


def post(number: int, **more: Any) -> dict[str, Any]:
    """A post of a Parisian site in autumn."""
    return {
        "id": number,
        "date": "2026-11-01T10:00:00",
        "date_gmt": "2026-11-01T09:00:00",
        "slug": f"post-{number}",
        "title": {"rendered": f"Post {number}"},
        **more,
    }


def comment(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "post": 1, "parent": 0, "date": "2026-11-01T11:00:00", "status": "approved", **more}


def order(number: int, **more: Any) -> dict[str, Any]:
    """An order with everything that a shop knows of its buyer."""
    return {
        "id": number,
        "number": str(number),
        "status": "completed",
        "currency": "EUR",
        "date_created_gmt": "2026-11-01T09:00:00",
        "date_modified_gmt": "2026-11-02T09:00:00",
        "date_paid_gmt": None,
        "total": "90.00",
        "customer_ip_address": "192.0.2.7",
        "customer_note": "Ring at Person's",
        "billing": {"first_name": "Invented", "last_name": "Person", "email": "person@example.invalid"},
        "shipping": {"city": "Nowhere"},
        "refunds": [],
        "meta_data": [
            {"id": 1, "key": "_wc_order_attribution_utm_campaign", "value": "autumn-2026"},
            {"id": 2, "key": "_wc_order_attribution_user_agent", "value": "Mozilla/5.0 Person"},
            {"id": 3, "key": "_billing_vat", "value": "FR-Person"},
        ],
        **more,
    }
