"""A night of a shop."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture
from tests.sources.wp import listed, route


def answer(asked: Asked) -> Reply:
    if route(asked).endswith("/refunds"):
        return listed(fixture("woocommerce/refunds"), asked)
    name = "orders_trash" if asked.query["status"] == "trash" else "orders"
    return listed(fixture(f"woocommerce/{name}"), asked)
